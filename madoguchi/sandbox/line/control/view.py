"""What a phone shows, as JSON."""

from madoguchi.sandbox.line import delivery
from madoguchi.sandbox.line.emulator import Emulator
from madoguchi.sandbox.line.records import ChatMessage, Friendship, Json
from madoguchi.sandbox.line.world import World


def friendship_json(friendship: Friendship) -> Json:
    return {
        "personId": friendship.person_id,
        "channelId": friendship.channel_id,
        "state": friendship.state,
        "addedAt": friendship.added_at,
        "wroteAt": friendship.wrote_at,
    }


def shown_text(body: Json) -> str:
    """The plain text of a message object, `textV2` with its placeholders filled in; altText, or "" for the rest."""
    if body["type"] != "textV2":
        return str(body.get("text") or body.get("altText") or "")
    text = str(body["text"]).replace("{{", "\0").replace("}}", "\1")
    for name, value in (body.get("substitution") or {}).items():
        mention = value.get("type") == "mention"
        text = text.replace("{" + name + "}", "@All" if mention else "🙂")
    return text.replace("\0", "{").replace("\1", "}")


def message_json(emulator: Emulator, message: ChatMessage) -> Json:
    world = emulator.world
    head: Json = {
        "id": message.id,
        "direction": message.direction,
        "type": message.body["type"],
        "at": message.at,
        "unsent": message.unsent,
        "readByBot": message.read_by_bot,
        "via": message.via,
    }
    if message.unsent:
        return head
    body = {name: value for name, value in message.body.items() if name not in ("id", "quickReply")}
    if body["type"] == "textV2":
        body["text"] = shown_text(body)
    if message.media:
        body["contentUrl"] = f"/sandbox/media/{message.media[0]}"
        body["previewUrl"] = f"/sandbox/media/{message.media[0]}?preview=1"
    if quoted := _quoted(world, message):
        body["quotedMessageId"] = quoted.id
        body["quoted"] = {
            "id": quoted.id,
            "direction": quoted.direction,
            "type": quoted.body["type"],
            "text": "" if quoted.unsent else shown_text(quoted.body),
            "unsent": quoted.unsent,
        }
    return {**body, **head}


def _quoted(world: World, message: ChatMessage) -> ChatMessage | None:
    if token := message.body.get("quoteToken"):
        return delivery.quoted_message(world, world.channels[message.channel_id], token)
    return world.messages.get(str(message.body.get("quotedMessageId", "")))


def visible(friendship: Friendship) -> list[ChatMessage]:
    return [message for message in friendship.messages if message.delivered]


def unread(friendship: Friendship) -> int:
    count = 0
    for message in reversed(friendship.messages):
        if message.at <= friendship.opened_ms:
            break
        count += message.direction == "out" and message.delivered
    return count


def last_json(friendship: Friendship) -> Json | None:
    for message in reversed(friendship.messages):
        if message.delivered:
            text = "" if message.unsent else shown_text(message.body)
            return {
                "text": text,
                "type": message.body["type"],
                "at": message.at,
                "direction": message.direction,
                "unsent": message.unsent,
            }
    return None


def rich_menu_json(world: World, friendship: Friendship) -> Json | None:
    menu = world.rich_menus.get(friendship.shown_rich_menu)
    if menu is None:
        return None
    return {
        "id": menu.rich_menu_id,
        "imageUrl": f"/sandbox/media/{menu.image}" if menu.image else "",
        **{name: menu.body.get(name) for name in ("size", "areas", "chatBarText", "selected", "name")},
    }


def chat_json(emulator: Emulator, friendship: Friendship, *, limit: int, before: str) -> Json:
    """The last `limit` messages, or those before the message with id `before`."""
    world = emulator.world
    messages = visible(friendship)
    if before:
        position = next((index for index, each in enumerate(messages) if each.id == before), len(messages))
        messages = messages[:position]
    page = messages[-limit:]
    last = messages[-1] if messages and not before else None
    now = world.clock.now()
    return {
        "friendship": friendship_json(friendship),
        "deleted": world.people[friendship.person_id].deleted,
        "messages": [message_json(emulator, each) for each in page],
        "earlier": len(messages) > len(page),
        "richMenu": rich_menu_json(world, friendship),
        "quickReply": last.body.get("quickReply") if last and last.direction == "out" else None,
        "loadingUntil": friendship.loading_until if friendship.loading_until > now else None,
        "unread": unread(friendship),
        "now": now,
    }
