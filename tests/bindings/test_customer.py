"""What customers decide themselves."""

import pytest

from madoguchi.bindings.actions.customer import choose_person, drop_binding, set_may_write_first
from madoguchi.bindings.errors import AlreadyEnded, CannotHold, OwnCustomer
from madoguchi.bindings.models import Binding, StaffMember, Way
from madoguchi.kit.errors import NotFound
from madoguchi.members.models import Member
from tests import make
from tests.bindings.using import current
from tests.make import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def binding(world: World) -> Binding:
    return make.binding(world.member, world.aoi, store=world.store)


@pytest.fixture
def stranger(world: World) -> Member:
    return make.conversation(world.account).member


def test_a_customer_ends_it(world: World, binding: Binding, stranger: Member) -> None:
    with pytest.raises(NotFound):
        drop_binding(member=stranger, binding=binding)
    assert current(world.member) == [binding]

    ended = drop_binding(member=world.member, binding=binding)

    assert (ended.end, ended.ended_by) == (Binding.End.DROPPED, None)
    assert current(world.member) == []
    with pytest.raises(AlreadyEnded):
        drop_binding(member=world.member, binding=binding)


def test_a_customer_chooses_a_colleague_or_the_team(world: World, binding: Binding) -> None:
    colleague = make.staff(store=world.store)

    changed = choose_person(member=world.member, binding=binding, to_staff=colleague)
    assert (changed.staff, changed.store, changed.way) == (colleague, world.store, Way.CUSTOMER)
    assert (changed.predecessor, changed.brand_ids) == (binding, binding.brand_ids)
    assert choose_person(member=world.member, binding=changed, to_staff=colleague) == changed

    pool = choose_person(member=world.member, binding=changed, to_staff=None)
    assert pool.staff is None
    assert current(world.member) == [pool]


def test_only_who_can_serve_them_there_is_chosen(world: World, binding: Binding, stranger: Member) -> None:
    only_mori = make.staff(store=world.store, brands=[world.brand])
    themself = make.staff(store=world.store)
    StaffMember.objects.create(staff=themself, member=world.member)

    for member, staff, error in (
        (world.member, world.ren, CannotHold),
        (world.member, only_mori, CannotHold),
        (world.member, themself, OwnCustomer),
        (stranger, None, NotFound),
    ):
        with pytest.raises(error):
            choose_person(member=member, binding=binding, to_staff=staff)
    assert current(world.member) == [binding]


def test_a_customer_says_whether_they_may_be_written_to_first(world: World, binding: Binding, stranger: Member) -> None:
    assert binding.may_write_first

    with pytest.raises(NotFound):
        set_may_write_first(member=stranger, binding=binding, may=False)
    binding.refresh_from_db()
    assert binding.may_write_first

    set_may_write_first(member=world.member, binding=binding, may=False)
    binding.refresh_from_db()
    assert not binding.may_write_first
