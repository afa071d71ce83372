"""Profiles, followers and what the account knows about itself."""

from madoguchi.sandbox.line.errors import AccountNotEligible, LineError, NotFound
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.identifiers import sealed, unsealed
from madoguchi.sandbox.line.records import Friendship, Json, Person
from madoguchi.sandbox.line.world import World

endpoints = Endpoints()

FOLLOWER_TOKEN_SECONDS = 24 * 3600


def has_profile(world: World, friendship: Friendship) -> bool:
    """Friends, and those who ever wrote; nobody who blocks the account or left LINE (get-profile)."""
    if world.people[friendship.person_id].deleted or friendship.state == "blocked":
        return False
    return friendship.state == "friend" or friendship.wrote_at is not None


def profile(world: World, person: Person, provider: str) -> Json:
    """Properties without a value are left out."""
    found = {
        "userId": world.user_id(person, provider),
        "displayName": person.name,
        "pictureUrl": person.picture_url,
        "statusMessage": person.status_message,
        "language": person.language,
    }
    return {name: value for name, value in found.items() if value}


@endpoints.get("/v2/bot/profile/{userId}")
async def get_profile(call: Call) -> Answer:
    world, channel = call.world, call.channel
    person = world.person_by_user_id(channel.provider, call.path("userId"))
    if person is None or not has_profile(world, world.friendship(channel, person.person_id)):
        raise NotFound
    return profile(world, person, channel.provider)


@endpoints.get("/v2/bot/followers/ids")
async def get_followers(call: Call) -> Answer:
    """Verified accounts only; the continuation token lives 24 hours (get-follower-ids)."""
    world, channel = call.world, call.channel
    if not channel.verified:
        raise AccountNotEligible
    limit = call.query("limit", "300")
    if not limit.isdecimal() or not 1 <= int(limit) <= 1000:
        raise LineError(400, "The value for the 'limit' parameter is invalid")
    now, first = world.clock.now(), 0
    if start := call.query("start"):
        subject = unsealed("followers", channel.secret, start)
        position, _, issued = (subject or "").partition("@")
        if not issued or now - float(issued) > FOLLOWER_TOKEN_SECONDS:
            raise LineError(400, "Invalid start param")
        first = int(position)
    friends = world.friends(channel)
    page = friends[first : first + int(limit)]
    result: Json = {"userIds": [world.user_id(world.people[each.person_id], channel.provider) for each in page]}
    if first + len(page) < len(friends):
        result["next"] = sealed("followers", channel.secret, f"{first + len(page)}@{now}")
    return result


@endpoints.get("/v2/bot/info")
async def get_info(call: Call) -> Answer:
    channel = call.channel
    found = {
        "userId": channel.bot_user_id,
        "basicId": channel.basic_id,
        "premiumId": channel.premium_id,
        "displayName": channel.name,
        "pictureUrl": channel.icon_url,
        "chatMode": channel.chat_mode,
        "markAsReadMode": channel.mark_as_read_mode,
    }
    return {name: value for name, value in found.items() if value}
