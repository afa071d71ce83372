"""What the ledger says in numbers: how many customers come, by which way, to whom, and whether they stay in touch.

Everything is counted where the reader may read bindings, for one period and the one of the same length before it. A day
is one on the clock that is active (``django.utils.timezone``). The number of statements does not depend on the data.

What happens after a binding (writing, being answered) stands in tables above this app; they are reached by the names
of relations, as ``members.models`` does.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.contrib.postgres.aggregates import BoolOr
from django.db import connection
from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat, TruncDate
from django.utils import timezone

from madoguchi.bindings.models import ALL_BRANDS, Binding, BindingQuerySet, Code, Offer, Scan, Way
from madoguchi.channels.models import Contact
from madoguchi.organization.models import Brand, Market, Staff, Store
from madoguchi.organization.permissions import Permission

Word = TypeVar("Word")
Counts = TypeVar("Counts")
LATELY = dt.timedelta(days=30)
A_WHILE = dt.timedelta(days=90)
"""A customer is active who wrote or tapped within so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is counted: whose reach, which days (both ends included), which part of the company."""

    reader: Staff
    since: dt.date
    until: dt.date
    market: Market | None = None
    store: Store | None = None
    person: Staff | None = None
    brand: Brand | None = None
    """Bindings that look after this brand: those for all brands, too."""

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def starts_at(self) -> dt.datetime:
        return _midnight(self.since)

    @property
    def ends_at(self) -> dt.datetime:
        """Not included."""
        return _midnight(self.until + dt.timedelta(days=1))

    def before(self) -> Scope:
        """As many days, up to the day before."""
        length = dt.timedelta(days=self.days)
        return replace(self, since=self.since - length, until=self.until - length)

    def bindings(self) -> BindingQuerySet:
        """Of any time."""
        rows = Binding.objects.visible_to(self.reader)
        if self.brand is not None:
            rows = rows.filter(brand_ids__overlap=[ALL_BRANDS, self.brand.pk])
        return rows.filter(self._place())

    def scans(self) -> QuerySet[Scan]:
        """Of the codes within reach, in the period; of a person's own codes always."""
        reach, rows = self.reader.reach(Permission.BINDING_READ), Scan.objects.filter(code__isnull=False)
        if not reach.is_everything:
            rows = rows.filter(Q(code__staff=self.reader) | Q(code__store__in=sorted(reach.store_ids)))
        if self.brand is not None:
            limited = Code.brands.through.objects
            its_own = limited.filter(brand=self.brand)
            rows = rows.filter(Q(code__in=its_own.values("code")) | ~Q(code__in=limited.values("code")))
        return rows.filter(self._place("code__"), at__gte=self.starts_at, at__lt=self.ends_at)

    def _place(self, prefix: str = "") -> Q:
        condition = Q()
        if self.market is not None:
            at_store, in_department = f"{prefix}store__market", f"{prefix}department__market"
            condition &= Q(**{at_store: self.market}) | Q(**{in_department: self.market})
        if self.store is not None:
            condition &= Q(**{f"{prefix}store": self.store})
        if self.person is not None:
            condition &= Q(**{f"{prefix}staff": self.person})
        return condition


@dataclass(frozen=True, slots=True)
class Compared:
    """A count in the period and in the one before."""

    now: int = 0
    before: int = 0

    @property
    def change(self) -> float | None:
        """0.12: twelve hundredths more than before; None: there is nothing to compare with."""
        return None if self.before == 0 else self.now / self.before - 1

    def __add__(self, other: Compared) -> Compared:
        return Compared(self.now + other.now, self.before + other.before)


@dataclass(frozen=True, slots=True)
class Activity:
    """Customers with a current binding, each counted once, and how many of them wrote or tapped lately."""

    customers: int = 0
    active_30: int = 0
    active_90: int = 0

    @property
    def share_30(self) -> float | None:
        return self.active_30 / self.customers if self.customers else None

    @property
    def share_90(self) -> float | None:
        return self.active_90 / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """From a scan to an answer. Each number counts only those that the number before it counts.

    A *visit* is one opening of a code's page (joined with what became of it by the visitor's token), or one code sent or
    typed in the chat. It belongs to the period in which it began; the later steps may have been taken at any time since.
    """

    scanned: int = 0
    """Visits."""
    friends: int = 0
    """… of somebody we know the address of, and who is a friend of the account, or was one."""
    bound: int = 0
    """… after which the person of the code looks after the customer: bound by it, bound to them already, or by the
    customer's word when they were asked."""
    exchanged: int = 0
    """… after which the customer began to write about something: an exchange whose first message of theirs is later."""
    replied: int = 0
    """… and such an exchange was answered by somebody of ours."""

    @property
    def steps(self) -> tuple[int, int, int, int, int]:
        return self.scanned, self.friends, self.bound, self.exchanged, self.replied


@dataclass(frozen=True, slots=True)
class Day:
    on: dt.date
    bindings: int
    before: int
    """On the day that stands at the same place in the period before."""


@dataclass(frozen=True, slots=True)
class Place:
    """A store, or (None) all departments together."""

    store: Store | None
    new: Compared
    activity: Activity
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who looks after customers; None: the stores' teams."""

    staff: Staff | None
    new: Compared
    activity: Activity


@dataclass(frozen=True, slots=True)
class Numbers:
    scope: Scope
    new: Compared
    days: list[Day]
    ways: dict[Way, Compared]
    """Only those that occurred, the most frequent first."""
    ends: dict[Binding.End, Compared]
    activity: Activity
    funnel: Funnel
    places: list[Place]
    """Most new bindings first; every store that has customers or gained some."""
    people: list[Person]
    """Most customers first."""
    codes: list[tuple[Code, Funnel]]
    """Most visits first."""

    @property
    def ended(self) -> Compared:
        return sum(self.ends.values(), Compared())


def numbers(scope: Scope, *, now: dt.datetime | None = None) -> Numbers:
    """All that the page shows; eight statements, and one for the reader's reach."""
    now = now or timezone.now()
    by_day = _by_day(scope)
    new_by_store, new_by_person = _new(scope)
    everybody, by_store, by_person = _activity(scope, now)
    funnel, funnel_by_store, funnel_by_code = _funnel(scope)
    stores = Store.objects.in_bulk([pk for pk in {*new_by_store, *by_store} if pk])
    people = Staff.objects.in_bulk([pk for pk in {*new_by_person, *by_person} if pk])
    codes = Code.objects.select_related("store", "department", "staff").in_bulk(list(funnel_by_code))
    return Numbers(
        scope=scope,
        new=sum(by_day.values(), Compared()),
        days=_days(scope, by_day),
        ways=_ranked({Way(way): count for way, count in _by_word(by_day).items()}),
        ends=_ranked(_ends(scope)),
        activity=everybody,
        funnel=funnel,
        places=sorted(
            (
                Place(
                    stores[pk] if pk else None,
                    new_by_store.get(pk, Compared()),
                    by_store.get(pk, Activity()),
                    funnel_by_store.get(pk, Funnel()),
                )
                for pk in {*new_by_store, *by_store}
            ),
            key=lambda place: (-place.new.now, -place.activity.customers, str(place.store)),
        ),
        people=sorted(
            (
                Person(people[pk] if pk else None, new_by_person.get(pk, Compared()), by_person.get(pk, Activity()))
                for pk in {*new_by_person, *by_person}
            ),
            key=lambda person: (-person.activity.customers, -person.new.now, str(person.staff)),
        ),
        codes=sorted(
            ((codes[pk], steps) for pk, steps in funnel_by_code.items()), key=lambda row: (-row[1].scanned, row[0].pk)
        ),
    )


# -- new and ended ---------------------------------------------------------------------------------------------------


def _by_day(scope: Scope) -> dict[tuple[dt.date, str], Compared]:
    """Of both periods, by the day and the way; a day of the period before counts as ``before``."""
    rows = _begun(scope).annotate(day=TruncDate("started_at")).values_list("day", "way").annotate(n=Count("pk"))
    return {(day, way): Compared(n, 0) if day >= scope.since else Compared(0, n) for day, way, n in rows.order_by()}


def _days(scope: Scope, by_day: dict[tuple[dt.date, str], Compared]) -> list[Day]:
    counts: Counter[dt.date] = Counter()
    for (day, _way), count in by_day.items():
        counts[day] += count.now + count.before
    length = dt.timedelta(days=scope.days)
    every = (scope.since + dt.timedelta(days=number) for number in range(scope.days))
    return [Day(day, counts[day], counts[day - length]) for day in every]


def _by_word(by_day: dict[tuple[dt.date, str], Compared]) -> dict[str, Compared]:
    found: dict[str, Compared] = {}
    for (_day, word), count in by_day.items():
        found[word] = found.get(word, Compared()) + count
    return found


def _new(scope: Scope) -> tuple[dict[int | None, Compared], dict[int | None, Compared]]:
    """By store and by person. Without a person: the store's team."""
    is_now = Q(started_at__gte=scope.starts_at)
    rows = (
        _begun(scope)
        .values_list("store", "staff")
        .annotate(n=Count("pk", filter=is_now), b=Count("pk", filter=~is_now))
    )
    by_store: dict[int | None, Compared] = {}
    by_person: dict[int | None, Compared] = {}
    for store, person, now, before in rows.order_by():
        by_store[store] = by_store.get(store, Compared()) + Compared(now, before)
        by_person[person] = by_person.get(person, Compared()) + Compared(now, before)
    return by_store, by_person


def _begun(scope: Scope) -> BindingQuerySet:
    """A row that goes on for the same person because a part of its brands went to somebody else is not new."""
    went_on = Q(predecessor__isnull=False, predecessor__staff=F("staff"), predecessor__way=F("way"))
    rows = scope.bindings().filter(~went_on)
    return rows.filter(started_at__gte=scope.before().starts_at, started_at__lt=scope.ends_at)


def _ends(scope: Scope) -> dict[Binding.End, Compared]:
    is_now = Q(ended_at__gte=scope.starts_at)
    rows = scope.bindings().filter(ended_at__gte=scope.before().starts_at, ended_at__lt=scope.ends_at)
    counted = rows.values_list("end").annotate(n=Count("pk", filter=is_now), b=Count("pk", filter=~is_now)).order_by()
    return {Binding.End(end): Compared(now, before) for end, now, before in counted}


def _ranked(counts: dict[Word, Compared]) -> dict[Word, Compared]:
    kept = {word: count for word, count in counts.items() if count.now or count.before}
    return dict(sorted(kept.items(), key=lambda row: (-row[1].now, -row[1].before, str(row[0]))))


# -- who is still in touch -------------------------------------------------------------------------------------------


def _activity(
    scope: Scope, now: dt.datetime
) -> tuple[Activity, dict[int | None, Activity], dict[int | None, Activity]]:
    """Of everybody, by store, by person; as of now, whatever the period. A customer bound twice counts once in each."""
    rows = (
        scope.bindings()
        .current()
        .values_list("store", "staff", "member")
        .annotate(last=Max("member__conversations__contact__last_inbound_at"))
        .order_by()
    )
    found = _fold(
        rows,
        names=("store", "staff", "member", "last"),
        select="""count(DISTINCT member), count(DISTINCT member) FILTER (WHERE last >= %s),
                  count(DISTINCT member) FILTER (WHERE last >= %s)""",
        parameters=[now - LATELY, now - A_WHILE],
        sets=("store", "staff"),
    )
    return _total(found, Activity), _groups(found, "store", Activity), _groups(found, "staff", Activity)


# -- the funnel ------------------------------------------------------------------------------------------------------


def _funnel(scope: Scope) -> tuple[Funnel, dict[int | None, Funnel], dict[int, Funnel]]:
    """Of everything, by store, by code."""
    chat = "contact__conversation__exchanges__"
    later = Q(**{f"{chat}first_inbound_at__gt": F("at")})
    known = ~Q(contact__friendship=Contact.Friendship.UNKNOWN) & Q(contact__isnull=False)
    taken_up = Q(binding__offers__state=Offer.State.ACCEPTED, binding__offers__code=F("code"))
    came_of_it = Q(outcome__in=(Scan.Outcome.BOUND, Scan.Outcome.ALREADY)) | Q(outcome=Scan.Outcome.ASKED) & taken_up
    visits = (
        scope.scans()
        .values_list("code__store", "code", _visit())
        .annotate(
            is_friend=BoolOr(known),
            is_bound=BoolOr(came_of_it),
            has_written=BoolOr(later),
            was_answered=BoolOr(later & Q(**{f"{chat}first_reply_at__isnull": False})),
        )
        .order_by()
    )
    found = _fold(
        visits,
        names=("store", "code", "visit", "friend", "bound", "written", "answered"),
        select="""count(*), count(*) FILTER (WHERE friend), count(*) FILTER (WHERE friend AND bound),
                  count(*) FILTER (WHERE friend AND bound AND written),
                  count(*) FILTER (WHERE friend AND bound AND written AND answered)""",
        sets=("store", "code"),
    )
    by_code = {code: steps for code, steps in _groups(found, "code", Funnel).items() if code is not None}
    return _total(found, Funnel), _groups(found, "store", Funnel), by_code


def _visit() -> Case:
    """What belongs together: the same opening of a page; else a row of its own."""
    own = Concat(Value("scan "), Cast("pk", CharField()))
    return Case(When(visitor="", then=own), default=F("visitor"))


# -- one statement for a total and its parts -------------------------------------------------------------------------

Folded = dict[tuple[str, int | None], Sequence[int]]


def _fold(
    rows: QuerySet[Any, Any], *, names: Sequence[str], select: str, sets: Sequence[str], parameters: Iterable[Any] = ()
) -> Folded:
    """Counts over the rows (their columns called ``names``): of all, and by each column of ``sets``.

    Customers who stand in several groups are counted once in the total: sums of the groups would count them twice.
    """
    sql, bound = rows.query.sql_with_params()
    groups = "".join(f", ({name})" for name in sets)
    keys = "".join(f"{name}, grouping({name}), " for name in sets)
    statement = f"SELECT {keys}{select} FROM ({sql}) AS r ({', '.join(names)}) GROUP BY GROUPING SETS ((){groups})"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, *bound])
        found = cursor.fetchall()
    return {_key(row, sets): row[2 * len(sets) :] for row in found}


def _key(row: Sequence[Any], sets: Sequence[str]) -> tuple[str, int | None]:
    """GROUPING is 0 for the column that a row is grouped by (postgresql.org/docs, 9.21)."""
    for number, name in enumerate(sets):
        if row[2 * number + 1] == 0:
            return name, row[2 * number]
    return "", None


def _total(found: Folded, kind: type[Counts]) -> Counts:
    return kind(*found.get(("", None), ()))


def _groups(found: Folded, name: str, kind: type[Counts]) -> dict[int | None, Counts]:
    return {pk: kind(*counts) for (group, pk), counts in found.items() if group == name}


def _midnight(on: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(on, dt.time()))
