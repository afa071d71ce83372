import datetime as dt

import pytest
from django.utils import timezone

from madoguchi.kit.errors import MadoguchiError, NotAllowed
from madoguchi.organization.actions import (
    add_posting,
    change_password,
    change_posting,
    create_staff,
    end_posting,
    reset_password,
    set_active,
    set_language,
    set_theme,
)
from madoguchi.organization.errors import (
    BadUserName,
    EndsBeforeItStarts,
    MoreThanOwn,
    OnePlace,
    UnknownLanguage,
    UnknownTheme,
    UserNameTaken,
    WeakPassword,
    WrongPassword,
)
from madoguchi.organization.models import Posting, Staff
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.make import World

PASSWORD = "correct horse battery staple"
DAY = dt.timedelta(days=1)


def test_somebody_new_can_sign_in_and_sees_nothing_until_they_have_a_posting(world: World) -> None:
    staff = create_staff(by=None, username="yui", display_name=" 結衣 ", password=PASSWORD)

    assert staff.check_password(PASSWORD)
    assert staff.display_name == "結衣"
    assert not staff.may(Permission.CONVERSATION_READ)

    add_posting(by=None, staff=staff, role=make.built_in_role(BuiltInRole.SALESPERSON), store=world.store)
    assert staff.reach(Permission.CONVERSATION_READ).store_ids == {world.store.pk}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"username": "a"}, BadUserName),
        ({"username": "葵葵"}, BadUserName),
        ({"username": "aoi"}, UserNameTaken),
        ({"password": "password123"}, WeakPassword),
        ({"password": "short"}, WeakPassword),
        ({"locale": "fr"}, UnknownLanguage),
    ],
)
def test_what_cannot_be_a_staff_member(world: World, change: dict[str, str], error: type[MadoguchiError]) -> None:
    fields = {"username": "yui", "display_name": "結衣", "password": PASSWORD} | change
    before = Staff.objects.count()

    with pytest.raises(error):
        create_staff(by=None, **fields)  # type: ignore[arg-type]  # all of these are texts

    assert Staff.objects.count() == before


def test_only_who_edits_staff_makes_staff_and_only_the_operator_makes_superusers(world: World) -> None:
    manager = make.staff(role=BuiltInRole.MANAGER, store=world.store)

    with pytest.raises(NotAllowed):
        create_staff(by=world.aoi, username="yui", display_name="結衣", password=PASSWORD)
    with pytest.raises(NotAllowed):
        create_staff(by=manager, username="yui", display_name="結衣", password=PASSWORD, is_superuser=True)

    assert create_staff(by=manager, username="yui", display_name="結衣", password=PASSWORD).pk


def test_a_manager_gives_only_rights_they_hold_and_only_at_their_place(world: World) -> None:
    manager = make.staff(role=BuiltInRole.MANAGER, store=world.store, brands=[world.brand])
    clerk = make.staff(role=None)
    salesperson = make.built_in_role(BuiltInRole.SALESPERSON)
    administrator = make.built_in_role(BuiltInRole.ADMINISTRATOR)
    before = Posting.objects.count()

    with pytest.raises(NotAllowed):
        add_posting(by=manager, staff=clerk, role=salesperson, store=world.other_store, brands=[world.brand])
    with pytest.raises(NotAllowed):
        add_posting(by=manager, staff=clerk, role=salesperson)
    with pytest.raises(NotAllowed):
        add_posting(by=manager, staff=clerk, role=salesperson, store=world.store)  # all brands
    with pytest.raises(MoreThanOwn):
        add_posting(by=manager, staff=manager, role=administrator, store=world.store, brands=[world.brand])
    assert Posting.objects.count() == before

    assert add_posting(by=manager, staff=clerk, role=salesperson, store=world.store, brands=[world.brand]).pk


def test_nobody_takes_over_the_account_of_somebody_with_more_rights(world: World) -> None:
    manager = make.staff(role=BuiltInRole.MANAGER, store=world.store)
    superuser = make.staff(role=None, is_superuser=True)

    for other in (world.mio, world.ren, superuser):
        with pytest.raises(NotAllowed):
            reset_password(by=manager, staff=other, password=PASSWORD)
        with pytest.raises(NotAllowed):
            set_active(by=manager, staff=other, is_active=False)
        assert make.fresh(other).check_password(make.PASSWORD)

    reset_password(by=manager, staff=world.aoi, password=PASSWORD)
    assert make.fresh(world.aoi).check_password(PASSWORD)


def test_a_posting_is_at_one_place_and_does_not_end_before_it_starts(world: World) -> None:
    role = make.built_in_role(BuiltInRole.SALESPERSON)

    with pytest.raises(OnePlace):
        add_posting(by=None, staff=world.aoi, role=role, store=world.store, department=world.department)
    with pytest.raises(EndsBeforeItStarts):
        add_posting(by=None, staff=world.aoi, role=role, store=world.store, until=timezone.localdate() - DAY)


def test_a_changed_posting_leaves_its_past(world: World) -> None:
    old = world.aoi.postings.get()

    new = change_posting(by=None, posting_id=old.pk, role=make.built_in_role(BuiltInRole.MANAGER))

    old.refresh_from_db()
    assert (old.until, new.since, new.store) == (timezone.localdate() - DAY, timezone.localdate(), world.store)
    assert make.fresh(world.aoi).may(Permission.CONVERSATION_ASSIGN)


def test_an_ended_posting_counts_no_longer(world: World) -> None:
    end_posting(by=None, posting_id=world.aoi.postings.get().pk)

    assert not make.fresh(world.aoi).may(Permission.CONVERSATION_READ)
    assert world.aoi.postings.count() == 1


def test_one_that_never_counted_is_removed(world: World) -> None:
    posting = make.posting(world.aoi, store=world.other_store, since=timezone.localdate() + DAY)

    end_posting(by=None, posting_id=posting.pk)

    assert not Posting.objects.filter(pk=posting.pk).exists()


def test_ones_own_password_language_and_theme(world: World) -> None:
    with pytest.raises(WrongPassword):
        change_password(staff=world.aoi, present="not this", new=PASSWORD)
    with pytest.raises(WeakPassword):
        change_password(staff=world.aoi, present=make.PASSWORD, new="1234567890")
    with pytest.raises(UnknownLanguage):
        set_language(staff=world.aoi, locale="zh")
    with pytest.raises(UnknownTheme):
        set_theme(staff=world.aoi, theme="pink")
    assert make.fresh(world.aoi).check_password(make.PASSWORD)

    change_password(staff=world.aoi, present=make.PASSWORD, new=PASSWORD)
    set_language(staff=world.aoi, locale="ja")
    set_theme(staff=world.aoi, theme="dark")

    aoi = make.fresh(world.aoi)
    assert (aoi.check_password(PASSWORD), aoi.locale, aoi.theme) == (True, "ja", "dark")
