"""Every way in ends in the same action: what it binds, and what it refuses without binding anything."""

import datetime as dt

import pytest
from django.utils import timezone

from madoguchi.bindings.actions.codes import revoke_code
from madoguchi.bindings.models import Binding, Code, Offer, Scan, StaffMember, Way
from madoguchi.organization.models import Posting
from tests import make
from tests.bindings.using import current, scan
from tests.make import World
from tests.reacting import announced

pytestmark = pytest.mark.django_db
Outcome = Scan.Outcome
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def code(world: World) -> Code:
    return make.code(world.account, world.aoi, store=world.store)


def assert_not_bound(world: World, made: Scan, outcome: Scan.Outcome) -> None:
    assert made.outcome == outcome
    assert made.binding is None
    assert current(world.member) == []
    assert announced() == []


def test_a_code_binds_the_customer_to_its_person(world: World, code: Code) -> None:
    made = scan(world.conversation, code)

    [binding] = current(world.member)
    assert (made.outcome, made.binding, made.code) == (Outcome.BOUND, binding, code)
    assert (binding.staff, binding.store, binding.way) == (world.aoi, world.store, Way.LIFF)
    assert (binding.code, binding.account, binding.by) == (code, world.account, None)
    assert binding.is_for_all_brands
    assert announced() == ["binding.started"]


def test_it_is_read_as_people_type_it(world: World, code: Code) -> None:
    typed = f"{code.token[:5].lower()} - {code.token[5:].lower()}"

    assert scan(world.conversation, typed).outcome == Outcome.BOUND


def test_scanning_again_binds_once(world: World, code: Code) -> None:
    first = scan(world.conversation, code)
    second = scan(world.conversation, code)

    assert second.outcome == Outcome.ALREADY
    assert second.binding == first.binding
    assert Binding.objects.count() == 1


def test_what_came_by_chat_is_to_be_answered_there(world: World, code: Code) -> None:
    scan(world.conversation, code, way=Way.TYPED)

    assert announced() == ["binding.started", "scan.answered"]


def test_an_unknown_code_binds_nobody(world: World) -> None:
    assert_not_bound(world, scan(world.conversation, "K7QF3M2X9T"), Outcome.UNKNOWN)
    assert_not_bound(world, scan(world.conversation, "'; --"), Outcome.UNKNOWN)


def test_an_expired_code_binds_nobody(world: World) -> None:
    now = timezone.now()
    code = make.code(world.account, world.aoi, store=world.store, expires_at=now + HOUR)

    assert_not_bound(world, scan(world.conversation, code, now=now + HOUR), Outcome.EXPIRED)
    assert scan(world.conversation, code, now=now + HOUR - dt.timedelta(seconds=1)).outcome == Outcome.BOUND


def test_a_revoked_code_binds_nobody(world: World, code: Code) -> None:
    revoke_code(by=world.aoi, code=code)

    assert_not_bound(world, scan(world.conversation, code), Outcome.REVOKED)


def test_a_code_works_through_its_own_account_only(world: World, code: Code) -> None:
    other = make.account("別的窓口")

    assert_not_bound(world, scan(world.conversation, code, account=other), Outcome.FOREIGN)


def test_a_code_stops_when_its_person_has_no_posting_there_any_more(world: World, code: Code) -> None:
    Posting.objects.filter(staff=world.aoi).update(until=timezone.localdate() - DAY)
    make.posting(world.aoi, store=world.other_store)

    assert_not_bound(world, scan(world.conversation, code), Outcome.CLOSED)


def test_a_code_stops_when_its_person_has_left(world: World, code: Code) -> None:
    world.aoi.is_active = False
    world.aoi.save()

    assert_not_bound(world, scan(world.conversation, code), Outcome.CLOSED)


def test_codes_of_a_closed_store_stop(world: World, code: Code) -> None:
    team = make.code(world.account, store=world.store)
    world.store.closed_on = timezone.localdate()
    world.store.save()

    assert_not_bound(world, scan(world.conversation, code, now=timezone.now() + DAY), Outcome.CLOSED)
    assert_not_bound(world, scan(world.conversation, team, now=timezone.now() + DAY), Outcome.CLOSED)


def test_codes_of_an_account_out_of_use_stop(world: World, code: Code) -> None:
    world.account.is_active = False
    world.account.save()

    assert_not_bound(world, scan(world.conversation, code), Outcome.CLOSED)


def test_nobody_becomes_their_own_customer(world: World, code: Code) -> None:
    StaffMember.objects.create(staff=world.aoi, member=world.member)

    assert_not_bound(world, scan(world.conversation, code), Outcome.OWN)


def test_a_member_of_staff_may_be_a_colleagues_customer(world: World, code: Code) -> None:
    StaffMember.objects.create(staff=world.ren, member=world.member)

    assert scan(world.conversation, code).outcome == Outcome.BOUND


def test_after_ten_wrong_codes_within_an_hour_not_even_a_right_one_is_looked_at(world: World, code: Code) -> None:
    now = timezone.now()
    for minute in range(10):
        scan(world.conversation, "K7QF3M2X9T", now=now + dt.timedelta(minutes=minute))

    made = scan(world.conversation, code, now=now + dt.timedelta(minutes=30))
    assert_not_bound(world, made, Outcome.TOO_MANY)
    assert made.code is None

    later = scan(world.conversation, code, now=now + HOUR + dt.timedelta(minutes=1))
    assert later.outcome == Outcome.BOUND


def test_somebody_elses_wrong_codes_do_not_count(world: World, code: Code) -> None:
    elsewhere = make.conversation(world.account)
    for _ in range(10):
        scan(elsewhere, "K7QF3M2X9T")

    assert scan(world.conversation, code).outcome == Outcome.BOUND


def test_a_code_of_the_other_purpose_tells_who_the_person_is_and_binds_nobody(world: World) -> None:
    own = make.code(world.account, world.aoi, store=world.store, purpose=Code.Purpose.KNOW_STAFF)

    assert_not_bound(world, scan(world.conversation, own), Outcome.KNOWN)
    assert world.aoi.as_member.member == world.member
    assert scan(world.conversation, own).outcome == Outcome.ALREADY


def test_who_has_tried_out_their_own_code_is_no_longer_their_own_customer(world: World, code: Code) -> None:
    colleague = make.staff(store=world.store, brands=[world.brand])
    scan(world.conversation, code)
    scan(world.conversation, make.code(world.account, colleague, store=world.store))

    scan(world.conversation, make.code(world.account, world.aoi, store=world.store, purpose=Code.Purpose.KNOW_STAFF))

    assert [row.staff for row in current(world.member)] == [colleague]
    assert Binding.objects.get(staff=world.aoi).end == Binding.End.BY_STAFF


def test_who_a_person_is_moves_with_the_newest_word(world: World) -> None:
    own = make.code(world.account, world.aoi, store=world.store, purpose=Code.Purpose.KNOW_STAFF)
    rens = make.code(world.account, world.ren, store=world.other_store, purpose=Code.Purpose.KNOW_STAFF)
    new_phone = make.conversation(world.account)
    scan(world.conversation, own)

    scan(new_phone, own)
    assert list(StaffMember.objects.values_list("staff", "member")) == [(world.aoi.pk, new_phone.member_id)]

    scan(new_phone, rens)
    assert list(StaffMember.objects.values_list("staff", "member")) == [(world.ren.pk, new_phone.member_id)]


def test_a_scan_is_kept_whatever_became_of_it(world: World, code: Code) -> None:
    scan(world.conversation, code)
    scan(world.conversation, "K7QF3M2X9T")

    rows = Scan.objects.order_by("pk").values_list("code", "outcome", "contact", "member")
    assert list(rows) == [
        (code.pk, "bound", world.contact.pk, world.member.pk),
        (None, "unknown", world.contact.pk, world.member.pk),
    ]
    assert not Offer.objects.exists()


def test_a_late_scan_begins_after_what_was_written_down_meanwhile(world: World, code: Code) -> None:
    now = timezone.now()
    make.policy(world.market, second_scan="newest")
    rens = make.binding(world.member, world.ren, store=world.other_store, at=now)

    scan(world.conversation, code, now=now - HOUR)

    rens.refresh_from_db()
    [binding] = current(world.member)
    assert rens.ended_at == binding.started_at == now
