"""Codes: who issues and withdraws them, for whom, and what they look like."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from madoguchi.bindings import tokens
from madoguchi.bindings.actions.codes import issue_code, may_issue, revoke_code
from madoguchi.bindings.errors import (
    AccountUnavailable,
    AlreadyRevoked,
    BadExpiry,
    CannotHold,
    PlaceMissing,
    StoreClosed,
)
from madoguchi.bindings.models import Code
from madoguchi.duty.schedule import Place
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.make import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("manager", role=BuiltInRole.MANAGER, store=world.store)


def test_everybody_who_holds_customers_issues_codes_of_their_own(world: World) -> None:
    code = issue_code(by=world.aoi, account=world.account, staff=world.aoi, store=world.store, label=" 櫃檯 ")

    assert (code.staff, code.store, code.created_by, code.label) == (world.aoi, world.store, world.aoi, "櫃檯")
    assert may_issue(world.aoi, world.aoi, Place(world.store.pk))


def test_codes_of_colleagues_and_teams_need_the_right_to_edit_bindings_there(world: World, manager: Staff) -> None:
    colleague = make.staff(store=world.store)

    for staff in (colleague, None):
        with pytest.raises(NotAllowed):
            issue_code(by=world.aoi, account=world.account, staff=staff, store=world.store)
        assert not may_issue(world.aoi, staff, Place(world.store.pk))
    with pytest.raises(NotAllowed):
        issue_code(by=manager, account=world.account, staff=world.ren, store=world.other_store)
    assert not Code.objects.exists()

    for staff in (colleague, None):
        assert issue_code(by=manager, account=world.account, staff=staff, store=world.store).staff == staff


def test_nobody_issues_codes_where_they_are_not_posted(world: World) -> None:
    with pytest.raises(NotAllowed):
        issue_code(by=world.aoi, account=world.account, staff=world.aoi, store=world.other_store)

    assert not Code.objects.exists()


def test_a_code_is_of_one_place_where_its_person_can_serve_all_its_brands(world: World, manager: Staff) -> None:
    only_mori = make.staff(store=world.store, brands=[world.brand])

    with pytest.raises(PlaceMissing):
        issue_code(by=manager, account=world.account, staff=world.aoi)
    with pytest.raises(PlaceMissing):
        issue_code(by=manager, account=world.account, store=world.store, department=world.department)
    with pytest.raises(CannotHold, match=only_mori.display_name):
        issue_code(by=manager, account=world.account, staff=only_mori, store=world.store, brands=[world.other_brand])
    with pytest.raises(CannotHold):
        issue_code(by=manager, account=world.account, staff=world.ren, store=world.store)
    assert not Code.objects.exists()


def test_a_code_that_could_never_work_is_not_issued(world: World) -> None:
    now = timezone.now()
    with pytest.raises(BadExpiry):
        make.code(world.account, world.aoi, store=world.store, expires_at=now, now=now)

    world.store.closed_on = timezone.localdate() - dt.timedelta(days=1)
    world.store.save()
    with pytest.raises(StoreClosed):
        make.code(world.account, world.aoi, store=world.store)

    world.account.is_active = False
    with pytest.raises(AccountUnavailable):
        make.code(world.account, world.ren, store=world.other_store)
    assert not Code.objects.exists()


def test_a_code_is_withdrawn_once_by_whoever_may_issue_it(world: World) -> None:
    code = make.code(world.account, world.aoi, store=world.store)
    with pytest.raises(NotAllowed):
        revoke_code(by=world.ren, code=code)
    code.refresh_from_db()
    assert not code.is_revoked

    revoked = revoke_code(by=world.aoi, code=code)
    assert revoked.revoked_by == world.aoi
    with pytest.raises(AlreadyRevoked):
        revoke_code(by=world.aoi, code=code)


def test_a_code_cannot_be_guessed_and_looks_neither_like_a_word_nor_like_a_number() -> None:
    made = {tokens.new_code() for _ in range(300)}

    assert len(made) == 300
    for token in made:
        assert re.fullmatch(f"[{tokens.ALPHABET}]{{10}}", token)
        assert re.search("[0-9]", token)
        assert re.search("[A-Z]", token)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("K7QF3-M2X9T", [("K7QF3M2X9T", True)]),
        ("  k7qf3m2x9t\n", [("K7QF3M2X9T", True)]),
        ("Ｋ７ＱＦ３－Ｍ２Ｘ９Ｔ", [("K7QF3M2X9T", True)]),
        ("您好！我的代碼是K7QF3-M2X9T。", [("K7QF3M2X9T", False)]),
        ("私のコードはＫ７ＱＦ３ーＭ２Ｘ９Ｔです", [("K7QF3M2X9T", False)]),
        ("K7QF3-M2X9T or A2B3C-4D5E6?", [("K7QF3M2X9T", False), ("A2B3C4D5E6", False)]),
        ("department", []),
        ("please call 2345678923 today", []),
        ("SN K7QF3M2X9T55", []),
        ("XK7QF3M2X9T", []),
        ("請問濾網怎麼更換？", []),
        ("", []),
    ],
)
def test_codes_are_found_in_what_people_send(text: str, found: list[tuple[str, bool]]) -> None:
    assert tokens.find(text) == found
