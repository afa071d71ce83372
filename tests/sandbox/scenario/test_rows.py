"""Every loaded row is as the real actions would have left it."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from django.db import connection
from django.db.models import Count, F, Q

from madoguchi.channels import media_files
from madoguchi.channels.models import Account, Contact, Media, OutboundMessage
from madoguchi.conversations.models import Conversation, Exchange, Handover, Mention, Message
from madoguchi.conversations.queries import View, queue, queue_counts
from madoguchi.conversations.system import SENTENCES, SystemEvent
from madoguchi.conversations.terms import search_terms
from madoguchi.intake.models import RawEvent
from madoguchi.kit.bigrams import bigrams
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand, Posting, Role, Staff, Store
from madoguchi.organization.permissions import Permission
from tests.sandbox.scenario.conftest import MEMBERS, NOW, Demo

pytestmark = pytest.mark.django_db
QUIET = ("event", "postback")

Threads = dict[Conversation, list[Message]]


@pytest.fixture
def threads(demo: Demo) -> Threads:
    """Conversation → its lines in the order in which they are shown."""
    found: dict[Conversation, list[Message]] = defaultdict(list)
    by_pk = {each.pk: each for each in Conversation.objects.select_related("member", "contact")}
    for message in Message.objects.select_related("exchange", "outbound", "media").order_by("occurred_at", "pk"):
        found[by_pk[message.conversation_id]].append(message)
    return found


def test_the_company_is_complete(demo: Demo) -> None:
    assert Brand.objects.count() == 29
    assert Store.objects.filter(kind=Store.Kind.COUNTER, market__code="tw").count() == 78
    assert set(Store.objects.values_list("kind", flat=True)) == set(Store.Kind.values)
    assert 140 <= Staff.objects.count() <= 165
    assert {role.code for role in Role.objects.filter(postings__isnull=False)} == set(
        Role.objects.values_list("code", flat=True)
    )
    assert Member.objects.count() == Conversation.objects.count() == MEMBERS
    several = Staff.objects.annotate(stores=Count("postings__store", distinct=True)).filter(stores__gte=2)
    today = NOW.date()
    assert several.count() >= 20
    assert Posting.objects.filter(until__lt=today).exists()
    assert Posting.objects.filter(since__gt=today).exists()
    assert Posting.objects.filter(role__code="salesperson", brands__isnull=False).exists()


def test_what_the_queue_shows_is_what_was_said_last(threads: Threads) -> None:
    for conversation, messages in threads.items():
        spoken = [each for each in messages if each.direction != "system" and each.kind not in QUIET]
        spoken = [each for each in spoken if each.direction != "note"] or messages
        last = spoken[-1]
        shown = (conversation.last_message_at, conversation.last_direction, conversation.last_kind)
        assert shown == (last.occurred_at, last.direction, last.kind)
        assert conversation.last_text == last.text[:120]


def test_the_waiting_time_begins_with_the_first_message_that_nobody_answered(threads: Threads) -> None:
    for conversation, messages in threads.items():
        if conversation.state == Conversation.State.CLOSED:
            assert conversation.waiting_since is None
            assert conversation.unread == 0
            continue
        current = [each for each in messages if each.exchange.number == conversation.exchange_number]
        answered = max((each.occurred_at for each in current if each.direction == "outbound"), default=None)
        open_ones = [
            each.occurred_at
            for each in current
            if each.direction == "inbound" and (answered is None or each.occurred_at > answered)
        ]
        assert conversation.waiting_since == (open_ones[0] if open_ones else None)
        assert conversation.unread in (0, len(open_ones))


def test_exchanges_follow_each_other_and_only_the_last_may_be_open(threads: Threads) -> None:
    for conversation, messages in threads.items():
        exchanges = list(conversation.exchanges.order_by("number"))
        assert [each.number for each in exchanges] == list(range(1, conversation.exchange_number + 1))
        assert exchanges[-1].opened_at == conversation.opened_at
        assert all(each.closed_at for each in exchanges[:-1])
        for former, following in pairwise(exchanges):
            assert former.closed_at
            assert former.closed_at <= following.opened_at
        is_closed = exchanges[-1].closed_at is not None or all(each.direction == "system" for each in messages)
        assert is_closed == (conversation.state == Conversation.State.CLOSED)
        for exchange in exchanges:
            mine = [each for each in messages if each.exchange_id == exchange.pk]
            inbound = [each.occurred_at for each in mine if each.direction == "inbound"]
            replies = [
                each for each in mine if each.direction == "outbound" and inbound and each.occurred_at > inbound[0]
            ]
            assert exchange.first_inbound_at == (inbound[0] if inbound else None)
            assert exchange.first_reply_at == (replies[0].occurred_at if replies else None)
            assert exchange.first_reply_by_id == (replies[0].author_id if replies else None)


def test_time_moves_forward_and_never_beyond_now(threads: Threads) -> None:
    for messages in threads.values():
        assert [each.pk for each in messages] == sorted(each.pk for each in messages)
        assert messages[-1].occurred_at <= NOW
        assert all(each.created_at <= NOW and each.changed_at <= NOW for each in messages)
    for model, name in ((Exchange, "closed_at"), (Handover, "at"), (Mention, "at"), (OutboundMessage, "settled_at")):
        assert not model.objects.filter(**{f"{name}__gt": NOW}).exists()
    assert not Conversation.objects.filter(state="snoozed", snoozed_until__lte=NOW).exists()


def test_text_can_be_searched(demo: Demo) -> None:
    for message in Message.objects.all():
        assert message.search == search_terms(message.text, message.occurred_at)
    for member in Member.objects.all():
        assert member.search == bigrams(member.display_name)


def test_whoever_holds_or_answered_may(threads: Threads) -> None:
    staff = {each.pk: each for each in Staff.objects.all()}
    for conversation in threads:
        holder = staff.get(conversation.holder_id or 0)
        if holder is not None and conversation.state != Conversation.State.CLOSED:
            assert holder.reach(Permission.CONVERSATION_REPLY).covers(
                store_id=conversation.store_id,
                department_id=conversation.department_id,
                brand_id=conversation.brand_id,
            )
    assert not Conversation.objects.filter(store=None, department=None).exists()


def test_handovers_lead_from_owner_to_owner(demo: Demo) -> None:
    for conversation in Conversation.objects.filter(handovers__isnull=False).distinct():
        rows = list(conversation.handovers.order_by("at", "pk"))
        for former, following in pairwise(rows):
            assert (former.to_store_id, former.to_department_id) == (
                following.from_store_id,
                following.from_department_id,
            )
            assert following.from_holder_id in (former.to_holder_id, None)
        assert (rows[-1].to_store_id, rows[-1].to_department_id) == (conversation.store_id, conversation.department_id)


def test_every_quiet_line_can_be_told(demo: Demo) -> None:
    for message in Message.objects.filter(direction="system"):
        assert str(SENTENCES[SystemEvent(message.details["event"])]) % message.details


def test_what_went_out_has_its_request(threads: Threads) -> None:
    outcomes = set()
    for conversation, messages in threads.items():
        for message in messages:
            if message.direction != "outbound":
                continue
            row = message.outbound
            assert row is not None
            assert (row.thread, row.contact_id) == (conversation.pk, conversation.contact_id)
            assert row.messages[message.client_part]["sender"]["name"]
            assert bool(row.sent_messages) == (row.state == "accepted")
            outcomes.add(row.state)
    assert outcomes == {"accepted", "refused", "unknown"}
    assert set(OutboundMessage.objects.values_list("route", flat=True)) == {"reply", "push"}


def test_provider_ids_are_unique_and_pictures_are_on_disk(demo: Demo) -> None:
    ids = list(Message.objects.exclude(provider_message_id=None).values_list("provider_message_id", flat=True))
    assert len(ids) == len(set(ids)) == Message.objects.filter(direction="inbound").count()
    for media in Media.objects.exclude(state="hidden"):
        assert media_files.path_of(media.path).stat().st_size == media.byte_size
        assert media_files.path_of(media.preview_path).is_file()
    assert (
        not Message.objects.filter(direction="inbound", media__isnull=False)
        .exclude(media__provider_message_id=F("provider_message_id"))
        .exists()
    )


def test_new_rows_get_numbers_of_their_own(demo: Demo) -> None:
    """COPY has written the keys; the sequences go on after them."""
    for model in (Member, Contact, Conversation, Exchange, Message, Media, OutboundMessage, Handover, Mention):
        highest = model.objects.latest("pk").pk
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
            assert cursor.fetchone()[0] > highest


def test_every_screen_has_something_to_show(demo: Demo) -> None:
    counts = queue_counts(Staff.objects.get(username="chenghan"))
    assert min(counts.all, counts.waiting, counts.unassigned, counts.snoozed) > 0
    yawen = Staff.objects.get(username="yawen")
    mine = queue(yawen, View.MINE).rows
    assert "陳佩君" in {row.member.display_name for row in mine}
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"parked", "kept"}
    assert Contact.objects.filter(friendship="blocked").exists()
    assert Account.objects.count() == 2
    kinds = set(Message.objects.filter(direction="inbound").values_list("kind", flat=True))
    assert {"text", "image", "sticker", "location"} <= kinds
    assert Message.objects.filter(Q(direction="note"), mentions__seen_at=None, mentions__isnull=False).exists()


def test_demo_logins_sign_in(demo: Demo) -> None:
    for login in demo.info.logins:
        person = Staff.objects.get(username=login["username"])
        assert person.check_password(login["password"])
        assert person.may(Permission.CONVERSATION_READ)
