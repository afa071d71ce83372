"""The state of the emulated platform: tables of records, the indexes over them, and who must hear of a change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from . import identifiers
from .clock import Clock
from .records import (
    AcceptedRequest,
    AccessToken,
    Campaign,
    Channel,
    ChatMessage,
    Friendship,
    LiffApp,
    LinkToken,
    LoginCode,
    Person,
    PrintedCode,
    ReplyToken,
    RichMenu,
    RichMenuBatch,
)

ChangeListener = Callable[[str, str, ChatMessage | None], None]

# Attribute of the world → kind of record; the snapshot holds exactly these.
TABLES: dict[str, type[Any]] = {
    "channels": Channel,
    "people": Person,
    "friendships": Friendship,
    "messages": ChatMessage,
    "rich_menus": RichMenu,
    "reply_tokens": ReplyToken,
    "accepted_requests": AcceptedRequest,
    "access_tokens": AccessToken,
    "login_codes": LoginCode,
    "link_tokens": LinkToken,
    "liff_apps": LiffApp,
    "printed_codes": PrintedCode,
    "rich_menu_batches": RichMenuBatch,
    "campaigns": Campaign,
}


@dataclass
class World:
    """Everything that is remembered. Keys: ids, tokens, texts, or "channel/person" and "channel/retry key"."""

    clock: Clock = field(default_factory=Clock)
    channels: dict[str, Channel] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    friendships: dict[str, Friendship] = field(default_factory=dict)
    messages: dict[str, ChatMessage] = field(default_factory=dict)
    rich_menus: dict[str, RichMenu] = field(default_factory=dict)
    reply_tokens: dict[str, ReplyToken] = field(default_factory=dict)
    accepted_requests: dict[str, AcceptedRequest] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    login_codes: dict[str, LoginCode] = field(default_factory=dict)
    link_tokens: dict[str, LinkToken] = field(default_factory=dict)
    liff_apps: dict[str, LiffApp] = field(default_factory=dict)
    printed_codes: dict[str, PrintedCode] = field(default_factory=dict)
    rich_menu_batches: dict[str, RichMenuBatch] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    last_message_id: int = field(default_factory=identifiers.snapshot_safe_seed)
    version: int = 0
    """Grows with every change; the snapshot compares it."""

    def __post_init__(self) -> None:
        self._by_user_id: dict[tuple[str, str], Person] = {}
        self.listeners: list[ChangeListener] = []
        self.reindex()

    def reindex(self) -> None:
        """Rebuild what is derived from the tables, after they were loaded."""
        self._by_user_id = {
            (provider, user_id): person
            for person in self.people.values()
            for provider, user_id in person.user_ids.items()
        }
        for friendship in self.friendships.values():
            friendship.messages = []
        for message in self.messages.values():
            # A snapshot taken in the middle of work may hold a message and not yet its channel.
            if channel := self.channels.get(message.channel_id):
                self.friendship(channel, message.person_id).messages.append(message)
        for friendship in self.friendships.values():
            friendship.messages.sort(key=lambda message: message.at)

    def touch(self) -> None:
        self.version += 1

    def chat_changed(self, channel_id: str, person_id: str, message: ChatMessage | None = None) -> None:
        """Tell the phones that this chat looks different now."""
        self.version += 1
        for listener in self.listeners:
            listener(channel_id, person_id, message)

    # -- people ---------------------------------------------------------------

    def add_person(self, person: Person) -> Person:
        """Add or replace; everybody has a user id with every provider that has a channel."""
        self.people[person.person_id] = person
        for channel in self.channels.values():
            self.user_id(person, channel.provider)
        for provider, user_id in person.user_ids.items():
            self._by_user_id[provider, user_id] = person
        self.touch()
        return person

    def user_id(self, person: Person, provider: str) -> str:
        if provider not in person.user_ids:
            made = identifiers.user_id(provider, person.person_id)
            person.user_ids[provider] = made
            self._by_user_id[provider, made] = person
        return person.user_ids[provider]

    def person_by_user_id(self, provider: str, user_id: str) -> Person | None:
        return self._by_user_id.get((provider, user_id))

    # -- channels -------------------------------------------------------------

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.channel_id] = channel
        for person in self.people.values():
            self.user_id(person, channel.provider)
        self.touch()
        return channel

    def friendship(self, channel: Channel, person_id: str) -> Friendship:
        key = f"{channel.channel_id}/{person_id}"
        found = self.friendships.get(key)
        if found is None:
            found = self.friendships[key] = Friendship(channel.channel_id, person_id)
        return found

    def friendships_of(self, channel: Channel) -> Iterable[Friendship]:
        return (each for each in self.friendships.values() if each.channel_id == channel.channel_id)

    def friends(self, channel: Channel) -> list[Friendship]:
        """Those whom a broadcast reaches: friends whose account still exists."""
        return [
            each
            for each in self.friendships_of(channel)
            if each.state == "friend" and not self.people[each.person_id].deleted
        ]

    def bot_of(self, login: Channel) -> Channel | None:
        """The official account that is linked to a login channel (link-a-bot)."""
        return self.channels.get(login.linked_bot)

    # -- messages -------------------------------------------------------------

    def next_message_id(self) -> str:
        self.last_message_id += 1
        return str(self.last_message_id)

    def add_message(self, friendship: Friendship, message: ChatMessage) -> ChatMessage:
        self.messages[message.id] = message
        messages = friendship.messages
        late = bool(messages) and messages[-1].at > message.at
        messages.append(message)
        if late:
            messages.sort(key=lambda each: each.at)
        return message

    def rich_menus_of(self, channel: Channel) -> list[RichMenu]:
        return [menu for menu in self.rich_menus.values() if menu.channel_id == channel.channel_id and not menu.deleted]
