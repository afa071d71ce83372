"""A customer uses a code: the one place where all ways in meet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from madoguchi.bindings import ledger, tokens
from madoguchi.bindings.arrivals import arrive
from madoguchi.bindings.holders import Team, scope_of, trouble_of
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, Code, Scan, StaffMember, Way
from madoguchi.bindings.policies import policy_for
from madoguchi.duty.schedule import Place
from madoguchi.kit.announce import announce
from madoguchi.organization.models import Staff

WRONG_CODES_MAX = 10
WRONG_CODES_WITHIN = dt.timedelta(hours=1)
TRIES = 3
"""Of one that met another way in which did not hold the lock on the member."""
Outcome = Scan.Outcome


def use_code(
    *,
    token: str,
    account_id: int,
    contact_id: int,
    member_id: int,
    way: Way,
    visitor: str = "",
    now: dt.datetime | None = None,
) -> Scan:
    """Bind this customer as the code says, and keep what became of it. Never raises for a code that does not work: the
    outcome says so, and nothing is bound.

    ``token`` as typed or scanned; ``now`` is when the customer did it. What came by chat (TEXT, TYPED) is announced to be
    answered there. Twice in a second is one binding: the second answer is ALREADY.
    """
    now = now or timezone.now()
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return _use(token, account_id, contact_id, member_id, way, visitor, now)
        except IntegrityError:
            continue
    with transaction.atomic():
        return _use(token, account_id, contact_id, member_id, way, visitor, now)


@dataclass(frozen=True, slots=True)
class _Result:
    outcome: Scan.Outcome
    binding: Binding | None = None


def _use(
    token: str, account_id: int, contact_id: int, member_id: int, way: Way, visitor: str, now: dt.datetime
) -> Scan:
    ledger.lock_members([member_id])
    code: Code | None = None
    if _wrong_codes(contact_id, now) >= WRONG_CODES_MAX:
        result = _Result(Outcome.TOO_MANY)
    else:
        places = ("account__market", "store__market", "department__market")
        code = Code.objects.select_related("staff", *places).filter(token=tokens.read(token)).first()
        result = _apply(code, account_id, member_id, way, now)
    scan = Scan.objects.create(
        code=code,
        way=way,
        outcome=result.outcome,
        visitor=visitor,
        contact_id=contact_id,
        member_id=member_id,
        binding=result.binding,
        at=now,
    )
    if way in (Way.TEXT, Way.TYPED):
        announce("scan.answered", scan_id=scan.pk)
    return scan


def _wrong_codes(contact_id: int, now: dt.datetime) -> int:
    """Guesses. A code of another account is one too: whoever tries out codes is to find none anywhere."""
    wrong = Scan.objects.filter(contact=contact_id, outcome__in=[Outcome.UNKNOWN, Outcome.FOREIGN])
    return wrong.filter(at__gt=now - WRONG_CODES_WITHIN).count()


def _apply(code: Code | None, account_id: int, member_id: int, way: Way, now: dt.datetime) -> _Result:
    if code is None:
        return _Result(Outcome.UNKNOWN)
    if refusal := _refusal(code, account_id, member_id, now):
        return _Result(refusal)
    if code.purpose == Code.Purpose.KNOW_STAFF:
        return _know_staff(code, member_id, now)
    return _bind(code, member_id, way, now)


def _refusal(code: Code, account_id: int, member_id: int, now: dt.datetime) -> Scan.Outcome | None:
    if code.account_id != account_id:
        return Outcome.FOREIGN
    if trouble := trouble_of(code, now):
        return trouble
    if code.purpose == Code.Purpose.BIND and code.staff and _is_same_person(code.staff, member_id):
        return Outcome.OWN
    return None


def _know_staff(code: Code, member_id: int, now: dt.datetime) -> _Result:
    """Each person is one LINE user, and each LINE user one person: the newest word counts for both. Whoever has tried out
    their own code before is no longer their own customer."""
    assert code.staff is not None
    if _is_same_person(code.staff, member_id):
        return _Result(Outcome.ALREADY)
    StaffMember.objects.filter(member=member_id).delete()
    StaffMember.objects.update_or_create(staff=code.staff, defaults={"member_id": member_id, "at": now})
    for binding in Binding.objects.current().filter(member=member_id, staff=code.staff):
        ledger.end(binding, Binding.End.BY_STAFF, now, by=code.staff)
    return _Result(Outcome.KNOWN)


def _bind(code: Code, member_id: int, way: Way, now: dt.datetime) -> _Result:
    place = Place(code.store_id, code.department_id)
    scope = scope_of(code, code.staff)
    if already := _already(code, ledger.overlapping(member_id, scope), scope):
        return _Result(Outcome.ALREADY, already)

    staff = code.staff or _shared_out(place, scope, member_id, now)
    arrival = arrive(
        member_id=member_id,
        target=Target(staff.pk if staff else None, *place),
        scope=scope_of(code, staff),
        policy=policy_for(code),
        account_id=code.account_id,
        way=way,
        at=now,
        code=code,
    )
    return _Result(arrival.outcome, arrival.binding)


def _already(code: Code, standing: list[Binding], scope: list[int]) -> Binding | None:
    """A person's code: that person, for all of it, at whatever store. A team's code: anybody of the team, or the pool."""
    for row in standing:
        if not set(scope) <= set(row.brand_ids):
            continue
        if code.staff_id is not None:
            if row.staff_id == code.staff_id:
                return row
        elif (row.store_id, row.department_id) == (code.store_id, code.department_id) and row.staff_id is not None:
            return row
    return None


def _shared_out(place: Place, scope: list[int], member_id: int, now: dt.datetime) -> Staff | None:
    chosen = Team.load_at(place, now).pick(scope, member_id=member_id)
    return Staff.objects.get(pk=chosen) if chosen else None


def _is_same_person(staff: Staff, member_id: int) -> bool:
    return StaffMember.objects.filter(staff=staff, member=member_id).exists()
