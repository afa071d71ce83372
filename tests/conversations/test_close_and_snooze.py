import datetime as dt

from django.utils import timezone

from madoguchi.conversations.actions.change_brand import change_brand
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.snooze import LONGEST, snooze, wake_due
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.errors import AlreadyClosed, BadSnooze, BrandUnavailable, CustomerHasWritten, HeldByOther
from madoguchi.conversations.models import Conversation, Exchange
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.conversations.unchanged import refused
from tests.make import World

DAY = dt.timedelta(days=1)


def test_closing_ends_the_exchange_and_keeps_what_it_was(world: World) -> None:
    pk = world.conversation.pk
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)

    closed = close(conversation_id=pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED)

    exchange = closed.exchanges.get()
    assert (closed.state, closed.waiting_since, closed.unread) == ("closed", None, 0)
    assert closed.holder == world.aoi
    assert (exchange.closed_by, exchange.outcome, exchange.brand) == (world.aoi, "solved", world.brand)
    assert (exchange.store, exchange.department) == (world.store, None)
    assert closed.messages.latest("pk").details == {"event": "closed", "by": "葵", "outcome": "solved"}


def test_nothing_is_closed_that_the_customer_has_just_added_to(world: World) -> None:
    pk = world.conversation.pk
    seen = world.conversation.messages.latest("pk").pk
    make.inbound(world.conversation, "等一下，還有一個問題")

    with refused(CustomerHasWritten):
        close(conversation_id=pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED, expected_last_message_id=seen)
    with refused(CustomerHasWritten):
        snooze(conversation_id=pk, staff=world.aoi, until=timezone.now() + DAY, expected_last_message_id=seen)

    seen = world.conversation.messages.latest("pk").pk
    close(conversation_id=pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED, expected_last_message_id=seen)


def test_a_message_that_came_late_but_is_old_by_the_providers_clock_stops_the_closing_too(world: World) -> None:
    seen = world.conversation.messages.latest("pk").pk
    make.inbound(world.conversation, "早上傳的", at=timezone.now() - DAY)

    with refused(CustomerHasWritten):
        close(
            conversation_id=world.conversation.pk,
            staff=world.aoi,
            outcome=Exchange.Outcome.SOLVED,
            expected_last_message_id=seen,
        )


def test_second_close_is_refused(world: World) -> None:
    close(conversation_id=world.conversation.pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED)

    with refused(AlreadyClosed):
        close(conversation_id=world.conversation.pk, staff=world.aoi, outcome=Exchange.Outcome.UNWANTED)


def test_what_a_colleague_holds_is_theirs_to_close_or_put_aside(world: World) -> None:
    pk = world.conversation.pk
    colleague = make.staff(store=world.store)
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)

    with refused(HeldByOther, match="葵"):
        close(conversation_id=pk, staff=colleague, outcome=Exchange.Outcome.SOLVED)
    with refused(HeldByOther, match="葵"):
        snooze(conversation_id=pk, staff=colleague, until=timezone.now() + DAY)
    with refused(HeldByOther, match="葵"):
        change_brand(conversation_id=pk, staff=colleague, brand=world.other_brand)


def test_who_may_not_or_cannot_see_closes_nothing(world: World) -> None:
    marketer = make.staff(role=BuiltInRole.MARKETER)

    with refused(NotAllowed):
        close(conversation_id=world.conversation.pk, staff=marketer, outcome=Exchange.Outcome.SOLVED)
    with refused(NotFound):
        close(conversation_id=world.conversation.pk, staff=world.ren, outcome=Exchange.Outcome.SOLVED)


def test_put_aside_until_a_time_it_keeps_holder_and_waiting_time(world: World) -> None:
    pk = world.conversation.pk
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)
    until = timezone.now() + DAY

    aside = snooze(conversation_id=pk, staff=world.aoi, until=until)

    assert (aside.state, aside.snoozed_until, aside.holder) == ("snoozed", until, world.aoi)
    assert aside.waiting_since == world.conversation.waiting_since
    assert aside.messages.latest("pk").details == {"event": "snoozed", "by": "葵", "until": until.isoformat()}


def test_only_into_the_future_and_for_ninety_days_at_most(world: World) -> None:
    pk = world.conversation.pk

    for until in (timezone.now(), timezone.now() - DAY, timezone.now() + LONGEST + dt.timedelta(minutes=1)):
        with refused(BadSnooze):
            snooze(conversation_id=pk, staff=world.aoi, until=until)


def test_what_is_due_comes_back_and_it_is_our_turn(world: World) -> None:
    pk = world.conversation.pk
    until = timezone.now() + DAY
    snooze(conversation_id=pk, staff=world.aoi, until=until)
    Conversation.objects.update(waiting_since=None)

    assert wake_due(until - dt.timedelta(seconds=1)) == 0
    assert wake_due(until) == 1
    assert wake_due(until) == 0

    world.conversation.refresh_from_db()
    assert (world.conversation.state, world.conversation.snoozed_until) == ("open", None)
    assert world.conversation.waiting_since == until
    assert world.conversation.messages.latest("pk").details == {"event": "woken"}


def test_a_customer_who_waited_before_it_was_put_aside_has_waited_all_the_time(world: World) -> None:
    until = timezone.now() + DAY
    snooze(conversation_id=world.conversation.pk, staff=world.aoi, until=until)

    wake_due(until)

    waiting_since = world.conversation.waiting_since
    world.conversation.refresh_from_db()
    assert world.conversation.waiting_since == waiting_since


def test_changing_the_brand_says_so(world: World) -> None:
    changed = change_brand(conversation_id=world.conversation.pk, staff=world.aoi, brand=world.other_brand)

    assert changed.brand == world.other_brand
    assert changed.messages.latest("pk").details == {"event": "brand_changed", "by": "葵", "to": "Lune"}


def test_the_brand_cannot_leave_what_the_person_serves(world: World) -> None:
    only_mori = make.staff(store=world.store, brands=[world.brand])

    with refused(NotAllowed):
        change_brand(conversation_id=world.conversation.pk, staff=only_mori, brand=world.other_brand)


def test_a_brand_that_is_no_longer_used_cannot_be_chosen(world: World) -> None:
    with refused(BrandUnavailable):
        change_brand(conversation_id=world.conversation.pk, staff=world.aoi, brand=make.brand(is_active=False))
