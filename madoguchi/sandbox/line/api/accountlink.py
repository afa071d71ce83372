"""Account linking: the link token (issue-link-token). The dialog that uses it is `login.accountlink`."""

from madoguchi.sandbox.line.errors import LineError
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.identifiers import opaque
from madoguchi.sandbox.line.records import LinkToken

endpoints = Endpoints()


@endpoints.post("/v2/bot/user/{userId}/linkToken")
async def issue_link_token(call: Call) -> Answer:
    """Ten minutes, once, for friends."""
    world, channel = call.world, call.channel
    person = world.person_by_user_id(channel.provider, call.path("userId"))
    if person is None or person.deleted or world.friendship(channel, person.person_id).state != "friend":
        raise LineError(400, "The user is not a friend of the account")
    token = opaque(32)
    world.link_tokens[token] = LinkToken(token, channel.channel_id, person.person_id, world.clock.now())
    world.touch()
    return {"linkToken": token}
