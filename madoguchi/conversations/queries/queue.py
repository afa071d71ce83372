from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, assert_never

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Q, Value

from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations.models import Conversation, ConversationQuerySet, Mention
from madoguchi.conversations.queries.columns import BESIDE_CONVERSATION, SHOWN
from madoguchi.conversations.queries.few import sees_few
from madoguchi.conversations.queries.unsent import unsent, what_happened
from madoguchi.kit.among import Among
from madoguchi.kit.errors import Invalid
from madoguchi.organization.models import Department, Staff, Store
from madoguchi.organization.permissions import Permission

PAGE = 40
_OPEN = Q(state=Conversation.State.OPEN)
_SNOOZED = Q(state=Conversation.State.SNOOZED)
_CLOSED = Q(state=Conversation.State.CLOSED)


class View(StrEnum):
    """A queue. Newest first, except WAITING: longest waiting first."""

    MINE = "mine"
    """Held by the person, open."""
    MENTIONED = "mentioned"
    """A colleague asked the person in a note they have not seen yet; in any state."""
    PLACE = "place"
    """At the person's stores and departments, or at one of them, open."""
    UNSENT = "unsent"
    """With an answer that LINE refused or that may be lost, see queries.unsent; in any state."""
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    ALL = "all"
    """Open, everywhere the person may look."""
    SNOOZED = "snoozed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Place:
    """One store or one department."""

    store_id: int | None = None
    department_id: int | None = None
    name: str = ""

    @classmethod
    def read(cls, token: str) -> Self:
        """``store-7`` or ``department-3``, as in addresses and topics. Raises Invalid."""
        kind, _, number = token.partition("-")
        if kind not in ("store", "department") or not (number.isascii() and number.isdecimal()) or len(number) > 18:
            raise Invalid
        return cls(store_id=int(number)) if kind == "store" else cls(department_id=int(number))

    @property
    def token(self) -> str:
        return f"department-{self.department_id}" if self.store_id is None else f"store-{self.store_id}"

    @property
    def condition(self) -> Q:
        return Q(department=self.department_id) if self.store_id is None else Q(store=self.store_id)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended. Rows that move meanwhile may show twice or not at all, as in any live list."""

    at: dt.datetime
    pk: int

    @classmethod
    def read(cls, token: str) -> Self:
        """Raises Invalid."""
        microseconds, _, pk = token.partition(".")
        if not all(part.isascii() and part.isdecimal() and len(part) <= 18 for part in (microseconds, pk)):
            raise Invalid
        try:
            return cls(_EPOCH + dt.timedelta(microseconds=int(microseconds)), int(pk))
        except OverflowError:
            raise Invalid from None

    @property
    def token(self) -> str:
        return f"{(self.at - _EPOCH) // dt.timedelta(microseconds=1)}.{self.pk}"


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: Sequence[Conversation]
    """With member, contact and account, brand, store, department and holder loaded, and ``unsent`` (what_happened)."""
    next: str
    """Token for ``after``; empty: this was the end."""


def queue(staff: Staff, view: View, *, place: Place | None = None, after: str = "", limit: int = PAGE) -> QueuePage:
    """One page, in one statement (CLOSED: two). ``place`` narrows any view; ``after`` is ``next`` of the page before."""
    rows = _view(Conversation.objects.visible_to(staff), staff, view)
    if place is not None:
        rows = rows.filter(place.condition)
    longest_first = view is View.WAITING
    if after:
        rows = rows.filter(_beyond(Position.read(after), longest_first=longest_first))
    ordered = _in_order(rows, longest_first=longest_first)
    if view is View.CLOSED and sees_few(staff):
        ordered = _sorted_by_itself(rows)
    found = list(loaded(ordered[: limit + 1], longest_first=longest_first))
    page = found[:limit]
    return QueuePage(page, _position(page[-1], longest_first=longest_first).token if len(found) > limit else "")


def waiting(staff: Staff, view: View, *, limit: int) -> list[Conversation]:
    """Of a queue of open conversations those in which the customer waits, the longest first; in one statement."""
    rows = _view(Conversation.objects.visible_to(staff), staff, view).waiting()
    return list(loaded(rows.longest_waiting_first()[:limit], longest_first=True))


def loaded(rows: ConversationQuerySet, *, longest_first: bool = False) -> ConversationQuerySet:
    """These (``rows`` is ordered and cut), with all that a row of a queue shows.

    Cut first and joined then, in one statement: left to itself the planner sometimes joins everything before it cuts.
    """
    page = Conversation.objects.filter(Among("pk", rows.values("pk")))
    with_names = page.select_related(*SHOWN).annotate(unsent=what_happened())
    return _in_order(with_names.defer(*BESIDE_CONVERSATION), longest_first=longest_first)


def _in_order(rows: ConversationQuerySet, *, longest_first: bool) -> ConversationQuerySet:
    return rows.longest_waiting_first() if longest_first else rows.newest_first()


def _sorted_by_itself(rows: ConversationQuerySet) -> ConversationQuerySet:
    """Newest first, but by no index: the planner, who expects a page's worth everywhere, would walk through everybody's
    closed conversations to find the few of a small store. The other views read what is open, which is never much."""
    at = ExpressionWrapper(F("last_message_at") + Value(dt.timedelta(0)), output_field=models.DateTimeField())
    return rows.order_by(at.desc(), "-pk")


def _view(rows: ConversationQuerySet, staff: Staff, view: View) -> ConversationQuerySet:
    match view:
        case View.MINE:
            return rows.filter(_OPEN, holder=staff)
        case View.MENTIONED:
            return rows.filter(Among("pk", _unseen(staff)))
        case View.UNSENT:
            return rows.filter(Among("pk", _threads_of_unsent()))
        case View.PLACE:
            return rows.filter(_OPEN, _own_places(staff))
        case View.UNASSIGNED:
            return rows.unassigned()
        case View.WAITING:
            return rows.waiting()
        case View.ALL:
            return rows.open()
        case View.SNOOZED:
            return rows.filter(_SNOOZED)
        case View.CLOSED:
            return rows.filter(_CLOSED)
        case _:
            assert_never(view)


def _own_places(staff: Staff) -> Q:
    """The stores and departments of the person's postings; for somebody of the whole company, all of them."""
    reach = staff.reach(Permission.CONVERSATION_READ)
    if any(place.is_whole_company for place in reach.places):
        return Q()
    return Q(store__in=sorted(reach.store_ids)) | Q(department__in=sorted(reach.department_ids))


def _beyond(position: Position, *, longest_first: bool) -> Q:
    """The first condition bounds the index scan, the second settles equal times."""
    if longest_first:
        return Q(waiting_since__gte=position.at) & (Q(waiting_since__gt=position.at) | Q(pk__gt=position.pk))
    return Q(last_message_at__lte=position.at) & (Q(last_message_at__lt=position.at) | Q(pk__lt=position.pk))


def _position(row: Conversation, *, longest_first: bool) -> Position:
    at = row.waiting_since if longest_first else row.last_message_at
    assert at is not None
    return Position(at, row.pk)


@dataclass(frozen=True, slots=True)
class Counts:
    """What stands in each queue now, and how many of the person's own have something unread."""

    mine: int
    mine_unread: int
    mentioned: int
    place: int
    unassigned: int
    waiting: int
    all: int
    snoozed: int
    unsent: int


def queue_counts(staff: Staff) -> Counts:
    """All queues but CLOSED, which only grows, in one statement over the rows that are not closed."""
    unseen, unsent_there = Q(Among("pk", _unseen(staff))), Q(Among("pk", _threads_of_unsent()))
    rows = Conversation.objects.visible_to(staff).filter(_OPEN | _SNOOZED | unseen | unsent_there)
    counted = rows.aggregate(
        mine=Count("pk", filter=_OPEN & Q(holder=staff)),
        mine_unread=Count("pk", filter=_OPEN & Q(holder=staff, unread__gt=0)),
        place=Count("pk", filter=_OPEN & _own_places(staff)),
        unassigned=Count("pk", filter=_OPEN & Q(holder=None)),
        waiting=Count("pk", filter=_OPEN & Q(waiting_since__isnull=False)),
        all=Count("pk", filter=_OPEN),
        snoozed=Count("pk", filter=_SNOOZED),
        mentioned=Count("pk", filter=unseen),
        unsent=Count("pk", filter=unsent_there),
    )
    return Counts(**counted)


def _unseen(staff: Staff) -> models.QuerySet[Mention, Any]:
    return staff.mentions.filter(seen_at=None).values("conversation_id")


def _threads_of_unsent() -> models.QuerySet[OutboundMessage, Any]:
    return unsent().values("thread")


def places(staff: Staff) -> list[Place]:
    """The person's own stores and departments by name, in one statement; empty for somebody of the whole company."""
    reach = staff.reach(Permission.CONVERSATION_READ)
    stores = Store.objects.filter(pk__in=reach.store_ids).order_by().annotate(kind_of_place=Value("store"))
    departments = (
        Department.objects.filter(pk__in=reach.department_ids).order_by().annotate(kind_of_place=Value("department"))
    )
    columns = ("kind_of_place", "name", "pk")
    both = stores.values_list(*columns).union(departments.values_list(*columns)).order_by("-kind_of_place", "name")
    return [Place(**{f"{kind}_id": pk}, name=name) for kind, name, pk in both]
