"""Where the router puts a new exchange."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from madoguchi.bindings.models import Binding
from madoguchi.conversations.actions.hand_over import hand_over
from madoguchi.conversations.actions.release import release
from madoguchi.conversations.models import Conversation, Handover
from madoguchi.duty.actions import say_on_duty
from madoguchi.routing.models import Cover, Rule, Skill, Team
from tests import make
from tests.make import World
from tests.routing.desk import NOON, at, bind, decisions, lines, place, routed

pytestmark = pytest.mark.django_db


def test_what_no_rule_takes_waits_at_the_account_s_department(world: World, new: Conversation) -> None:
    routed(new)

    assert (place(new), new.holder) == (world.department, None)
    assert new.attention_at is not None
    assert new.attention_at > at(0)
    assert decisions(new) == [("queued", "default", "nobody_chosen")]
    assert not Handover.objects.exists(), "it was there already"


def test_a_bound_customer_gets_their_person(world: World, new: Conversation) -> None:
    bind(new, world.aoi, world.store)

    routed(new)

    assert (place(new), new.holder) == (world.store, world.aoi)
    assert decisions(new) == [("assigned", "bound_person", "bound")]
    assert new.attention_at == at(15), "the market's cover minutes"
    handover = Handover.objects.get()
    assert (handover.kind, handover.by, handover.from_department, handover.to_holder) == (
        "routed",
        None,
        world.department,
        world.aoi,
    )
    assert lines(new)[-1]["event"] == "routed"
    assert lines(new)[-1]["person"] == "葵"


@pytest.mark.parametrize(
    ("reason", "is_on_duty", "capacity"), [(Cover.Reason.OFF_DUTY, False, 8), (Cover.Reason.FULL, True, 0)]
)
def test_else_the_store_s_team_covers(
    world: World, new: Conversation, reason: str, is_on_duty: bool, capacity: int
) -> None:
    bind(new, world.aoi, world.store)
    make.seat(world.aoi, capacity=capacity)
    say_on_duty(staff=world.aoi, is_on_duty=is_on_duty)
    rin = make.staff("rin", name="凛", store=world.store)
    make.team(world.store)

    routed(new)

    cover = Cover.objects.get()
    assert (cover.owner, cover.reason, cover.ended_at) == (world.aoi, reason, None)
    assert (place(new), new.holder) == (world.store, rin)
    assert decisions(new) == [("assigned", "bound_store", "least_loaded")]
    assert lines(new)[-1] == {"event": "covered", "by": "葵", "to": "凛", "cover": reason}


def test_a_customer_of_the_store_s_pool_goes_to_its_team_and_nobody_is_covered(world: World, new: Conversation) -> None:
    bind(new, None, world.store)
    make.team(world.store)

    routed(new)

    assert (place(new), new.holder) == (world.store, world.aoi)
    assert not Cover.objects.exists()


def test_somebody_who_left_is_covered(world: World, new: Conversation) -> None:
    bind(new, world.aoi, world.store)
    world.aoi.is_active = False
    world.aoi.save()

    routed(new)

    assert (place(new), new.holder) == (world.store, None)
    assert Cover.objects.get().reason == Cover.Reason.OFF_DUTY


def test_a_binding_of_other_brands_says_nothing(world: World, new: Conversation) -> None:
    bind(new, world.aoi, world.store)
    Binding.objects.update(brand_ids=[world.other_brand.pk])
    new.brand = world.brand
    new.save()

    routed(new)

    assert place(new) == world.department


def test_the_first_rule_that_holds_decides_and_stays_named(world: World, new: Conversation) -> None:
    repair = make.department("repair", name="維修中心")
    rule = make.rule(to=repair, keywords=["維修"], name="維修", is_urgent=True)
    make.rule(to=world.other_store, keywords=["可以"])

    routed(new)

    assert (place(new), new.is_urgent) == (repair, True)
    decision = new.decisions.get()
    assert (decision.reason, decision.rule, decision.rule_name) == ("rule", rule, "維修")
    assert lines(new)[-1]["rule"] == "維修"


def test_the_rules_of_the_beginning_can_be_switched_off(world: World, new: Conversation) -> None:
    bind(new, world.aoi, world.store)
    Rule.objects.filter(kind=Rule.Kind.BOUND_PERSON).update(is_active=False)

    routed(new)

    assert (place(new), new.holder) == (world.store, None)
    assert not Cover.objects.exists(), "the person is there; the company does not want them chosen"


def test_a_menu_cell_tapped_before_the_words_counts(world: World, new: Conversation) -> None:
    repair = make.department("repair")
    make.rule(to=repair, cells=["repair"])
    _tap(new, "menu/repair", minute=-1)

    routed(new)

    assert place(new) == repair


def test_an_old_tap_does_not(world: World, new: Conversation) -> None:
    make.rule(to=make.department("repair"), cells=["repair"])
    _tap(new, "menu/repair", minute=-40)

    routed(new)

    assert place(new) == world.department


def test_a_skill_is_wanted_of_those_who_are_there(world: World, new: Conversation) -> None:
    skill = Skill.objects.create(code="repair", name="維修")
    rin = make.staff("rin", store=world.store)
    skill.staff.add(rin)
    make.conversation(world.account, holder=rin)
    make.rule(to=world.store, keywords=["維修"], skill=skill)
    make.team(world.store)

    routed(new)

    assert new.holder == rin, "although Aoi has less to do"
    assert not new.decisions.get().is_skill_relaxed


def test_a_skill_that_nobody_there_has_is_relaxed(world: World, new: Conversation) -> None:
    skill = Skill.objects.create(code="repair", name="維修")
    skill.staff.add(world.ren)
    make.rule(to=world.store, keywords=["維修"], skill=skill)
    make.team(world.store)

    routed(new)

    assert new.holder == world.aoi
    assert new.decisions.get().is_skill_relaxed


def test_whoever_answered_last_goes_first_within_capacity(world: World, new: Conversation) -> None:
    rin = make.staff("rin", store=world.store)
    bind(new, None, world.store)
    make.team(world.store, Team.Method.ROUND_ROBIN)
    new.messages.create(
        exchange=new.exchanges.get(),
        direction="outbound",
        kind="text",
        author=rin,
        brand=world.brand,
        occurred_at=at(-60),
    )

    routed(new)

    assert new.holder == rin
    assert new.decisions.get().choice == "last"


def test_round_robin_goes_round(world: World, new: Conversation) -> None:
    people = [world.aoi, make.staff("rin", store=world.store), make.staff("sora", store=world.store)]
    make.rule(to=world.store)
    make.team(world.store, Team.Method.ROUND_ROBIN, prefers_last=False)
    more = [make.conversation(world.account, at=at(minute)) for minute in (-4, -3, -2, -1)]

    routed(new)

    given = [Conversation.objects.get(pk=each.pk).holder for each in [*more, new]]
    assert given == [people[0], people[1], people[2], people[0], people[1]]


def test_the_urgent_and_then_the_longest_waiting_are_served_first(world: World, new: Conversation) -> None:
    make.seat(world.aoi, capacity=2)
    make.rule(to=world.store)
    make.team(world.store)
    older = make.conversation(world.account, at=at(-10))
    urgent = make.conversation(world.account, at=at(0))
    urgent.is_urgent = True
    urgent.save()

    routed(new)

    held = set(Conversation.objects.filter(holder=world.aoi).values_list("pk", flat=True))
    assert held == {older.pk, urgent.pk}
    assert decisions(new) == [("queued", "rule", "all_full")]


def test_what_a_colleague_has_put_somewhere_stays_there(world: World, new: Conversation) -> None:
    hand_over(conversation_id=new.pk, staff=world.mio, to_store=world.other_store)
    make.team(world.other_store)

    routed(new)

    assert (place(new), new.holder) == (world.other_store, world.ren)
    assert decisions(new) == [("assigned", "handed_over", "least_loaded")]


def test_who_scanned_before_writing_anything_gets_their_person(world: World, new: Conversation) -> None:
    """The thread has gone to the person's store with the scan."""
    scanned = make.conversation(world.account, store=world.store, at=NOON)
    bind(scanned, world.aoi, world.store)

    routed(scanned)

    assert (place(scanned), scanned.holder) == (world.store, world.aoi)
    assert decisions(scanned) == [("assigned", "bound_person", "bound")]


def test_what_was_brought_along_from_elsewhere_stays_there(world: World, new: Conversation) -> None:
    brought = make.conversation(world.account, store=world.other_store, at=NOON)

    routed(brought)

    assert place(brought) == world.other_store
    assert decisions(brought) == []


def test_the_next_exchange_is_routed_anew(world: World, new: Conversation) -> None:
    new.store, new.department, new.exchange_number = world.other_store, None, 2
    new.save()
    new.exchanges.update(number=2)

    routed(new)

    assert place(new) == world.department


def test_who_gave_it_back_does_not_get_it_again_while_others_are_there(world: World, new: Conversation) -> None:
    hand_over(conversation_id=new.pk, staff=world.mio, to_staff=world.aoi)
    release(conversation_id=new.pk, staff=world.aoi)
    rin = make.staff("rin", store=world.store)
    make.conversation(world.account, holder=rin)
    make.team(world.store)

    routed(new)

    assert new.holder == rin


def _tap(conversation: Conversation, data: str, *, minute: float) -> None:
    conversation.messages.create(
        exchange=conversation.exchanges.get(),
        direction="inbound",
        kind="postback",
        details={"data": data},
        occurred_at=at(0) + dt.timedelta(minutes=minute),
    )


def test_one_that_cannot_be_decided_is_put_off_and_holds_nobody_up(world: World, new: Conversation) -> None:
    nowhere = make.market("xx", zone="Nowhere/Unknown")
    broken = make.conversation(make.account(market=nowhere), at=NOON)

    routed(new)

    assert decisions(new) == [("queued", "default", "nobody_chosen")]
    broken.refresh_from_db()
    assert (broken.holder, broken.attention_at) == (None, at(5))


def test_the_number_of_statements_does_not_grow_with_the_batch(world: World, new: Conversation) -> None:
    def statements(count: int) -> int:
        for _ in range(count):
            bind(make.conversation(world.account, text="維修", at=NOON), world.aoi, world.store)
        with CaptureQueriesContext(connection) as asked:
            routed(new)
        return len(asked)

    make.rule(to=world.other_store, keywords=["維修"])
    make.team(world.store)
    make.team(world.other_store)
    make.seat(world.aoi, capacity=4)
    few = statements(3)

    assert statements(30) <= few
