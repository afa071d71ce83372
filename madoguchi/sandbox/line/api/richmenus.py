"""Rich menus: create, image, default, aliases (rich-menu)."""

import secrets

import filetype
from aiohttp import web

from madoguchi.sandbox.line import phone
from madoguchi.sandbox.line.errors import LineError, NotFound
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.media import content_type
from madoguchi.sandbox.line.records import Json, RichMenu
from madoguchi.sandbox.line.validation.checks import Checker
from madoguchi.sandbox.line.validation.richmenus import check_alias, check_rich_menu

endpoints = Endpoints()

MOST_MENUS = 1000
MOST_ALIASES = 1000
MOST_IMAGE_BYTES = 1024 * 1024
IMAGE_TYPES = frozenset({"image/jpeg", "image/png"})


def menu_named(call: Call, rich_menu_id: str) -> RichMenu:
    menu = call.world.rich_menus.get(rich_menu_id)
    if menu is None or menu.deleted or menu.channel_id != call.channel.channel_id:
        raise NotFound("richmenu not found")
    return menu


def menu_with_image(call: Call, rich_menu_id: str) -> RichMenu:
    """Only a menu with an image can be shown, so nothing else can be made default or linked."""
    menu = menu_named(call, rich_menu_id)
    if not menu.image:
        raise LineError(400, "must upload richmenu image before applying it to user")
    return menu


def _checked(call: Call) -> Json:
    body = call.json()
    checker = Checker(call.emulator.accepts_url)
    check_rich_menu(checker, body)
    checker.raise_if_any()
    return {name: body[name] for name in ("size", "selected", "name", "chatBarText", "areas")}


def _menu_json(menu: RichMenu) -> Json:
    return {"richMenuId": menu.rich_menu_id, **menu.body}


@endpoints.post("/v2/bot/richmenu")
async def create(call: Call) -> Answer:
    body = _checked(call)
    world, channel = call.world, call.channel
    if len(world.rich_menus_of(channel)) >= MOST_MENUS:
        raise LineError(400, "exceed the number of rich menus")
    menu = RichMenu(f"richmenu-{secrets.token_hex(16)}", channel.channel_id, body, world.clock.now())
    world.rich_menus[menu.rich_menu_id] = menu
    world.touch()
    return {"richMenuId": menu.rich_menu_id}


@endpoints.post("/v2/bot/richmenu/validate")
async def validate(call: Call) -> Answer:
    _checked(call)
    return {}


@endpoints.get("/v2/bot/richmenu/list")
async def list_menus(call: Call) -> Answer:
    return {"richmenus": [_menu_json(menu) for menu in call.world.rich_menus_of(call.channel)]}


@endpoints.get("/v2/bot/richmenu/{richMenuId}")
async def get_menu(call: Call) -> Answer:
    return _menu_json(menu_named(call, call.path("richMenuId")))


@endpoints.delete("/v2/bot/richmenu/{richMenuId}")
async def delete_menu(call: Call) -> Answer:
    """People who see it lose it when they open the chat the next time."""
    menu = menu_named(call, call.path("richMenuId"))
    menu.deleted = True
    channel = call.channel
    if channel.default_rich_menu == menu.rich_menu_id:
        channel.default_rich_menu = ""
    call.world.touch()
    return {}


@endpoints.post("/v2/bot/richmenu/{richMenuId}/content")
async def upload_image(call: Call) -> Answer:
    """Once per menu, JPEG or PNG of at most 1 MB and of the size the menu states (upload-rich-menu-image)."""
    menu = menu_named(call, call.path("richMenuId"))
    if call.request.content_type not in IMAGE_TYPES:
        raise LineError(415, "Unsupported Media Type")
    if menu.image:
        raise LineError(400, "An image has already been uploaded to the richmenu")
    if len(call.raw) > MOST_IMAGE_BYTES:
        raise LineError(413, "Request Entity Too Large")
    kind = filetype.guess(call.raw)
    if kind is None or kind.mime not in IMAGE_TYPES:
        raise LineError(400, "The image is invalid")
    menu.image = await call.emulator.media.save(call.raw)
    call.world.touch()
    return {}


@endpoints.get("/v2/bot/richmenu/{richMenuId}/content")
async def download_image(call: Call) -> Answer:
    menu = menu_named(call, call.path("richMenuId"))
    path = call.emulator.media.path(menu.image)
    if path is None:
        raise NotFound
    return web.FileResponse(path, headers={"Content-Type": content_type(menu.image)})


@endpoints.post("/v2/bot/user/all/richmenu/{richMenuId}")
async def set_default(call: Call) -> Answer:
    """Shows when a chat is opened again, within a minute."""
    call.channel.default_rich_menu = menu_with_image(call, call.path("richMenuId")).rich_menu_id
    call.world.touch()
    return {}


@endpoints.get("/v2/bot/user/all/richmenu")
async def get_default(call: Call) -> Answer:
    if not call.channel.default_rich_menu:
        raise NotFound("no default richmenu")
    return {"richMenuId": call.channel.default_rich_menu}


@endpoints.delete("/v2/bot/user/all/richmenu")
async def clear_default(call: Call) -> Answer:
    call.channel.default_rich_menu = ""
    call.world.touch()
    return {}


@endpoints.post("/v2/bot/richmenu/alias")
async def create_alias(call: Call) -> Answer:
    body, channel = call.json(), call.channel
    checker = Checker(call.emulator.accepts_url)
    check_alias(checker, body)
    checker.raise_if_any()
    if body["richMenuAliasId"] in channel.aliases:
        raise LineError(400, "conflict richmenu alias id")
    if len(channel.aliases) >= MOST_ALIASES:
        raise LineError(400, "exceed the number of richmenu aliases")
    channel.aliases[body["richMenuAliasId"]] = _alias_target(call, body)
    call.world.touch()
    return {}


@endpoints.get("/v2/bot/richmenu/alias/list")
async def list_aliases(call: Call) -> Answer:
    return {
        "aliases": [
            {"richMenuAliasId": alias, "richMenuId": rich_menu_id}
            for alias, rich_menu_id in call.channel.aliases.items()
        ]
    }


@endpoints.get("/v2/bot/richmenu/alias/{richMenuAliasId}")
async def get_alias(call: Call) -> Answer:
    alias = _known_alias(call)
    return {"richMenuAliasId": alias, "richMenuId": call.channel.aliases[alias]}


@endpoints.post("/v2/bot/richmenu/alias/{richMenuAliasId}")
async def update_alias(call: Call) -> Answer:
    alias = _known_alias(call)
    call.channel.aliases[alias] = _alias_target(call, call.json())
    call.world.touch()
    return {}


@endpoints.delete("/v2/bot/richmenu/alias/{richMenuAliasId}")
async def delete_alias(call: Call) -> Answer:
    del call.channel.aliases[_known_alias(call)]
    call.world.touch()
    return {}


def _known_alias(call: Call) -> str:
    alias = call.path("richMenuAliasId")
    if alias not in call.channel.aliases:
        raise NotFound("richmenu alias not found")
    return alias


def _alias_target(call: Call, body: Json) -> str:
    """The menu that an alias is to stand for; LINE answers 400 rather than 404 when it does not exist."""
    menu = call.world.rich_menus.get(str(body.get("richMenuId")))
    if menu is None or menu.deleted or menu.channel_id != call.channel.channel_id:
        raise LineError(400, "richmenu not found")
    if not menu.image:
        raise LineError(400, "must upload richmenu image before applying it to user")
    return menu.rich_menu_id


def show_linked(call: Call, person_id: str, rich_menu_id: str) -> None:
    """Link ("" unlinks) for a friend, at once; no effect on anybody else (link-rich-menu-to-user)."""
    world, channel = call.world, call.channel
    friendship = world.friendship(channel, person_id)
    if friendship.state != "friend" or world.people[person_id].deleted:
        return
    friendship.rich_menu = rich_menu_id
    phone.refresh_rich_menu(call.emulator, channel, friendship)
    world.chat_changed(channel.channel_id, person_id)
