"""Who may write first to a customer who has asked nothing, and how often a month."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
import time_machine

from madoguchi.bindings import first_messages
from madoguchi.bindings.actions.customer import set_may_write_first
from madoguchi.bindings.actions.policies import save_first_message_limit
from madoguchi.bindings.errors import CustomerWantsNoFirstMessages, FirstMessageLimitReached, NotYourCustomer
from madoguchi.bindings.models import Binding, FirstMessage
from madoguchi.channels.models import Contact
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.beginnings import counts
from madoguchi.conversations.errors import CustomerHasBlocked
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.conversations.unchanged import refused
from tests.make import World

pytestmark = pytest.mark.django_db
ASKED = dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def root(world: World) -> Staff:
    return make.staff(role=None, is_superuser=True)


@pytest.fixture
def binding(world: World, root: Staff) -> Binding:
    """Aoi's customer, whose matter was closed three weeks ago; two first messages a month at the store."""
    save_first_message_limit(by=root, store=world.store, per_month=2)
    end(world, ASKED)
    return make.binding(world.member, world.aoi, store=world.store, at=ASKED)


def end(world: World, at: dt.datetime) -> None:
    with time_machine.travel(at, tick=False):
        close(conversation_id=world.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)


def write(world: World, staff: Staff, *, at: dt.datetime = NOW, key: UUID | None = None) -> list[Message]:
    with time_machine.travel(at, tick=False):
        return send(conversation_id=world.conversation.pk, staff=staff, client_key=key or uuid4(), text="新品到了")


def used(staff: Staff, world: World, at: dt.datetime = NOW) -> first_messages.Allowance:
    return first_messages.allowance(make.fresh(staff), world.store, at)


def test_a_salesperson_writes_first_to_their_own_customer(world: World, binding: Binding) -> None:
    [message] = write(world, world.aoi)

    use = FirstMessage.objects.get()
    assert (message.exchange.number, message.binding) == (2, binding)
    assert (use.staff, use.binding, use.key, use.at) == (world.aoi, binding, message.client_key, NOW)
    assert used(world.aoi, world) == first_messages.Allowance(limit=2, used=1)


def test_nobody_else_of_the_store_does(world: World, binding: Binding) -> None:
    colleague = make.staff(store=world.store)

    with refused(NotYourCustomer):
        write(world, colleague)
    assert not FirstMessage.objects.exists()


def test_whoever_may_begin_conversations_does_so_unlimited(world: World, binding: Binding) -> None:
    manager = make.staff(role=BuiltInRole.MANAGER, store=world.store)

    assert not counts(world.conversation, manager, NOW)
    assert write(world, manager)
    assert not FirstMessage.objects.exists()


def test_a_former_customer_is_not_ones_own(world: World, binding: Binding) -> None:
    make.binding(world.member, None, store=world.store, at=NOW - DAY)

    with refused(NotYourCustomer):
        write(world, world.aoi)


def test_the_customers_no_is_respected(world: World, binding: Binding) -> None:
    set_may_write_first(member=world.member, binding=binding, may=False)

    with refused(CustomerWantsNoFirstMessages):
        write(world, world.aoi)
    assert not FirstMessage.objects.exists()


def test_the_limit_holds_and_begins_anew_on_the_first_on_the_markets_clock(world: World, binding: Binding) -> None:
    for _ in range(2):
        write(world, world.aoi)
        end(world, NOW)
    Exchange.objects.update(first_inbound_at=None)

    with refused(FirstMessageLimitReached, match="2"):
        write(world, world.aoi)
    with refused(FirstMessageLimitReached):
        write(world, world.aoi, at=dt.datetime(2026, 11, 30, 15, 59, tzinfo=dt.UTC))
    assert FirstMessage.objects.count() == 2

    in_taipei = dt.datetime(2026, 11, 30, 16, tzinfo=dt.UTC)
    assert used(world.aoi, world, in_taipei).used == 0
    assert write(world, world.aoi, at=in_taipei)


def test_a_double_click_is_one_use(world: World, binding: Binding) -> None:
    key = uuid4()

    assert write(world, world.aoi, key=key) == write(world, world.aoi, key=key)
    assert FirstMessage.objects.count() == 1


def test_what_is_not_sent_is_not_counted(world: World, binding: Binding) -> None:
    Contact.objects.update(friendship=Contact.Friendship.BLOCKED, friendship_at=NOW, last_inbound_at=ASKED)

    with refused(CustomerHasBlocked):
        write(world, world.aoi)
    assert not FirstMessage.objects.exists()


def test_while_it_is_open_and_for_a_day_after_it_is_an_answer(world: World) -> None:
    world.conversation.exchanges.update(first_inbound_at=ASKED)
    write(world, world.aoi, at=ASKED)
    end(world, ASKED + HOUR)

    assert not counts(Conversation.objects.get(), world.aoi, ASKED + HOUR + DAY)
    write(world, world.aoi, at=ASKED + HOUR + DAY)
    assert not FirstMessage.objects.exists()


def test_a_day_later_it_no_longer_is(world: World) -> None:
    end(world, ASKED)

    with refused(NotYourCustomer):
        write(world, world.aoi, at=ASKED + DAY + dt.timedelta(seconds=1))


def test_closing_what_one_began_oneself_gives_no_second_word(world: World, binding: Binding) -> None:
    write(world, world.aoi)
    end(world, NOW)
    write(world, world.aoi)
    end(world, NOW)

    with refused(FirstMessageLimitReached):
        write(world, world.aoi)


def test_a_friend_who_never_wrote_is_a_first_message(world: World, binding: Binding) -> None:
    Exchange.objects.update(closed_at=None, first_inbound_at=None)

    write(world, world.aoi)

    assert FirstMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("of_store", "of_role", "limit"),
    [(2, 9, 2), (None, 9, None), ("no row", 9, 9), ("no row", None, None), ("no row", "no row", None), (0, 9, 0)],
)
def test_a_stores_limit_beats_a_roles_and_blank_means_never(
    world: World, root: Staff, of_store: int | str | None, of_role: int | str | None, limit: int | None
) -> None:
    if not isinstance(of_store, str):
        save_first_message_limit(by=root, store=world.store, per_month=of_store)
    if not isinstance(of_role, str):
        role = make.built_in_role(BuiltInRole.SALESPERSON)
        save_first_message_limit(by=root, role=role, per_month=of_role)
    end(world, ASKED)
    make.binding(world.member, world.aoi, store=world.store, at=ASKED)

    assert used(world.aoi, world).limit == limit
    if limit:
        assert write(world, world.aoi)
    else:
        with refused(FirstMessageLimitReached):
            write(world, world.aoi)


def test_of_several_roles_at_a_store_the_most_generous_counts(world: World, root: Staff) -> None:
    make.posting(world.aoi, role=BuiltInRole.COUNTER_STAFF, store=world.store)
    make.posting(world.aoi, role=BuiltInRole.MARKETER, store=world.other_store)
    for role, per_month in (
        (BuiltInRole.SALESPERSON, 3),
        (BuiltInRole.COUNTER_STAFF, 5),
        (BuiltInRole.MARKETER, 50),
    ):
        save_first_message_limit(by=root, role=make.built_in_role(role), per_month=per_month)

    assert used(world.aoi, world).limit == 5
