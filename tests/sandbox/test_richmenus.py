"""Rich menus: made, shown, switched, changed for many."""

from typing import Any

import pytest

from tests.sandbox.conftest import Receiver, Sandbox
from tests.sandbox.test_phones import picture

AREAS = [
    {"bounds": {"x": 0, "y": 0, "width": 400, "height": 270}, "action": {"type": "message", "text": "營業時間"}},
    {"bounds": {"x": 400, "y": 0, "width": 400, "height": 270}, "action": {"type": "postback", "data": "a=1"}},
    {
        "bounds": {"x": 0, "y": 270, "width": 800, "height": 270},
        "action": {"type": "richmenuswitch", "richMenuAliasId": "tab-b", "data": "to=b"},
    },
]


def menu(**changes: Any) -> dict[str, Any]:
    found = {
        "size": {"width": 800, "height": 540},
        "selected": True,
        "name": "main",
        "chatBarText": "選單",
        "areas": AREAS,
    }
    return {**found, **changes}


async def create(sandbox: Sandbox, *, image: bool = True, **changes: Any) -> str:
    made = (await sandbox.api("POST", "/v2/bot/richmenu", menu(**changes))).body["richMenuId"]
    if image:
        data, headers = picture(size=(800, 540), kind="JPEG"), {"Content-Type": "image/jpeg"}
        uploaded = await sandbox.api("POST", f"/v2/bot/richmenu/{made}/content", data=data, headers=headers)
        assert uploaded.status == 200
    return str(made)


async def shown(sandbox: Sandbox, person: str = "mei") -> str | None:
    found = (await sandbox.chat(person))["richMenu"]
    return found["id"] if found else None


async def test_the_image_comes_once(sandbox: Sandbox) -> None:
    made = await create(sandbox, image=False)
    path, jpeg = f"/v2/bot/richmenu/{made}/content", {"Content-Type": "image/jpeg"}
    data = picture(size=(800, 540), kind="JPEG")

    assert (await sandbox.api("POST", f"/v2/bot/user/all/richmenu/{made}")).status == 400
    assert (await sandbox.api("POST", path, data=b"GIF89a", headers={"Content-Type": "image/gif"})).status == 415
    assert (await sandbox.api("POST", path, data=b"nonsense", headers=jpeg)).status == 400
    assert (await sandbox.api("POST", path, data=data, headers=jpeg)).status == 200
    assert (await sandbox.api("POST", path, data=data, headers=jpeg)).status == 400
    assert (await sandbox.api("GET", path)).body == data


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"size": {"width": 800, "height": 600}}, "size"),
        ({"size": {"width": 700, "height": 300}, "areas": []}, "size.width"),
        ({"chatBarText": "超過十四個字的選單列文字不可以"}, "chatBarText"),
        ({"areas": AREAS * 7}, "areas"),
        ({"areas": [{**AREAS[0], "bounds": {"x": 700, "y": 0, "width": 200, "height": 9}}]}, "areas[0].bounds.width"),
        ({"areas": [{**AREAS[0], "action": {"type": "camera"}}]}, "areas[0].action.type"),
    ],
)
async def test_refused_menus(sandbox: Sandbox, changes: dict[str, Any], where: str) -> None:
    for path in ("/v2/bot/richmenu", "/v2/bot/richmenu/validate"):
        answer = await sandbox.api("POST", path, menu(**changes))
        assert (answer.status, answer.body["details"][0]["property"]) == (400, where)


async def test_a_default_shows_when_the_chat_is_opened(sandbox: Sandbox) -> None:
    made = await create(sandbox)
    assert (await sandbox.api("GET", "/v2/bot/user/all/richmenu")).body == {"message": "no default richmenu"}
    assert (await sandbox.api("POST", f"/v2/bot/user/all/richmenu/{made}")).body == {}
    assert await shown(sandbox) is None
    await sandbox.play("mei", "open")
    assert await shown(sandbox) == made
    assert (await sandbox.api("GET", "/v2/bot/user/all/richmenu")).body == {"richMenuId": made}
    assert (await sandbox.api("DELETE", "/v2/bot/user/all/richmenu")).body == {}


async def test_a_users_own_menu_shows_at_once_and_wins(sandbox: Sandbox) -> None:
    default, own = await create(sandbox), await create(sandbox, name="own")
    await sandbox.api("POST", f"/v2/bot/user/all/richmenu/{default}")
    path = f"/v2/bot/user/{sandbox.user_id('mei')}/richmenu"

    assert (await sandbox.api("GET", path)).status == 404
    assert (await sandbox.api("POST", f"{path}/{own}")).body == {}
    assert await shown(sandbox) == own
    assert (await sandbox.api("GET", path)).body == {"richMenuId": own}
    assert (await sandbox.api("DELETE", path)).body == {}
    assert await shown(sandbox) == default


@pytest.mark.parametrize("state", ["blocked", "never", "wrote"])
async def test_linking_for_others_has_no_effect(sandbox: Sandbox, state: str) -> None:
    own = await create(sandbox)
    person = {"blocked": "mei", "never": "lin", "wrote": "ken"}[state]
    if state == "blocked":
        await sandbox.play("mei", "block")
    path = f"/v2/bot/user/{sandbox.user_id(person)}/richmenu"

    assert (await sandbox.api("POST", f"{path}/{own}")).status == 200
    assert (await sandbox.api("GET", path)).status == 404


async def test_a_deleted_menu_goes_when_the_chat_is_opened(sandbox: Sandbox) -> None:
    own = await create(sandbox)
    await sandbox.api("POST", f"/v2/bot/user/{sandbox.user_id('mei')}/richmenu/{own}")
    assert (await sandbox.api("DELETE", f"/v2/bot/richmenu/{own}")).body == {}
    assert await shown(sandbox) == own
    await sandbox.play("mei", "open")
    assert await shown(sandbox) is None
    assert (await sandbox.api("GET", f"/v2/bot/richmenu/{own}")).status == 404
    assert (await sandbox.api("GET", "/v2/bot/richmenu/list")).body == {"richmenus": []}


async def test_tapping(sandbox: Sandbox, receiver: Receiver) -> None:
    first, second = await create(sandbox), await create(sandbox, name="b")
    await sandbox.api("POST", f"/v2/bot/user/{sandbox.user_id('mei')}/richmenu/{first}")

    for area in (0, 1, 2):
        await sandbox.play("mei", "richmenu-tap", {"areaIndex": area})
    message, tapped, missing = await receiver.wait_for(3)
    assert message["message"]["text"] == "營業時間"
    assert tapped["postback"] == {"data": "a=1"}
    assert missing["postback"] == {"data": "to=b", "params": {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}}

    await sandbox.api("POST", "/v2/bot/richmenu/alias", {"richMenuAliasId": "tab-b", "richMenuId": second})
    await sandbox.play("mei", "richmenu-tap", {"areaIndex": 2})
    assert (await receiver.wait_for(4))[-1]["postback"]["params"] == {
        "newRichMenuAliasId": "tab-b",
        "status": "SUCCESS",
    }
    assert await shown(sandbox) == second
    await sandbox.play("mei", "richmenu-tap", {"areaIndex": 9}, expect=409)


async def test_aliases(sandbox: Sandbox) -> None:
    first, second = await create(sandbox), await create(sandbox)
    path, alias = "/v2/bot/richmenu/alias", {"richMenuAliasId": "tab-a", "richMenuId": first}

    assert (await sandbox.api("POST", path, alias)).body == {}
    assert (await sandbox.api("POST", path, alias)).status == 400
    assert (await sandbox.api("POST", path, {**alias, "richMenuAliasId": "Tab A"})).status == 400
    assert (await sandbox.api("POST", f"{path}/tab-a", {"richMenuId": second})).body == {}
    assert (await sandbox.api("GET", f"{path}/tab-a")).body == {**alias, "richMenuId": second}
    assert (await sandbox.api("GET", f"{path}/list")).body == {"aliases": [{**alias, "richMenuId": second}]}
    assert (await sandbox.api("DELETE", f"{path}/tab-a")).body == {}
    assert (await sandbox.api("GET", f"{path}/tab-a")).status == 404


async def test_bulk(sandbox: Sandbox) -> None:
    own = await create(sandbox)
    people = ["mei", *(person.person_id for person in sandbox.add_people(3))]
    user_ids = [sandbox.user_id(person) for person in people]

    linked = await sandbox.api("POST", "/v2/bot/richmenu/bulk/link", {"richMenuId": own, "userIds": user_ids})
    assert linked.status == 202
    assert [await shown(sandbox, person) for person in people] == [own] * 4
    assert (await sandbox.api("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": user_ids})).status == 202
    assert [await shown(sandbox, person) for person in people] == [None] * 4
    wrong = await sandbox.api("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": ["nobody"]})
    assert wrong.body["message"].startswith("The property, userIds[0], in the request body is invalid")


async def test_a_batch_sees_the_state_before_it(sandbox: Sandbox) -> None:
    a, b = await create(sandbox), await create(sandbox)
    crowd = [person.person_id for person in sandbox.add_people(2)]
    for person, rich_menu_id in zip(crowd, (a, b), strict=True):
        await sandbox.api("POST", f"/v2/bot/user/{sandbox.user_id(person)}/richmenu/{rich_menu_id}")
    swap = {"operations": [{"type": "link", "from": a, "to": b}, {"type": "link", "from": b, "to": a}]}

    assert (await sandbox.api("POST", "/v2/bot/richmenu/validate/batch", swap)).body == {}
    accepted = await sandbox.api("POST", "/v2/bot/richmenu/batch", swap)
    progress = {"params": {"requestId": accepted.headers["x-line-request-id"]}}

    assert accepted.status == 202
    path = "/v2/bot/richmenu/progress/batch"
    assert (await sandbox.api("GET", path, **progress)).body["phase"] == "ongoing"
    await sandbox.advance(10)
    assert (await sandbox.api("GET", path, **progress)).body["phase"] == "succeeded"
    assert [await shown(sandbox, person) for person in crowd] == [b, a]
    wrong = {"operations": [{"type": "unlinkAll"}, {"type": "unlink", "from": a}]}
    assert (await sandbox.api("POST", "/v2/bot/richmenu/validate/batch", wrong)).status == 400
