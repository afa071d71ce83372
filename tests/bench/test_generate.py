import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import connection

from madoguchi.bench.generate import generate
from madoguchi.bench.vocabulary import COMMON
from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.conversations.queries import View, queue, search, thread
from madoguchi.conversations.terms import search_terms
from madoguchi.members.models import Member
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make

ANCHOR = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
SCALE = 0.0002


@pytest.mark.django_db(transaction=True)
def test_a_small_company_is_like_a_real_one_and_keeps_every_rule() -> None:
    before = _definitions()

    made = generate(settings.DATABASE_URL, scale=SCALE, anchor=ANCHOR)

    assert _definitions() == before
    assert made == Message.objects.count() > 4 * Conversation.objects.count()
    assert Member.objects.count() == Conversation.objects.count() == 200
    assert {row.state for row in Conversation.objects.all()} >= {"open", "closed"}
    assert Exchange.objects.filter(closed_at=None).count() == Conversation.objects.exclude(state="closed").count()
    assert OutboundMessage.objects.count() == Message.objects.filter(direction="outbound").count()
    for message in Message.objects.exclude(search=None):
        assert sorted(message.search or []) == sorted(search_terms(message.text, message.occurred_at) or [])
    for row in Conversation.objects.all():
        assert row.messages.filter(direction__in=["inbound", "outbound"]).latest("pk").text == row.last_text
        assert row.exchanges.count() == row.exchange_number

    somebody = Staff.objects.get(username="headquarters-1")
    assert len(search(somebody, COMMON).messages) == 30
    row = queue(somebody, View.CLOSED).rows[0]
    assert thread(row).messages[-1].occurred_at >= row.last_message_at
    make.conversation(row.contact.account)  # the next ids are free


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_makes_the_same_rows() -> None:
    generate(settings.DATABASE_URL, scale=SCALE, anchor=ANCHOR)
    first = list(Message.objects.order_by("pk").values_list("text", "occurred_at", "conversation_id", "author_id"))
    with connection.cursor() as cursor:
        tables = ", ".join(connection.introspection.django_table_names(only_existing=True))
        cursor.execute(f"TRUNCATE {tables}")
    for role in BuiltInRole:
        make.built_in_role(role)

    generate(settings.DATABASE_URL, scale=SCALE, anchor=ANCHOR)

    assert (
        list(Message.objects.order_by("pk").values_list("text", "occurred_at", "conversation_id", "author_id")) == first
    )


def _definitions() -> set[tuple[str, str]]:
    """Of all indexes and constraints in the database, without casts: PostgreSQL writes these out when it reads them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' UNION "
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        )
        return {(name, re.sub(r"::[a-z ]+(\[\])?|[()]", "", definition)) for name, definition in cursor.fetchall()}
