"""What customers are told about codes and offers: in their language, in the brand's voice, once."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from madoguchi.bindings import answers, links, offers
from madoguchi.bindings.actions.codes import revoke_code
from madoguchi.bindings.actions.customer import answer_offer
from madoguchi.bindings.actions.departures import begin_departure, cancel_departure
from madoguchi.bindings.models import Departure, Offer, Scan, StaffMember, Way
from madoguchi.channels.models import Contact, OutboundMessage
from madoguchi.console.inbox.lines import system_line
from madoguchi.conversations.models import Conversation, Message
from madoguchi.organization.models import Staff
from madoguchi.reactions.offers import answer_late_tap, answer_scan, show_offer
from tests import make
from tests.bindings.using import scan
from tests.make import World
from tests.reacting import react_to_all

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Asia/Taipei"))


@pytest.fixture
def root(world: World) -> Staff:
    return make.staff("root", role=None, is_superuser=True)


@pytest.fixture(autouse=True)
def _by_day() -> Iterator[None]:
    with time_machine.travel(NOON):
        yield


@pytest.fixture(autouse=True)
def _english(world: World) -> None:
    """The customer's LINE is set to it."""
    Contact.objects.update(language="en")


def said(world: World) -> list[str]:
    rows = Message.objects.filter(conversation=world.conversation, direction=Message.Direction.OUTBOUND)
    return list(rows.order_by("pk").values_list("text", flat=True))


def buttons() -> list[dict[str, Any]]:
    wire = OutboundMessage.objects.latest("pk").messages[0]
    return [button["action"] for button in wire["contents"]["footer"]["contents"]]


def lines(world: World) -> list[str]:
    rows = Message.objects.filter(conversation=world.conversation, details__event__startswith="offer")
    with translation.override(None):
        return [system_line(row) for row in rows.order_by("pk")]


def leave(world: World, root: Staff, **more: Any) -> Offer:
    """Aoi's plan, told to her customer."""
    make.binding(world.member, world.aoi, store=world.store)
    fields = {"kind": Departure.Kind.EXIT, "leaves_on": timezone.localdate() + 9 * DAY, **more}
    begin_departure(by=root, staff=world.aoi, **fields)
    offers.tell_due(timezone.now())
    react_to_all()
    return Offer.objects.get()


# -- codes ----------------------------------------------------------------------------------------------------------


def test_a_bound_customer_is_welcomed_by_name_and_place_in_the_brands_voice(world: World) -> None:
    code = make.code(world.account, world.aoi, store=world.store, brands=[world.other_brand])
    scan(world.conversation, code, way=Way.TEXT)

    react_to_all()

    assert said(world) == ["Welcome! 葵 at 台北信義店 looks after you from now on. Just write here."]
    assert OutboundMessage.objects.get().messages[0]["sender"]["name"] == world.other_brand.sender_name


def test_who_tapped_inside_line_reads_the_answer_there(world: World) -> None:
    scan(world.conversation, make.code(world.account, world.aoi, store=world.store), way=Way.LIFF)

    react_to_all()

    assert said(world) == []


def test_it_is_said_in_the_customers_language_else_the_markets(world: World) -> None:
    made = scan(world.conversation, "K7QF3M2X9T", way=Way.TYPED)

    with translation.override("ja"):
        assert answers.sentence(Scan.objects.get(pk=made.pk)).startswith("We do not know this code.")


def test_every_refusal_has_its_own_sentence_and_is_said(world: World, root: Staff) -> None:
    now = timezone.now()
    own = make.code(world.account, world.aoi, store=world.store)
    expired = make.code(world.account, root, store=world.store, expires_at=now + DAY)
    revoked = make.code(world.account, root, store=world.store)
    closed = make.code(world.account, world.ren, store=world.other_store)
    foreign = make.code(make.account("別的窓口"), root, store=world.store)
    revoke_code(by=root, code=revoked)
    StaffMember.objects.create(staff=world.aoi, member=world.member)
    Staff.objects.filter(pk=world.ren.pk).update(is_active=False)

    for code in (own, expired, revoked, closed, foreign, "K7QF3M2X9T"):
        scan(world.conversation, code, way=Way.TYPED, now=now + DAY)
    react_to_all()

    outcomes = Scan.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["own", "expired", "revoked", "closed", "foreign", "unknown"]
    assert len(set(said(world))) == 6


def test_every_outcome_has_a_sentence(world: World) -> None:
    binding = make.binding(world.member, world.aoi, store=world.store)

    for outcome in Scan.Outcome:
        for bound in (binding, None):
            made = Scan(contact=world.contact, outcome=outcome, way=Way.LIFF, binding=bound)
            assert len(answers.sentence(made)) > 5, "a sentence, in Chinese too"
        assert answers.sentence(Scan(outcome=outcome, way=Way.LIFF))


def test_what_only_looks_like_a_code_is_left_to_whoever_is_talking(world: World) -> None:
    Conversation.objects.update(holder=world.aoi)
    scan(world.conversation, "K7QF3M2X9T", way=Way.TYPED)

    react_to_all()

    assert said(world) == []


def test_who_blocks_us_is_told_nothing(world: World) -> None:
    Contact.objects.update(friendship="blocked", friendship_at=timezone.now(), last_inbound_at=None)
    scan(world.conversation, make.code(world.account, world.aoi, store=world.store), way=Way.TYPED)

    react_to_all()

    assert said(world) == []


def test_a_reaction_that_runs_twice_says_it_once(world: World) -> None:
    made = scan(world.conversation, "K7QF3M2X9T", way=Way.TYPED)

    answer_scan(scan_id=made.pk)
    answer_scan(scan_id=made.pk)
    answer_late_tap(contact_id=world.contact.pk, event_id=5)
    answer_late_tap(contact_id=world.contact.pk, event_id=5)

    assert len(said(world)) == 2


# -- offers ---------------------------------------------------------------------------------------------------------


def test_a_second_scan_asks_once_with_two_buttons(world: World) -> None:
    make.binding(world.member, world.aoi, store=world.store)
    rens = make.code(world.account, world.ren, store=world.other_store)
    scan(world.conversation, rens, way=Way.TYPED)

    react_to_all()

    offer = Offer.objects.get()
    assert said(world) == ["You have scanned the code of 蓮. So far 葵 looks after you. Would you like to change?"]
    assert [button["data"] for button in buttons()] == [
        f"offer/{offer.public_id}/accept",
        f"offer/{offer.public_id}/refuse",
    ]
    assert lines(world) == ["The customer was asked about changing to 蓮: Scanned another person's code"]

    answer_offer(offer=offer, member=world.member, accept=False)
    react_to_all()
    assert said(world)[1:] == ["All right. 葵 goes on looking after you."]
    assert lines(world)[1:] == ["The customer's answer about changing to 蓮: Refused"]


def test_whoever_comes_back_to_the_question_is_asked_again_and_a_double_tap_is_not(world: World) -> None:
    make.binding(world.member, world.aoi, store=world.store)
    rens = make.code(world.account, world.ren, store=world.other_store)
    now = timezone.now()
    for after in (0, 1, 3_600):
        scan(world.conversation, rens, way=Way.TYPED, now=now + dt.timedelta(seconds=after))

    react_to_all()

    assert len(said(world)) == 2
    assert len(set(said(world))) == 1
    assert [button["label"] for button in buttons()] == ["Yes, change", "No, stay as it is"]
    assert Offer.objects.count() == 1


def test_who_leaves_and_who_comes_is_told_with_a_way_to_refuse(world: World, root: Staff) -> None:
    make.staff("hana", name="花", store=world.store)

    offer = leave(world, root)

    [words] = said(world)
    assert words.startswith("葵 is leaving us. From ")
    assert "花 at 台北信義店 will look after you." in words
    assert [button["label"] for button in buttons()] == ["That is fine", "No, thank you"]

    answer_offer(offer=offer, member=world.member, accept=True)
    react_to_all()
    assert said(world)[1:] == ["Thank you. 花 at 台北信義店 looks after you from now on. Just write here."]


def test_a_refusal_is_answered_and_a_second_suggestion_reads_differently(world: World, root: Staff) -> None:
    make.staff("hana", name="花", store=world.store)
    make.staff("sora", name="空", store=world.store)
    offer = leave(world, root)
    answer_offer(offer=offer, member=world.member, accept=False)
    offers.tell_due(timezone.now() + 8 * DAY)

    react_to_all()

    assert said(world)[1] == "All right. Our team at 台北信義店 looks after you from now on. Just write here."
    assert said(world)[2].startswith("May we suggest somebody? 空 at 台北信義店")


def test_where_the_customer_chooses_there_is_a_link_to_choose(world: World, root: Staff) -> None:
    make.policy(world.market, leaving="ask")

    leave(world, root)

    accept, choose = buttons()
    assert accept["data"].endswith("/accept")
    assert choose["type"] == "uri"
    link = links.read_person_token(choose["uri"].rpartition("/")[2])
    assert link == links.PersonLink(world.member.public_id, world.contact.pk)


@pytest.mark.parametrize(
    ("rule", "labels"),
    [("keep", ["That is fine", "Stay with the store"]), ("ask", ["Go along", "Stay with the store"])],
)
def test_who_moves_is_followed_or_not(world: World, root: Staff, rule: str, labels: list[str]) -> None:
    make.policy(world.market, transfer=rule)

    leave(world, root, kind=Departure.Kind.TRANSFER, to_store=world.other_store)

    [words] = said(world)
    assert words.startswith("葵 is moving to 高雄左營店")
    assert [button["label"] for button in buttons()] == labels


def test_silence_is_not_commented_on_but_shown_to_staff(world: World, root: Staff) -> None:
    make.staff("hana", name="花", store=world.store)
    leave(world, root)
    offers.settle_silent(timezone.now() + DAY)

    react_to_all()

    assert len(said(world)) == 1
    assert lines(world)[-1] == "The customer's answer about changing to 花: No answer"


def test_a_plan_called_off_is_told_to_whoever_had_been_told(world: World, root: Staff) -> None:
    make.staff("hana", name="花", store=world.store)
    offer = leave(world, root)
    assert offer.departure is not None

    cancel_departure(by=root, departure=offer.departure)
    react_to_all()

    assert said(world)[1:] == ["The change we told you about will not take place: 葵 goes on looking after you."]


def test_an_offer_answered_before_it_was_said_is_not_said(world: World, root: Staff) -> None:
    make.binding(world.member, world.aoi, store=world.store)
    scan(world.conversation, make.code(world.account, world.ren, store=world.other_store))
    offer = Offer.objects.get()
    answer_offer(offer=offer, member=world.member, accept=False)

    show_offer(offer_id=offer.pk)

    assert said(world) == []


def test_what_was_withdrawn_before_anybody_knew_is_not_spoken_of(world: World, root: Staff) -> None:
    make.binding(world.member, world.aoi, store=world.store)
    departure = begin_departure(
        by=root, staff=world.aoi, kind=Departure.Kind.EXIT, leaves_on=timezone.localdate() + 9 * DAY
    )
    cancel_departure(by=root, departure=departure)

    assert "offer.settled" in react_to_all()

    assert (said(world), lines(world)) == ([], [])
