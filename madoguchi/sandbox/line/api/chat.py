"""Reading and typing: mark as read, loading animation."""

from madoguchi.sandbox.line.audience import USER_ID
from madoguchi.sandbox.line.errors import InvalidBody, LineError
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints, answer
from madoguchi.sandbox.line.identifiers import unsealed
from madoguchi.sandbox.line.records import Friendship

endpoints = Endpoints()


@endpoints.post("/v2/bot/chat/markAsRead")
async def mark_as_read(call: Call) -> Answer:
    """That message and everything before it; the token never expires (mark-as-read)."""
    body = call.json()
    message_id = unsealed("read", call.channel.secret, body.get("markAsReadToken"))
    message = call.world.messages.get(message_id or "")
    if message is None or message.channel_id != call.channel.channel_id:
        raise LineError(400, "Invalid mark as read token")
    _read_until(call, call.world.friendship(call.channel, message.person_id), message.at)
    return {}


@endpoints.post("/v2/bot/message/markAsRead")
async def mark_chat_as_read(call: Call) -> Answer:
    """The older call: the whole chat with a user."""
    chat = call.json().get("chat")
    user_id = chat.get("userId") if isinstance(chat, dict) else None
    if not isinstance(user_id, str):
        raise InvalidBody([("May not be empty", "chat.userId")])
    if person := call.world.person_by_user_id(call.channel.provider, user_id):
        _read_until(call, call.world.friendship(call.channel, person.person_id), call.world.clock.now_ms())
    return {}


def _read_until(call: Call, friendship: Friendship, at_ms: int) -> None:
    changed = False
    for message in reversed(friendship.messages):
        if message.direction == "in" and message.at <= at_ms:
            if message.read_by_bot:
                break
            message.read_by_bot = changed = True
    if changed:
        call.world.chat_changed(friendship.channel_id, friendship.person_id)


@endpoints.post("/v2/bot/chat/loading/start")
async def start_loading(call: Call) -> Answer:
    """5 to 60 seconds in steps of 5; a second call starts anew; no effect on those who cannot see it."""
    body = call.json()
    chat_id, seconds = body.get("chatId"), body.get("loadingSeconds", 20)
    if not isinstance(chat_id, str) or not USER_ID.fullmatch(chat_id):
        raise LineError(400, "The value for the 'chatId' parameter is invalid")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 5 <= seconds <= 60 or seconds % 5:
        raise InvalidBody([("Must be a multiple of 5 between 5 and 60", "loadingSeconds")])
    world, channel = call.world, call.channel
    person = world.person_by_user_id(channel.provider, chat_id)
    if person and not person.deleted:
        friendship = world.friendship(channel, person.person_id)
        if friendship.state == "friend":
            friendship.loading_until = world.clock.now() + seconds
            world.chat_changed(channel.channel_id, person.person_id)
    return answer({}, status=202)
