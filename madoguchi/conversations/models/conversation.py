"""The lasting thread with a customer, and its episodes.

A ``Conversation`` is for ever: one for each contact. An ``Exchange`` is one matter in it, from the first word to the
closing. The conversation carries what the queue shows about its current exchange, so that a queue of any length
is read from one table by one partial index. Whoever changes a conversation or adds to it holds the lock on its row;
several are locked in the order of their ids.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.bindings.models import ALL_BRANDS
from madoguchi.kit.among import Among
from madoguchi.kit.public_id import new_public_id
from madoguchi.organization.permissions import Permission

if TYPE_CHECKING:
    from madoguchi.conversations.models.message import Message
    from madoguchi.organization.models import Staff

OPEN = Q(state="open")


def queue_topics(store_id: int | None, department_id: int | None, holder_id: int | None) -> frozenset[str]:
    """The queues in which such a conversation stands. ``queue`` is the whole company's."""
    topics = {"queue"}
    if store_id is not None:
        topics.add(f"queue-store-{store_id}")
    if department_id is not None:
        topics.add(f"queue-department-{department_id}")
    if holder_id is not None:
        topics.add(f"queue-staff-{holder_id}")
    return frozenset(topics)


def looked_after_by(staff: Staff) -> Q:
    """Condition: the customer is bound to the person now, for the brand that it is about (while it is about none, for
    whatever brands). Their customers lead to the few rows; only of these the brands are compared."""
    current = staff.bindings.current()
    for_the_brand = current.filter(member=OuterRef("member"), brand_ids__overlap=[ALL_BRANDS, OuterRef("brand")])
    return Q(Among("member", current.values("member"))) & (Q(brand__isnull=True) | Q(Exists(for_the_brand)))


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, staff: Staff) -> ConversationQuerySet:
        """All that the person may see: within reach, held by them, of a customer whom they look after, wherever that is
        answered, or where a colleague asked them by @mention."""
        reach = staff.reach(Permission.CONVERSATION_READ)
        if reach.is_everything:
            return self.all()
        if not reach:
            return self.none()
        mentioned = Among("pk", staff.mentions.values("conversation_id"))
        return self.filter(reach.condition() | Q(holder=staff) | Q(mentioned) | looked_after_by(staff))

    def open(self) -> ConversationQuerySet:
        return self.filter(OPEN)

    def waiting(self) -> ConversationQuerySet:
        return self.filter(OPEN, waiting_since__isnull=False)

    def held_by(self, staff: Staff) -> ConversationQuerySet:
        return self.filter(holder=staff)

    def unassigned(self) -> ConversationQuerySet:
        return self.filter(OPEN, holder__isnull=True)

    def longest_waiting_first(self) -> ConversationQuerySet:
        return self.order_by("waiting_since", "pk")

    def newest_first(self) -> ConversationQuerySet:
        return self.order_by("-last_message_at", "-pk")


class Conversation(models.Model):
    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SNOOZED = "snoozed", _("Snoozed")
        CLOSED = "closed", _("Closed")

    PREVIEW_LENGTH = 120

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="conversations", db_index=False)
    contact = models.OneToOneField("channels.Contact", models.PROTECT, related_name="conversation")
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    brand = models.ForeignKey(
        "organization.Brand", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    """Whom it is about; null: the account's default voice."""
    store = models.ForeignKey(
        "organization.Store", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    department = models.ForeignKey(
        "organization.Department", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    holder = models.ForeignKey(
        "organization.Staff", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    """Who answers. Null: waiting for anybody of the store or department."""

    exchange_number = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    """When the current exchange began."""
    waiting_since = models.DateTimeField(null=True, blank=True)
    """Provider's time of the customer's first message that nobody has answered, or when the time it was put aside for
    was over; null: it is not our turn."""
    snoozed_until = models.DateTimeField(null=True, blank=True)
    attention_at = models.DateTimeField(null=True, blank=True)
    """When the router looks at this next: at once after a first word or a move, later for a limit that runs out; null:
    nothing is expected of it."""
    is_urgent = models.BooleanField(default=False, db_default=False)
    """Goes before others in the waiting queue: a rule says so."""
    unread = models.PositiveIntegerField(default=0)
    """The customer's messages since the holder (while nobody holds it: anybody who may answer) opened the thread."""

    last_message_at = models.DateTimeField()
    last_direction = models.CharField(max_length=8)
    last_kind = models.CharField(max_length=10)
    last_text = models.CharField(max_length=PREVIEW_LENGTH, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        # Every message moves a row within these, so there are no more of them than the queues need; Django's own
        # indexes on foreign keys are left out for the same reason.
        indexes: ClassVar = [
            models.Index(fields=["-last_message_at", "-id"], name="conversation_newest"),
            models.Index(fields=["-last_message_at", "-id"], condition=OPEN, name="conversation_open_newest"),
            models.Index(fields=["waiting_since", "id"], condition=OPEN, name="conversation_open_waiting"),
            models.Index(
                fields=["holder", "-last_message_at"], name="conversation_by_holder", condition=Q(holder__isnull=False)
            ),
            models.Index(
                fields=["store", "-last_message_at"], name="conversation_by_store", condition=Q(store__isnull=False)
            ),
            models.Index(
                fields=["department", "-last_message_at"],
                name="conversation_by_department",
                condition=Q(department__isnull=False),
            ),
            models.Index(fields=["member", "-last_message_at"], name="conversation_by_member"),
            models.Index(
                fields=["attention_at"], condition=Q(attention_at__isnull=False), name="conversation_attention"
            ),
            models.Index(fields=["snoozed_until"], condition=Q(state="snoozed"), name="conversation_snoozed"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(store__isnull=True) | Q(department__isnull=True), name="conversation_at_one_place"
            ),
            models.CheckConstraint(
                condition=Q(state="snoozed", snoozed_until__isnull=False)
                | (~Q(state="snoozed") & Q(snoozed_until__isnull=True)),
                name="conversation_snoozed_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(holder__isnull=False) | Q(attention_at__isnull=False),
                name="conversation_open_has_holder_or_timer",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(waiting_since__isnull=True), name="conversation_closed_never_waits"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def topics(self) -> frozenset[str]:
        """Whom a change of this row concerns: those who look at the thread, and those in whose queue it stands."""
        return frozenset({f"conversation-{self.pk}"}) | queue_topics(self.store_id, self.department_id, self.holder_id)

    def ask_router(self, now: dt.datetime) -> None:
        """Somebody or something moved it: the router looks at it at once, and sets the next limit."""
        self.attention_at = now if self.state == self.State.OPEN else None

    def wake(self) -> None:
        """No longer put aside, if it was."""
        if self.state == self.State.SNOOZED:
            self.state, self.snoozed_until = self.State.OPEN, None

    def show_last(self, message: Message, now: dt.datetime) -> None:
        """What the queues show and go by: this message stands at the end of the thread now."""
        self.last_message_at, self.changed_at = message.occurred_at, now
        self.last_direction, self.last_kind = message.direction, message.kind
        self.last_text = message.text[: self.PREVIEW_LENGTH]

    def waiting_seconds(self, now: dt.datetime) -> float | None:
        return None if self.waiting_since is None else max(0.0, (now - self.waiting_since).total_seconds())


class Exchange(models.Model):
    """One matter: from opening to closing. What it was at its end stays written here."""

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("Solved")
        PASSED_ON = "passed_on", _("Passed on outside")
        NO_ANSWER_NEEDED = "no_answer_needed", _("No answer needed")
        NO_REACTION = "no_reaction", _("Customer did not come back")
        UNWANTED = "unwanted", _("Advertising or abuse")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="exchanges")
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    first_inbound_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    first_reply_by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    brand = models.ForeignKey("organization.Brand", models.PROTECT, related_name="+", null=True, blank=True)
    store = models.ForeignKey("organization.Store", models.PROTECT, related_name="+", null=True, blank=True)
    department = models.ForeignKey("organization.Department", models.PROTECT, related_name="+", null=True, blank=True)
    """Brand, store and department as they were at the closing."""

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "number"], name="exchange_number_once"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(closed_at__isnull=True), name="exchange_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.number}"


class Handover(models.Model):
    """The conversation went from one owner to another: taken over, assigned, handed over, released."""

    class Kind(models.TextChoices):
        TAKEN_OVER = "taken_over", _("Taken over")
        ASSIGNED = "assigned", _("Assigned")
        HANDED_OVER = "handed_over", _("Handed over")
        RELEASED = "released", _("Released")
        ROUTED = "routed", _("Routed")
        WITHDRAWN = "withdrawn", _("Taken back for want of an answer")
        RETURNED = "returned", _("Given back to the customer's own person")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="handovers")
    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="handovers")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True)
    from_holder = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True)
    from_store = models.ForeignKey("organization.Store", models.PROTECT, related_name="+", null=True)
    from_department = models.ForeignKey("organization.Department", models.PROTECT, related_name="+", null=True)
    to_holder = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True)
    to_store = models.ForeignKey("organization.Store", models.PROTECT, related_name="+", null=True)
    to_department = models.ForeignKey("organization.Department", models.PROTECT, related_name="+", null=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["conversation", "at"], name="handover_by_conversation")]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.kind}"
