"""Rows of the channels.

``thread`` is the number that keeps messages in order and that listeners wait for: the id of the conversation. It is a
plain number, because channels stand below conversations and must not know them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.encrypted import EncryptedTextField
from madoguchi.kit.public_id import new_public_id


class Kind(models.TextChoices):
    LINE = "line", "LINE"


class Provider(models.Model):
    """The legal entity at LINE: a person has one user id for all accounts of a provider, and another elsewhere."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """One official account: where customers write to. Messages of all brands pass through it."""

    class Health(models.TextChoices):
        OK = "ok", _("Working")
        TOKEN_REFUSED = "token_refused", _("LINE refuses the access token")
        FORBIDDEN = "forbidden", _("LINE forbids this to the account")
        QUOTA_USED_UP = "quota_used_up", _("The monthly message quota is used up")
        UNREACHABLE = "unreachable", _("LINE does not answer")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.LINE)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="accounts")
    name = models.CharField(max_length=80)
    basic_id = models.CharField(max_length=40, blank=True)
    bot_user_id = models.CharField(max_length=40, blank=True)
    channel_id = models.CharField(max_length=20)
    channel_secret = EncryptedTextField()
    access_token = EncryptedTextField()
    login_channel_id = models.CharField(max_length=20, blank=True, default="", db_default="")
    """Of the LINE Login channel under the same provider that is linked to this account; empty: no pages inside LINE."""
    liff_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    """The LIFF app of that channel whose endpoint is our door, ``/liff``."""
    api_base = models.URLField(default="https://api.line.me")
    data_base = models.URLField(default="https://api-data.line.me")
    market = models.ForeignKey("organization.Market", models.PROTECT, related_name="accounts")
    default_brand = models.ForeignKey("organization.Brand", models.PROTECT, related_name="+")
    """In whose voice we speak while a conversation is about no brand yet."""
    default_department = models.ForeignKey("organization.Department", models.PROTECT, related_name="+")
    """Who gets a conversation that nobody has routed."""
    requests_per_second = models.PositiveIntegerField(default=2000)
    """LINE: 2,000 per second and channel for push and reply (developers.line.biz, rate limits)."""
    is_active = models.BooleanField(default=True)

    health = models.CharField(max_length=16, choices=Health.choices, default=Health.OK)
    health_detail = models.CharField(max_length=300, blank=True)
    health_at = models.DateTimeField(default=timezone.now)

    quota_limit = models.PositiveIntegerField(null=True, blank=True)
    """Messages per month that LINE lets us push; null: no limit."""
    quota_used = models.PositiveIntegerField(default=0)
    """As LINE counted at ``quota_checked_at``, plus what we pushed since."""
    quota_checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "channel_id"], name="account_channel_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """An address at an account: a LINE user as one official account sees them."""

    class Friendship(models.TextChoices):
        FRIEND = "friend", _("Friend")
        BLOCKED = "blocked", _("Has blocked us")
        UNKNOWN = "unknown", _("Not a friend, as far as we know")

    account = models.ForeignKey(Account, models.PROTECT, related_name="contacts", db_index=False)
    """Found through the unique pair below. An index of its own would tempt the planner: before the first ANALYZE it was
    taken for looking up one address, and read all of the account's."""
    external_id = models.CharField(max_length=80)
    friendship = models.CharField(max_length=8, choices=Friendship.choices, default=Friendship.UNKNOWN)
    friendship_at = models.DateTimeField(null=True, blank=True)
    """Provider's time of the event that decided ``friendship``; older events that come late change nothing."""
    profile_name = models.CharField(max_length=100, blank=True)
    picture_url = models.URLField(max_length=1000, blank=True)
    status_message = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=20, blank=True)
    profile_at = models.DateTimeField(null=True, blank=True)
    """When the profile was last fetched; null: never."""
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "external_id"], name="contact_once_per_account"),
        ]

    def __str__(self) -> str:
        return self.profile_name or self.external_id

    @property
    def has_blocked_us(self) -> bool:
        """LINE takes what is sent to them, and drops it. Who has written since then does not block us any more: word of an
        unblocking can be lost."""
        if self.friendship != self.Friendship.BLOCKED:
            return False
        return not (self.friendship_at and self.last_inbound_at and self.last_inbound_at > self.friendship_at)


class ReplyToken(models.Model):
    """LINE's right to one free answer. Spent by deleting the row, so it can be spent once."""

    LIFETIME = dt.timedelta(seconds=50)
    """LINE promises one minute from receiving the webhook (send-reply-message-reply-token); ten seconds are for the way."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="reply_tokens")
    token = models.CharField(max_length=120, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["contact", "expires_at"], name="reply_token_by_contact"),
            models.Index(fields=["expires_at"], name="reply_token_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.expires_at}"


class Media(models.Model):
    """A file that came from or goes to a customer. Ours is the only lasting copy: LINE deletes theirs."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Image")
        VIDEO = "video", _("Video")
        AUDIO = "audio", _("Audio")
        FILE = "file", _("File")

    class State(models.TextChoices):
        PENDING = "pending", _("Being fetched")
        STORED = "stored", _("Stored")
        TOO_LARGE = "too_large", _("Too large to keep")
        GONE = "gone", _("No longer available at LINE")
        FAILED = "failed", _("Could not be fetched")
        HIDDEN = "hidden", _("Taken back by the sender")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="media")
    thread = models.BigIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    provider_message_id = models.CharField(max_length=40, blank=True)
    """At LINE, for what a customer sent; empty for what staff upload."""
    external_url = models.URLField(max_length=2000, blank=True)
    """Where the content is when LINE says it is not at LINE (contentProvider external)."""
    name = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    byte_size = models.BigIntegerField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    path = models.CharField(max_length=200, blank=True)
    """Below the media folder; empty until stored."""
    preview_path = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    stored_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    """Moves whenever the bubble of this file would look different; see ``OutboundMessage.changed_at``."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "provider_message_id"],
                condition=~Q(provider_message_id=""),
                name="media_once_per_provider_message",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["thread", "changed_at"], name="media_changes"),
            models.Index(fields=["created_at"], condition=Q(state="pending"), name="media_pending"),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id


class OutboundMessage(models.Model):
    """One request to the provider: up to five bubbles for one contact, in the voice of one brand.

    The row is written in the transaction of the action that wants it, and settled by the sender loop. Its ``key`` goes
    out as X-Line-Retry-Key, so a repeated push is one push.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        ACCEPTED = "accepted", _("Accepted by LINE")
        REFUSED = "refused", _("Refused by LINE")
        UNKNOWN = "unknown", _("Outcome unknown")
        DISCARDED = "discarded", _("Not sent: somebody gave it up")

    class Route(models.TextChoices):
        REPLY = "reply", _("Free reply")
        PUSH = "push", _("Push, counts against the quota")

    class Refusal(models.TextChoices):
        """Why, in words that staff understand; the provider's own text is in ``refusal_detail``."""

        NONE = "", ""
        INVALID = "invalid", _("LINE did not accept the content")
        TOKEN = "token", _("LINE refuses our access token")
        FORBIDDEN = "forbidden", _("The account's plan does not allow this")
        RECIPIENT = "recipient", _("LINE cannot send to this customer")
        QUOTA = "quota", _("The monthly message quota is used up")
        EXPIRED = "expired", _("LINE did not answer for 24 hours; we stopped trying")

    BUBBLES_MAX = 5
    """LINE: messages per request (send-reply-message, send-push-message)."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="outbox")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="outbox")
    thread = models.BigIntegerField()
    messages = models.JSONField()
    """List of 1..5 provider message objects, ready to be sent."""
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    route = models.CharField(max_length=5, choices=Route.choices, blank=True)
    """Chosen when it is sent: a reply token may have run out in between."""
    reply_token = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    """Moves when the bubbles of this row would look different. Channels cannot touch the messages themselves, so whoever
    asks for what changed in a thread looks at this column too."""
    request_id = models.CharField(max_length=60, blank=True)
    """x-line-request-id of the answer that settled it: LINE gives no logs to anyone."""
    sent_messages = models.JSONField(default=list)
    """As LINE returned them: [{id, quoteToken?}], in the order of ``messages``."""
    refusal = models.CharField(max_length=10, choices=Refusal.choices, blank=True, default="")
    refusal_detail = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "due_at"], condition=Q(state="queued"), name="outbox_queued_by_due"),
            models.Index(fields=["thread", "id"], condition=Q(state__in=["queued", "sending"]), name="outbox_heads"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="outbox_sending"),
            models.Index(fields=["thread", "changed_at"], name="outbox_changes"),
            models.Index(fields=["settled_at"], condition=Q(state__in=["refused", "unknown"]), name="outbox_trouble"),
        ]

    def __str__(self) -> str:
        return str(self.key)
