"""Rich menus of single users: link, bulk link, batch (link-rich-menu-to-user, batch-control-rich-menus-of-users)."""

from madoguchi.sandbox.line.audience import USER_ID
from madoguchi.sandbox.line.errors import InvalidBody, NotFound, invalid_property
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints, answer
from madoguchi.sandbox.line.records import Json, RichMenuBatch
from madoguchi.sandbox.line.validation.checks import Checker
from madoguchi.sandbox.line.validation.richmenus import check_batch

from .mass import iso
from .richmenus import menu_named, menu_with_image, show_linked

endpoints = Endpoints()

BULK_MOST = 500
BATCH_SECONDS = 3.0
PROGRESS_SECONDS = 14 * 86400


@endpoints.post("/v2/bot/user/{userId}/richmenu/{richMenuId}")
async def link(call: Call) -> Answer:
    """200 for everybody, blocked or unknown; only friends get it."""
    menu = menu_with_image(call, call.path("richMenuId"))
    if person := call.world.person_by_user_id(call.channel.provider, call.path("userId")):
        show_linked(call, person.person_id, menu.rich_menu_id)
    return {}


@endpoints.get("/v2/bot/user/{userId}/richmenu")
async def get_link(call: Call) -> Answer:
    """The linked menu: never the default one."""
    person = call.world.person_by_user_id(call.channel.provider, call.path("userId"))
    linked = call.world.friendship(call.channel, person.person_id).rich_menu if person else ""
    if not linked:
        raise NotFound("the user has no richmenu")
    return {"richMenuId": linked}


@endpoints.delete("/v2/bot/user/{userId}/richmenu")
async def unlink(call: Call) -> Answer:
    if person := call.world.person_by_user_id(call.channel.provider, call.path("userId")):
        show_linked(call, person.person_id, "")
    return {}


@endpoints.post("/v2/bot/richmenu/bulk/link")
async def bulk_link(call: Call) -> Answer:
    body = call.json()
    if not isinstance(body.get("richMenuId"), str) or not body["richMenuId"]:
        raise InvalidBody([("May not be empty", "richMenuId")])
    person_ids = _people(call, body)
    menu = menu_with_image(call, body["richMenuId"])
    for person_id in person_ids:
        show_linked(call, person_id, menu.rich_menu_id)
    return answer({}, status=202)


@endpoints.post("/v2/bot/richmenu/bulk/unlink")
async def bulk_unlink(call: Call) -> Answer:
    for person_id in _people(call, call.json()):
        show_linked(call, person_id, "")
    return answer({}, status=202)


def _people(call: Call, body: Json) -> list[str]:
    user_ids = body.get("userIds")
    if not isinstance(user_ids, list) or not 1 <= len(user_ids) <= BULK_MOST:
        raise InvalidBody([(f"Size must be between 1 and {BULK_MOST}", "userIds")])
    for index, user_id in enumerate(user_ids):
        if not isinstance(user_id, str) or not USER_ID.fullmatch(user_id):
            raise invalid_property(f"userIds[{index}]")
    found = (call.world.person_by_user_id(call.channel.provider, user_id) for user_id in user_ids)
    return [person.person_id for person in found if person]


@endpoints.post("/v2/bot/richmenu/validate/batch")
async def validate_batch(call: Call) -> Answer:
    _operations(call, call.json())
    return {}


@endpoints.post("/v2/bot/richmenu/batch")
async def batch(call: Call) -> Answer:
    """All operations look at the state before the request. The same resume key within 14 days does nothing again."""
    body = call.json()
    operations = _operations(call, body)
    world, channel = call.world, call.channel
    now, resume_key = world.clock.now(), str(body.get("resumeRequestKey") or "")
    done = resume_key and any(
        each.resume_key == resume_key
        and each.channel_id == channel.channel_id
        and now - each.accepted_at < PROGRESS_SECONDS
        for each in world.rich_menu_batches.values()
    )
    world.rich_menu_batches[call.request_id] = RichMenuBatch(
        call.request_id, channel.channel_id, now, now + BATCH_SECONDS, resume_key
    )
    if not done:
        call.emulator.background(_run(call, operations, now + BATCH_SECONDS))
    world.touch()
    return answer({}, status=202)


@endpoints.get("/v2/bot/richmenu/progress/batch")
async def batch_progress(call: Call) -> Answer:
    found = call.world.rich_menu_batches.get(call.query("requestId"))
    now = call.world.clock.now()
    if found is None or found.channel_id != call.channel.channel_id or now - found.accepted_at > PROGRESS_SECONDS:
        raise NotFound
    progress = {"phase": "ongoing", "acceptedTime": iso(found.accepted_at)}
    if found.failed or now >= found.completed_at:
        progress |= {"phase": "failed" if found.failed else "succeeded", "completedTime": iso(found.completed_at)}
    return progress


def _operations(call: Call, body: Json) -> list[Json]:
    checker = Checker(call.emulator.accepts_url)
    operations = check_batch(checker, body)
    checker.raise_if_any()
    for operation in operations:
        if "from" in operation:
            menu_named(call, operation["from"])
        if operation["type"] == "link":
            menu_with_image(call, operation["to"])
    return operations


async def _run(call: Call, operations: list[Json], instant: float) -> None:
    world, channel = call.world, call.channel
    before = {each.person_id: each.rich_menu for each in world.friendships_of(channel) if each.rich_menu}
    await world.clock.sleep_until(instant)
    for operation in operations:
        for person_id, rich_menu_id in before.items():
            if operation["type"] == "unlinkAll" or operation["from"] == rich_menu_id:
                show_linked(call, person_id, operation.get("to", "") if operation["type"] == "link" else "")
