"""What the emulator remembers, one flat dataclass per kind of thing, so that a snapshot is a plain dump.

Fields marked `UNSAVED` are indexes that the world rebuilds when it is loaded.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

UNSAVED = {"saved": False}

Json: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class Person:
    """Somebody with a phone. The LINE user id differs per provider (getting-user-ids)."""

    person_id: str
    name: str
    language: str = "zh-TW"
    picture_url: str = ""
    status_message: str = ""
    user_ids: dict[str, str] = field(default_factory=dict)
    deleted: bool = False
    gender: str = ""
    age: str = ""
    area: str = ""
    app_type: str = "ios"
    email: str = ""


@dataclass(slots=True)
class Channel:
    """A channel of the LINE platform: `messaging` (one official account) or `login` (LINE Login and LIFF)."""

    channel_id: str
    secret: str
    name: str
    provider: str
    kind: str = "messaging"
    bot_user_id: str = ""
    basic_id: str = ""
    premium_id: str = ""
    icon_url: str = ""
    country: str = "TW"
    verified: bool = True
    chat_mode: str = "bot"
    mark_as_read_mode: str = "auto"
    created_at: float = 0.0
    # Webhooks.
    webhook_url: str = ""
    webhook_active: bool = False
    redelivery: bool = False
    suspended: bool = False
    delivery: Json = field(default_factory=dict)
    webhook_errors: dict[str, int] = field(default_factory=dict)
    # Quota: recipients per month "YYYY-MM", and messages per "YYYYMMDD/method".
    plan_limit: int | None = None
    usage: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    units: dict[str, list[str]] = field(default_factory=dict)
    # Rich menus.
    default_rich_menu: str = ""
    aliases: dict[str, str] = field(default_factory=dict)
    # Login channels.
    linked_bot: str = ""
    callback_urls: list[str] = field(default_factory=list)
    assertion_keys: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class ChatMessage:
    """One bubble between one person and one account. `at` is in milliseconds, `body` the message object."""

    id: str
    channel_id: str
    person_id: str
    direction: str
    at: int
    body: Json
    via: str = ""
    request_id: str = ""
    retry_key: str = ""
    delivered: bool = True
    unsent: bool = False
    read_by_bot: bool = False
    media: list[str] = field(default_factory=list)
    unit: str = ""
    seen: bool = False
    clicks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Friendship:
    """A person and an account: `never` (not a friend), `friend` or `blocked`."""

    channel_id: str
    person_id: str
    state: str = "never"
    added_at: float | None = None
    wrote_at: float | None = None
    opened_ms: int = 0
    loading_until: float = 0.0
    rich_menu: str = ""
    # What the phone shows: a changed default menu appears when the chat is opened again (rich-menus-overview).
    shown_rich_menu: str = ""
    messages: list[ChatMessage] = field(default_factory=list, metadata=UNSAVED)


@dataclass(slots=True)
class ReplyToken:
    token: str
    channel_id: str
    person_id: str
    event_at: float
    deadline: float
    used: bool = False


@dataclass(slots=True)
class AcceptedRequest:
    """A request with a retry key, remembered for 24 hours."""

    channel_id: str
    retry_key: str
    request_id: str
    at: float
    sent_messages: list[Json] | None = None


@dataclass(slots=True)
class AccessToken:
    """A channel access token, or with `person_id` the access token of a LINE Login user."""

    token: str
    channel_id: str
    kind: str
    issued_at: float
    expires_at: float | None = None
    key_id: str = ""
    person_id: str = ""
    scope: str = ""
    refresh_token: str = ""


@dataclass(slots=True)
class LoginCode:
    code: str
    channel_id: str
    person_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    issued_at: float


@dataclass(slots=True)
class LinkToken:
    token: str
    channel_id: str
    person_id: str
    issued_at: float
    used: bool = False


@dataclass(slots=True)
class LiffApp:
    liff_id: str
    channel_id: str
    settings: Json


@dataclass(slots=True)
class PrintedCode:
    """A QR code on paper: what it says, and by what a person at the counter would know the card."""

    text: str
    title: str
    note: str = ""


@dataclass(slots=True)
class RichMenu:
    rich_menu_id: str
    channel_id: str
    body: Json
    created_at: float
    image: str = ""
    deleted: bool = False


@dataclass(slots=True)
class RichMenuBatch:
    request_id: str
    channel_id: str
    accepted_at: float
    completed_at: float
    resume_key: str = ""
    failed: bool = False


@dataclass(slots=True)
class Campaign:
    """A broadcast or narrowcast, for progress and statistics. `request_id` is the key LINE uses."""

    request_id: str
    channel_id: str
    kind: str
    accepted_at: float
    starts_at: float
    completed_at: float
    messages: list[Json]
    person_ids: list[str] = field(default_factory=list)
    state: str = "waiting"
    success: int = 0
    failure: int = 0
    target: int = 0
    reserved: int = 0
    error_code: int = 0
    failed_description: str = ""
    retry_key: str = ""
    needs: int = 0
    """The fewest recipients that a narrowcast by attribute may have."""
