"""What people do on their phones, and the webhook events that follow from it.

`quiet` means: change the world and tell nobody, for seeding a history."""

from . import delivery, events, identifiers
from .emulator import Emulator
from .records import Channel, ChatMessage, Friendship, Json, Person

CONTENT_TYPES = frozenset({"image", "video", "audio", "file"})
QUOTABLE_IN = frozenset({"text", "sticker", "image", "video"})


class NotPossible(Exception):
    """The phone would not let the person do this, e.g. write to an account that is blocked."""


def emit(emulator: Emulator, channel: Channel, person: Person, kind: str, fields: Json | None = None) -> Json:
    event = events.build(emulator.world, channel, person, kind, fields)
    emulator.sender.emit(channel, event)
    return event


def add_friend(emulator: Emulator, channel: Channel, person: Person, *, quiet: bool = False) -> Friendship:
    """Add as a friend; someone who has blocked the account unblocks it by this."""
    if person.deleted:
        raise NotPossible("this account was deleted")
    world = emulator.world
    friendship = world.friendship(channel, person.person_id)
    if friendship.state == "friend":
        return friendship
    unblocked = friendship.state == "blocked"
    friendship.state = "friend"
    if friendship.added_at is None:
        friendship.added_at = world.clock.now()
    refresh_rich_menu(emulator, channel, friendship)
    world.chat_changed(channel.channel_id, person.person_id)
    if not quiet:
        emit(emulator, channel, person, "follow", {"follow": {"isUnblocked": unblocked}})
    return friendship


def block(emulator: Emulator, channel: Channel, person: Person, *, quiet: bool = False) -> Friendship:
    """Works for those who never were friends too (they got notification messages, for example)."""
    friendship = emulator.world.friendship(channel, person.person_id)
    if friendship.state == "blocked" or person.deleted:
        return friendship
    friendship.state = "blocked"
    friendship.rich_menu = friendship.shown_rich_menu = ""
    emulator.world.chat_changed(channel.channel_id, person.person_id)
    if not quiet:
        emit(emulator, channel, person, "unfollow")
    return friendship


def unblock(emulator: Emulator, channel: Channel, person: Person, *, quiet: bool = False) -> Friendship:
    friendship = emulator.world.friendship(channel, person.person_id)
    if friendship.state == "blocked":
        add_friend(emulator, channel, person, quiet=quiet)
    return friendship


def delete_account(emulator: Emulator, person: Person) -> None:
    """The person leaves LINE for good: no event tells the accounts."""
    person.deleted = True
    emulator.world.touch()
    emulator.stream.publish("people", {})


def write(
    emulator: Emulator,
    friendship: Friendship,
    body: Json,
    *,
    media: list[str] | None = None,
    quiet: bool = False,
    at_ms: int | None = None,
) -> ChatMessage:
    """Put a message of the person into the chat and send its event. `body` is the content without id and tokens."""
    world = emulator.world
    channel, person = world.channels[friendship.channel_id], world.people[friendship.person_id]
    if person.deleted:
        raise NotPossible("this account was deleted")
    if friendship.state == "blocked" and not quiet:
        raise NotPossible("unblock the account before writing to it")
    now_ms = world.clock.now_ms()
    message = world.add_message(
        friendship,
        ChatMessage(
            id=world.next_message_id(),
            channel_id=channel.channel_id,
            person_id=person.person_id,
            direction="in",
            at=now_ms if at_ms is None else at_ms,
            body=body,
            media=media or [],
            read_by_bot=channel.mark_as_read_mode == "auto" or quiet,
        ),
    )
    friendship.wrote_at = max(friendship.wrote_at or 0.0, message.at / 1000)
    friendship.opened_ms = max(friendship.opened_ms, message.at)
    world.chat_changed(channel.channel_id, person.person_id, message)
    if not quiet:
        emit(emulator, channel, person, "message", {"message": content(channel, message)})
    return message


def content(channel: Channel, message: ChatMessage) -> Json:
    """The `message` of a webhook event: content, id and tokens."""
    found: Json = {"id": message.id, **message.body}
    if message.body["type"] in QUOTABLE_IN:
        found["quoteToken"] = delivery.quote_token(channel, message.id)
    found["markAsReadToken"] = events.mark_as_read_token(channel, message.id)
    return found


def unsend(emulator: Emulator, message: ChatMessage) -> None:
    """The bubble disappears on both sides; its content answers 410 from now on."""
    if message.unsent:
        return
    message.unsent = True
    world = emulator.world
    channel, person = world.channels[message.channel_id], world.people[message.person_id]
    world.chat_changed(message.channel_id, message.person_id, message)
    emit(emulator, channel, person, "unsend", {"unsend": {"messageId": message.id}})


def postback(emulator: Emulator, friendship: Friendship, data: str, params: Json | None, display_text: str) -> None:
    """A button with data was tapped; `display_text` appears as a bubble but makes no message event."""
    world = emulator.world
    channel, person = world.channels[friendship.channel_id], world.people[friendship.person_id]
    if display_text:
        shown = ChatMessage(
            id=world.next_message_id(),
            channel_id=channel.channel_id,
            person_id=person.person_id,
            direction="in",
            at=world.clock.now_ms(),
            body={"type": "text", "text": display_text},
            via="postback",
            read_by_bot=True,
        )
        world.add_message(friendship, shown)
        world.chat_changed(channel.channel_id, person.person_id, shown)
    fields: Json = {"data": data}
    if params:
        fields["params"] = params
    emit(emulator, channel, person, "postback", {"postback": fields})


def tap_rich_menu(emulator: Emulator, friendship: Friendship, area_index: int) -> Json:
    """Do what the tapped area says; returns its action, for what only the phone can do (links, date pickers)."""
    menu = emulator.world.rich_menus.get(friendship.shown_rich_menu)
    areas = menu.body.get("areas", []) if menu else []
    if not 0 <= area_index < len(areas):
        raise NotPossible("the rich menu has no such area")
    action: Json = areas[area_index]["action"]
    match action["type"]:
        case "message":
            write(emulator, friendship, {"type": "text", "text": action["text"]})
        case "postback":
            shown = action.get("displayText") or action.get("text") or ""
            postback(emulator, friendship, action["data"], None, shown)
        case "richmenuswitch":
            switch_rich_menu(emulator, friendship, action)
    return action


def switch_rich_menu(emulator: Emulator, friendship: Friendship, action: Json) -> None:
    """A tab: acts as a per-user menu and reports by postback (richmenu-switch-action); what failed names no alias."""
    world = emulator.world
    channel = world.channels[friendship.channel_id]
    alias = action["richMenuAliasId"]
    rich_menu_id = channel.aliases.get(alias)
    menu = world.rich_menus.get(rich_menu_id or "")
    if rich_menu_id is None:
        status = "RICHMENU_ALIAS_ID_NOTFOUND"
    elif menu is None or menu.deleted:
        status = "RICHMENU_NOTFOUND"
    else:
        status = "SUCCESS"
        friendship.rich_menu = friendship.shown_rich_menu = rich_menu_id
        world.chat_changed(friendship.channel_id, friendship.person_id)
    params = {"newRichMenuAliasId": alias, "status": status} if status == "SUCCESS" else {"status": status}
    postback(emulator, friendship, action["data"], params, "")


def open_chat(emulator: Emulator, friendship: Friendship) -> None:
    """Looking at the chat: everything is seen, and the rich menu is the current one."""
    world = emulator.world
    channel = world.channels[friendship.channel_id]
    before = (friendship.opened_ms, friendship.shown_rich_menu)
    unseen = [each for each in reversed(friendship.messages[-200:]) if each.direction == "out" and not each.seen]
    for message in unseen:
        message.seen = True
    if friendship.messages:
        friendship.opened_ms = max(friendship.opened_ms, friendship.messages[-1].at)
    refresh_rich_menu(emulator, channel, friendship)
    if before != (friendship.opened_ms, friendship.shown_rich_menu):
        world.chat_changed(channel.channel_id, friendship.person_id)


def refresh_rich_menu(emulator: Emulator, channel: Channel, friendship: Friendship) -> None:
    """Per-user before default; a linked menu that was deleted goes away now (rich-menus-overview)."""
    menus = emulator.world.rich_menus
    own = menus.get(friendship.rich_menu)
    if own is None or own.deleted:
        friendship.rich_menu = ""
    friendship.shown_rich_menu = friendship.rich_menu or channel.default_rich_menu


def image_set(total: int) -> str:
    """The id that images sent together share; none for a single image."""
    return identifiers.opaque(32).upper() if total > 1 else ""


def seed_answer(emulator: Emulator, friendship: Friendship, body: Json, *, at_ms: int | None) -> ChatMessage:
    """A bubble of the account from the past: nothing is sent or counted."""
    world = emulator.world
    message = ChatMessage(
        id=world.next_message_id(),
        channel_id=friendship.channel_id,
        person_id=friendship.person_id,
        direction="out",
        at=world.clock.now_ms() if at_ms is None else at_ms,
        body=body,
        via="seed",
        seen=True,
    )
    world.add_message(friendship, message)
    friendship.opened_ms = max(friendship.opened_ms, message.at)
    world.chat_changed(friendship.channel_id, friendship.person_id, message)
    return message
