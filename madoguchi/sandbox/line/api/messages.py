"""Reply and push: messages to one person."""

from madoguchi.sandbox.line.delivery import (
    Reach,
    Sending,
    assign_unit,
    check_retry_key,
    count_sent,
    deliver,
    reach,
    remember_retry_key,
    take_quota,
)
from madoguchi.sandbox.line.errors import LineError
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.validation.requests import (
    RETRY_HEADER,
    check_quotes,
    read_messages,
    read_recipient,
    read_units,
)

endpoints = Endpoints()


@endpoints.post("/v2/bot/message/reply")
async def reply(call: Call) -> Answer:
    """Free of charge, once per token, within a minute of the webhook (send-reply-message)."""
    if RETRY_HEADER in call.request.headers:
        raise LineError(400, "The retry key is not supported by this endpoint")
    body = call.json()
    messages = read_messages(call, body)
    world, channel = call.world, call.channel
    token = world.reply_tokens.get(str(body.get("replyToken")))
    if token is None or token.channel_id != channel.channel_id or token.used or world.clock.now() > token.deadline:
        raise LineError(400, "Invalid reply token")
    person = world.people[token.person_id]
    check_quotes(call, messages, person.person_id)
    token.used = True
    # What happens when the person has blocked the account meanwhile is not documented; dropped like a push.
    gone = person.deleted or world.friendship(channel, person.person_id).state == "blocked"
    sending = Sending(channel, "reply", call.request_id, messages)
    sent = deliver(world, sending, person, Reach.DROPPED if gone else Reach.DELIVERED)
    count_sent(world, channel, "reply", 1)
    return {"sentMessages": sent}


@endpoints.post("/v2/bot/message/push")
async def push(call: Call) -> Answer:
    """Counted per recipient; a message that cannot reach is dropped in silence (send-push-message)."""
    body = call.json()
    world, channel = call.world, call.channel
    retry_key = check_retry_key(world, channel, call.request.headers.get(RETRY_HEADER))
    messages = read_messages(call, body)
    units = read_units(body)
    person = world.person_by_user_id(channel.provider, read_recipient(body))
    if person is None:
        raise LineError(400, "Failed to send messages")
    check_quotes(call, messages, person.person_id)
    reached = reach(world, world.friendship(channel, person.person_id), strangers=True)
    if reached is Reach.DELIVERED:
        take_quota(world, channel, 1)
    sending = Sending(channel, "push", call.request_id, messages, retry_key, assign_unit(world, channel, units))
    sent = deliver(world, sending, person, reached)
    count_sent(world, channel, "push", 1)
    remember_retry_key(world, sending, sent)
    return {"sentMessages": sent}
