"""What would happen to a message, and why: the router's own decision, with nothing changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from madoguchi.bindings.queries import current
from madoguchi.channels.models import Account
from madoguchi.conversations.models import Conversation
from madoguchi.kit.errors import NotAllowed
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand, Department, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.routing.deciding import Desk
from madoguchi.routing.models import Cover, Decision, Rule
from madoguchi.routing.notices import would_be_told
from madoguchi.routing.rules import Facts, Step
from madoguchi.routing.standing import Standing, last_answerers


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Every rule that was looked at, in order, and what came of it."""

    facts: Facts
    steps: tuple[Step, ...]
    rule: Rule | None
    """That took it; None: the account's default."""
    reason: Decision.Reason
    store: Store | None
    department: Department | None
    """Where it would go: one of the two."""
    person: Staff | None
    """Who would get it; None: it would wait in the team's queue."""
    choice: Decision.Choice
    is_urgent: bool
    is_skill_relaxed: bool
    bound_person: Staff | None
    """Who looks after the customer."""
    cover: Cover.Reason | None
    """Why the team would answer instead of them."""
    is_open: bool
    opens_at: dt.datetime | None
    """When the place is closed."""
    told: str
    """What the customer would be told: that it is closed, or their place in the queue; empty: nothing."""


def explain(
    *,
    staff: Staff,
    text: str,
    account: Account,
    brand: Brand | None = None,
    locale: str = "",
    cell: str = "",
    member: Member | None = None,
    at: dt.datetime | None = None,
) -> Explanation:
    """As if these words came in as a new exchange at that moment, by what is written down and who carries how much now.

    ``locale`` empty: the market's; ``member`` None: somebody new, whom nobody looks after. Raises NotAllowed.
    """
    if not staff.may(Permission.ROUTING_READ):
        raise NotAllowed
    now = at or timezone.now()
    standing = _imagined(text, account, brand, locale, cell, member, now)
    desk = Desk.load(now, [standing], locked=False)
    verdict, facts = desk.verdict(standing), desk.facts(standing, is_full=False)
    move = desk.decide(standing)
    is_open = desk.schedule.is_open(move.place)
    return Explanation(
        facts=facts,
        steps=verdict.steps,
        rule=verdict.rule,
        reason=verdict.reason,
        store=Store.objects.filter(pk=move.place.store_id or 0).first(),
        department=Department.objects.filter(pk=move.place.department_id or 0).first(),
        person=Staff.objects.filter(pk=move.holder_id or 0).first(),
        choice=move.choice,
        is_urgent=move.is_urgent,
        is_skill_relaxed=move.is_skill_relaxed,
        bound_person=Staff.objects.filter(pk=standing.bound_staff_id or 0).first(),
        cover=move.covers,
        is_open=is_open,
        opens_at=None if is_open else desk.schedule.next_opening(move.place),
        told=would_be_told(desk, move),
    )


def _imagined(
    text: str,
    account: Account,
    brand: Brand | None,
    locale: str,
    cell: str,
    member: Member | None,
    now: dt.datetime,
) -> Standing:
    """A conversation that nobody has looked at yet, and that is in no table."""
    brand_id = brand.pk if brand else None
    binding = current(member.pk, brand_id) if member else None
    return Standing(
        pk=0,
        state=Conversation.State.OPEN,
        holder_id=None,
        store_id=None,
        department_id=account.default_department_id,
        brand_id=brand_id,
        member_id=member.pk if member else 0,
        contact_id=0,
        exchange_number=1,
        exchange_id=0,
        waiting_since=now,
        last_message_at=now,
        is_urgent=False,
        account_id=account.pk,
        market_id=account.market_id,
        default_department_id=account.default_department_id,
        language=locale,
        market_locale=account.market.locale,
        time_zone=account.market.time_zone,
        binding_id=binding.pk if binding else None,
        bound_staff_id=binding.staff_id if binding else None,
        bound_store_id=binding.store_id if binding else None,
        bound_department_id=binding.department_id if binding else None,
        words=text,
        cell=cell,
        last_answerers=last_answerers(member.pk, account.pk) if member else [],
    )
