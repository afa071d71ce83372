import datetime as dt

from madoguchi.conversations.actions.assign import assign
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.hand_over import hand_over
from madoguchi.conversations.actions.release import release
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.errors import (
    AlreadyClosed,
    AlreadyThere,
    CannotAnswerThere,
    HeldByOther,
    MovedMeanwhile,
    OneTarget,
    PlaceClosed,
)
from madoguchi.conversations.journal import Ownership
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.conversations.unchanged import refused
from tests.make import World


def test_handed_to_another_store_it_stands_there_and_nobody_holds_it(world: World) -> None:
    pk = world.conversation.pk
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)

    hand_over(conversation_id=pk, staff=world.aoi, to_store=world.other_store, note="  客人住高雄  ")

    world.conversation.refresh_from_db()
    handover = world.conversation.handovers.latest("pk")
    note = world.conversation.messages.get(direction=Message.Direction.NOTE)
    line = world.conversation.messages.filter(direction=Message.Direction.SYSTEM).latest("pk")
    assert (world.conversation.store, world.conversation.holder) == (world.other_store, None)
    assert (handover.from_holder, handover.from_store) == (world.aoi, world.store)
    assert (handover.to_holder, handover.to_store, handover.note) == (None, world.other_store, "客人住高雄")
    assert (note.text, note.author) == ("客人住高雄", world.aoi)
    assert line.details == {"event": "handed_over", "by": "葵", "to": "高雄左營店"}
    assert list(Conversation.objects.visible_to(world.ren)) == [world.conversation]
    assert list(Conversation.objects.visible_to(world.aoi)) == []


def test_handed_to_a_department_it_leaves_the_store(world: World) -> None:
    handed = hand_over(conversation_id=world.conversation.pk, staff=world.aoi, to_department=world.department)

    assert (handed.store, handed.department, handed.holder) == (None, world.department, None)


def test_handed_to_somebody_who_can_answer_there_it_stays_at_its_place(world: World) -> None:
    handed = hand_over(conversation_id=world.conversation.pk, staff=world.aoi, to_staff=world.mio)

    assert (handed.store, handed.holder) == (world.store, world.mio)
    assert handed.messages.latest("pk").details["to"] == "澪"


def test_handed_to_somebody_elsewhere_it_moves_to_their_place(world: World) -> None:
    handed = hand_over(conversation_id=world.conversation.pk, staff=world.aoi, to_staff=world.ren)

    assert (handed.store, handed.holder) == (world.other_store, world.ren)
    assert handed.messages.latest("pk").details["to"] == "蓮 · 高雄左營店"


def test_handed_to_somebody_who_serves_other_brands_only_it_is_refused(world: World) -> None:
    other = make.staff(name="凛", store=world.other_store, brands=[world.other_brand])

    with refused(CannotAnswerThere, match="凛"):
        hand_over(conversation_id=world.conversation.pk, staff=world.aoi, to_staff=other)


def test_handed_to_somebody_whose_posting_has_ended_it_is_refused(world: World) -> None:
    former = make.staff(store=world.store, until=dt.date(2025, 1, 1))

    with refused(CannotAnswerThere):
        hand_over(conversation_id=world.conversation.pk, staff=world.aoi, to_staff=former)


def test_exactly_one_target(world: World) -> None:
    pk = world.conversation.pk

    with refused(OneTarget):
        hand_over(conversation_id=pk, staff=world.aoi)
    with refused(OneTarget):
        hand_over(conversation_id=pk, staff=world.aoi, to_staff=world.ren, to_store=world.other_store)


def test_a_closed_store_gets_nothing(world: World) -> None:
    gone = make.store(closed_on=dt.date(2024, 5, 1))

    with refused(PlaceClosed):
        hand_over(conversation_id=world.conversation.pk, staff=world.aoi, to_store=gone)


def test_where_it_is_already(world: World) -> None:
    with refused(AlreadyThere):
        hand_over(conversation_id=world.conversation.pk, staff=world.aoi, to_store=world.store)


def test_what_a_colleague_holds_is_theirs_to_hand_over(world: World) -> None:
    pk = world.conversation.pk
    colleague = make.staff(name="凛", store=world.store)
    manager = make.staff(role=BuiltInRole.MANAGER, store=world.store)
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)

    with refused(HeldByOther, match="葵"):
        hand_over(conversation_id=pk, staff=colleague, to_staff=world.ren)

    assert hand_over(conversation_id=pk, staff=manager, to_staff=world.ren).holder == world.ren


def test_the_second_of_two_who_saw_the_same_is_told_who_moved_it(world: World) -> None:
    pk = world.conversation.pk
    seen = Ownership.of(world.conversation)
    hand_over(conversation_id=pk, staff=world.aoi, to_department=world.department, expected=seen)

    with refused(MovedMeanwhile, match="葵"):
        hand_over(conversation_id=pk, staff=world.mio, to_store=world.other_store, expected=seen)
    with refused(MovedMeanwhile, match="葵"):
        assign(conversation_id=pk, staff=world.mio, to=world.mio, expected=seen)


def test_what_the_person_saw_survives_a_form() -> None:
    for seen in (Ownership(None, None, None), Ownership(3, 14, None), Ownership(None, None, 15)):
        assert Ownership.read(seen.token) == seen


def test_closed_or_out_of_reach_or_not_allowed_nothing_is_handed_over(world: World) -> None:
    pk = world.conversation.pk
    reader = make.staff(role=BuiltInRole.MARKETER)

    with refused(NotFound):
        hand_over(conversation_id=pk, staff=world.ren, to_store=world.other_store)
    with refused(NotAllowed):
        hand_over(conversation_id=pk, staff=reader, to_store=world.other_store)
    close(conversation_id=pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED)
    with refused(AlreadyClosed):
        hand_over(conversation_id=pk, staff=world.aoi, to_store=world.other_store)


def test_assigning_makes_somebody_else_the_holder(world: World) -> None:
    assigned = assign(conversation_id=world.conversation.pk, staff=world.mio, to=world.aoi, note="老客人")

    assert (assigned.holder, assigned.store) == (world.aoi, world.store)
    assert assigned.handovers.get().note == "老客人"
    assert [m.direction for m in assigned.messages.order_by("pk")] == ["inbound", "system", "note"]


def test_assigning_needs_its_permission_and_somebody_who_can_answer_there(world: World) -> None:
    with refused(NotAllowed):
        assign(conversation_id=world.conversation.pk, staff=world.aoi, to=world.aoi)
    with refused(CannotAnswerThere, match="蓮"):
        assign(conversation_id=world.conversation.pk, staff=world.mio, to=world.ren)


def test_given_back_it_is_anybodys_at_the_place(world: World) -> None:
    pk = world.conversation.pk
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)

    released = release(conversation_id=pk, staff=world.aoi)

    assert (released.holder, released.store) == (None, world.store)
    assert released.handovers.latest("pk").kind == "released"
    assert released.messages.latest("pk").details == {"event": "released", "by": "葵", "to": "台北信義店"}


def test_only_the_holder_or_who_assigns_gives_back(world: World) -> None:
    pk = world.conversation.pk
    colleague = make.staff(store=world.store)
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)

    with refused(NotAllowed):
        release(conversation_id=pk, staff=colleague)

    assert release(conversation_id=pk, staff=world.mio).holder is None


def test_a_holder_whose_posting_ended_can_still_give_back(world: World) -> None:
    pk = world.conversation.pk
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)
    world.aoi.postings.update(store=world.other_store)

    assert release(conversation_id=pk, staff=make.fresh(world.aoi)).holder is None
