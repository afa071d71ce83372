"""The router: 10,000 waiting conversations to 300 people of ten teams, by written rules, skills and capacity.

The limit in the same run is pure SQL that writes the same rows (the conversation moved, the hand-over, the decision, the
line in the thread) in batches of the same size, given who gets what: no rules, no duty, no seats, nobody counted. Both
work on halves of the same table by turns, so that a neighbour who takes the processor takes it from both.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from madoguchi.bench.company import create_account
from madoguchi.bench.figures import Context, Figure
from madoguchi.channels.models import Account, Contact
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.duty.models import OpeningHours, Seat
from madoguchi.kit.garbage import spare_what_is_loaded
from madoguchi.members.models import Member
from madoguchi.organization.models import Posting, Role, Staff, Store
from madoguchi.organization.permissions import BuiltInRole
from madoguchi.routing.models import Decision, Rule, Skill, Team
from madoguchi.routing.router import BATCH, route

WAITING = 10_000
PEOPLE, TEAMS, CAPACITY = 300, 10, 40
WORDS = ("維修", "安裝", "退貨", "保固", "濾網", "訂單", "門市", "會員", "發票", "其他")


def run(context: Context) -> list[Figure]:
    rng = random.Random(3)
    account = create_account()
    stores = _company(account, rng)
    context.progress(f"writing {2 * WAITING:,} conversations")
    _customers(account, WAITING, rng)
    pks = list(Conversation.objects.order_by("pk").values_list("pk", flat=True))
    rest = _customers(account, WAITING, rng, is_due=False)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(_PIPE)
    spare_what_is_loaded()  # as the worker does
    ours, limits, cpu = [], [], 0.0
    for number in range(WAITING // BATCH):
        started, began = time.perf_counter(), time.process_time()
        assert route() == BATCH
        ours.append(time.perf_counter() - started)
        cpu += time.process_time() - began
        limits.append(_limit(rest[number * BATCH : (number + 1) * BATCH], stores[number % TEAMS]))
    total, limit = sum(ours), sum(limits)
    context.progress(f"{total:.2f} s, pure SQL {limit:.2f} s")
    given = Conversation.objects.filter(pk__in=pks, holder__isnull=False)
    loads = given.order_by().values("holder").annotate(load=Count("pk"))
    relaxed = Decision.objects.filter(conversation__in=pks, is_skill_relaxed=True).count()
    return [
        Figure("seconds for 10,000 waiting to 300 people", total, "s", at_most=5, note=_why(total, cpu)),
        Figure("the same rows as pure SQL, nothing decided", limit, "s"),
        Figure("times pure SQL", statistics.median(o / p for o, p in zip(ours, limits, strict=True)), "×"),
        Figure("conversations per second", WAITING / total, "/s"),
        Figure("processor time of Python per conversation", 1e6 * cpu / WAITING, "µs"),
        Figure("given to somebody", given.count(), "", at_least=WAITING),
        Figure("most that one person has", max(row["load"] for row in loads), "", at_most=CAPACITY),
        Figure("skill relaxed", relaxed, ""),
    ]


def _why(total: float, cpu: float) -> str:
    return "" if total <= 5 else f"Python had {cpu / total:.0%} of one core; the rest it waited for PostgreSQL"


def _company(account: Account, rng: random.Random) -> list[Store]:
    """Ten stores that are always open, thirty people each; a rule for each word, half of them with a skill."""
    role = Role.objects.get(code=BuiltInRole.SALESPERSON)
    since = dt.date(2020, 1, 1)
    stores = [
        Store.objects.create(code=f"s{n}", name=f"門市 {n}", kind=Store.Kind.SHOP, market=account.market)
        for n in range(TEAMS)
    ]
    people = Staff.objects.bulk_create(
        Staff(username=f"p{n}", display_name=f"同仁 {n}", password="!")  # noqa: S106 - nobody signs in
        for n in range(PEOPLE)
    )
    Posting.objects.bulk_create(
        Posting(staff=person, role=role, store=stores[n % TEAMS], since=since) for n, person in enumerate(people)
    )
    Seat.objects.bulk_create(Seat(staff=person, capacity=CAPACITY) for person in people)
    OpeningHours.objects.bulk_create(
        OpeningHours(store=store, weekday=day, opens_at=dt.time(), closes_at=dt.time())
        for store in stores
        for day in range(7)
    )
    for number, store in enumerate(stores):
        skill = Skill.objects.create(code=f"skill-{number}", name=f"技能 {number}")
        skill.staff.set(rng.sample(people[number::TEAMS], 28))
        method = Team.Method.ROUND_ROBIN if number % 2 else Team.Method.LEAST_LOADED
        Team.objects.create(store=store, method=method)
        Rule.objects.create(
            position=100 + number, keywords=[WORDS[number]], to_store=store, skill=skill if number % 3 == 0 else None
        )
    return stores


def _customers(account: Account, count: int, rng: random.Random, *, is_due: bool = True) -> list[int]:
    """Each has written once, about one of the words; a tenth is urgent."""
    now = timezone.now()
    offset = Contact.objects.count()
    contacts = Contact.objects.bulk_create(
        (Contact(account=account, external_id=f"U{offset + n:032x}", language="zh-TW") for n in range(count)),
        batch_size=2_000,
    )
    members = Member.objects.bulk_create((Member(market=account.market) for _ in range(count)), batch_size=2_000)
    moments = [now - dt.timedelta(seconds=rng.randrange(1, 3_600)) for _ in range(count)]
    conversations = Conversation.objects.bulk_create(
        (
            Conversation(
                member=member, contact=contact, department_id=account.default_department_id, opened_at=at,
                waiting_since=at, attention_at=at if is_due else now + dt.timedelta(days=1), last_message_at=at,
                last_direction="inbound", last_kind="text", is_urgent=rng.random() < 0.1,
            )
            for member, contact, at in zip(members, contacts, moments, strict=True)
        ),
        batch_size=2_000,
    )  # fmt: skip
    exchanges = Exchange.objects.bulk_create(
        (
            Exchange(conversation=c, number=1, opened_at=c.opened_at, first_inbound_at=c.opened_at)
            for c in conversations
        ),
        batch_size=2_000,
    )
    words = [WORDS[n % len(WORDS)] for n in range(count)]
    rng.shuffle(words)
    Message.objects.bulk_create(
        (
            Message(
                conversation=c, exchange=e, direction="inbound", kind="text", text=f"您好，想請問{word}的事情",
                occurred_at=c.opened_at,
            )
            for c, e, word in zip(conversations, exchanges, words, strict=True)
        ),
        batch_size=2_000,
    )  # fmt: skip
    return [conversation.pk for conversation in conversations]


def _limit(pks: list[int], store: Store) -> float:
    holder = Posting.objects.filter(store=store).values_list("staff", flat=True)[0]
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT bench_assign(%s, %s, %s)", [pks, holder, store.pk])
    return time.perf_counter() - started


_PIPE = """
CREATE FUNCTION bench_assign(pks bigint[], holder bigint, store bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM conversations_conversation WHERE id = ANY (pks) FOR UPDATE;
  INSERT INTO conversations_handover (conversation_id, exchange_id, kind, from_department_id, to_holder_id, to_store_id,
                                      note, at)
    SELECT c.id, e.id, 'routed', c.department_id, holder, store, '', now()
    FROM conversations_conversation c
    JOIN conversations_exchange e ON e.conversation_id = c.id AND e.number = c.exchange_number WHERE c.id = ANY (pks);
  INSERT INTO routing_decision (conversation_id, exchange_number, outcome, reason, choice, rule_name, is_skill_relaxed,
                                holder_id, store_id, at)
    SELECT pk, 1, 'assigned', 'rule', 'least_loaded', '', false, holder, store, now() FROM unnest(pks) pk;
  INSERT INTO conversations_message (conversation_id, exchange_id, direction, kind, text, details, quote_token,
                                     quoted_provider_message_id, client_part, occurred_at, created_at, changed_at)
    SELECT c.id, e.id, 'system', 'event', '', jsonb_build_object(
             'event', 'routed', 'to', 'x', 'person', 'x', 'place', 'x', 'outcome', 'assigned', 'reason', 'rule',
             'choice', 'least_loaded', 'rule', ''), '', '', 0, now(), now(), now()
    FROM conversations_conversation c
    JOIN conversations_exchange e ON e.conversation_id = c.id AND e.number = c.exchange_number WHERE c.id = ANY (pks);
  UPDATE conversations_conversation
    SET holder_id = holder, store_id = store, department_id = NULL, attention_at = now() + interval '1 hour',
        changed_at = now()
    WHERE id = ANY (pks);
END $$
"""
