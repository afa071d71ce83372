"""The messages of a database of measuring size, in the order in which they came, and what follows from them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from madoguchi.bench.copying import NULL, Table
from madoguchi.bench.population import DAY_SECONDS, DAYS, Plan
from madoguchi.bench.vocabulary import Vocabulary
from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.conversations.terms import week_mark, week_of

CHUNK = 100_000
QUIET_DAYS = 10
"""What nobody has written in for so long is closed."""
_NEW_EXCHANGE_SECONDS = 12 * 3600


@dataclass(slots=True)
class _Thread:
    """A conversation as it grows: what its row and that of its exchange will say at the end."""

    exchange: int
    number: int = 1
    opened: str = ""
    first_reply: str = NULL
    first_reply_by: object = NULL
    last: int = 0
    last_at: str = ""
    last_text: str = ""
    turn: int = 0
    waiting: str = NULL
    unread: int = 0


class Threads:
    """``chunks`` yields the number of messages made so far; what was made then waits in the tables."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary, rng: random.Random) -> None:
        self._plan, self._vocabulary, self._rng = plan, vocabulary, rng
        self._threads: dict[int, _Thread] = {}
        self._exchanges = self._outbound = 0
        days = (plan.began + dt.timedelta(days=day) for day in range(DAYS + 1))
        self._days = [(day.strftime("%Y-%m-%d"), week_mark(week_of(day))) for day in days]
        self.messages = Table(
            Message,
            ("id", "conversation_id", "exchange_id", "direction", "kind", "text", "search", "details", "provider_message_id",
             "author_id", "brand_id", "outbound_id", "occurred_at", "created_at", "changed_at"),
            {"quote_token": "", "quoted_provider_message_id": "", "client_part": "0"},
        )  # fmt: skip
        self.outbound = Table(
            OutboundMessage,
            ("id", "key", "contact_id", "thread", "created_at", "due_at", "settled_at", "changed_at"),
            {
                "account_id": "1", "messages": '[{"type": "text"}]', "state": "accepted", "route": "reply",
                "reply_token": "", "attempts": "1", "request_id": "", "sent_messages": "[]", "refusal": "",
                "refusal_detail": "",
            },
        )  # fmt: skip
        self.exchanges = Table(
            Exchange,
            ("id", "conversation_id", "number", "opened_at", "first_inbound_at", "first_reply_at", "first_reply_by_id",
             "closed_at", "closed_by_id", "outcome", "brand_id", "store_id", "department_id"),
            {},
        )  # fmt: skip
        self.conversations = Table(
            Conversation,
            ("id", "public_id", "member_id", "contact_id", "state", "brand_id", "store_id", "department_id", "holder_id",
             "exchange_number", "opened_at", "waiting_since", "snoozed_until", "unread", "last_message_at", "last_direction",
             "last_text", "changed_at", "attention_at"),
            {"last_kind": "text", "is_urgent": "f"},
        )  # fmt: skip

    def chunks(self) -> Iterator[int]:
        for made, moment in enumerate(self._plan.moments, start=1):
            self._add(made, moment & 0xFFFFFFFF, moment >> 32)
            if made % CHUNK == 0:
                yield made
        for done, number in enumerate(range(self._plan.size.members), start=1):
            self._finish(number)
            if done % CHUNK == 0:
                yield len(self._plan.moments)
        yield len(self._plan.moments)

    def _add(self, pk: int, number: int, second: int) -> None:
        day, in_day = divmod(second, DAY_SECONDS)
        date, mark = self._days[day]
        at = f"{date} {in_day // 3600:02d}:{in_day // 60 % 60:02d}:{in_day % 60:02d}+00"
        thread = self._threads.get(number)
        if thread is None:
            self._exchanges += 1
            thread = self._threads[number] = _Thread(self._exchanges, opened=at)
        elif second - thread.last > _NEW_EXCHANGE_SECONDS:
            self._exchange_row(number, thread, closed=thread.last_at)
            self._exchanges += 1
            self._threads[number] = thread = _Thread(self._exchanges, thread.number + 1, opened=at)
        text, pairs = self._vocabulary.sentence(self._rng)
        draw = self._rng.random()
        common = (pk, number + 1, thread.exchange)
        staff = self._plan.holder(number, thread.number)
        if draw < 0.05 and thread.turn:
            details = f'{{"event": "taken_over", "by": "{staff}"}}'
            self.messages.add(*common, "system", "event", "", NULL, details, NULL, staff, NULL, NULL, at, at, at)
        elif draw < 0.08 and thread.turn:
            self.messages.add(
                *common, "note", "text", text, f"{{{pairs},{mark}}}", "{}", NULL, staff, NULL, NULL, at, at, at
            )
        else:
            self._talk(common, number, thread, text, f"{{{pairs},{mark}}}", staff, at)
        thread.last, thread.last_at = second, at

    def _talk(
        self, common: tuple[int, int, int], number: int, thread: _Thread, text: str, search: str, staff: int, at: str
    ) -> None:
        """Customer and staff in turn, the customer first."""
        pk = common[0]
        if thread.turn % 2 == 0:
            self.messages.add(
                *common, "inbound", "text", text, search, "{}", 5 * 10**17 + pk, NULL, NULL, NULL, at, at, at
            )
            thread.unread += 1
            thread.waiting = at if thread.waiting == NULL else thread.waiting
        else:
            self._outbound += 1
            brand = self._plan.brands[number]
            self.outbound.add(self._outbound, f"{self._outbound:032x}", number + 1, number + 1, at, at, at, at)
            self.messages.add(
                *common, "outbound", "text", text, search, "{}", NULL, staff, brand, self._outbound, at, at, at
            )
            thread.waiting, thread.unread = NULL, 0
            if thread.first_reply == NULL:
                thread.first_reply, thread.first_reply_by = at, staff
        thread.last_text = text
        thread.turn += 1

    def _exchange_row(self, number: int, thread: _Thread, *, closed: str) -> None:
        store, department = self._plan.place(number)
        ended = closed != NULL
        self.exchanges.add(
            thread.exchange, number + 1, thread.number, thread.opened, thread.opened, thread.first_reply,
            thread.first_reply_by, closed, self._plan.holder(number, thread.number) if ended else NULL,
            "solved" if ended else "", self._plan.brands[number] if ended else NULL,
            store if ended and store else NULL, department if ended and department else NULL,
        )  # fmt: skip

    def _finish(self, number: int) -> None:
        """The rows of a conversation and of its last exchange, as they stand at the anchor."""
        thread, rng = self._threads.pop(number), self._rng
        store, department = self._plan.place(number)
        is_quiet = thread.last < (DAYS - QUIET_DAYS) * DAY_SECONDS
        state = "closed" if is_quiet else "snoozed" if rng.random() < 0.05 else "open"
        is_held = state != "open" or rng.random() < 0.6
        until = f"{self._days[-1][0]} 09:00:00+00" if state == "snoozed" else NULL
        self._exchange_row(number, thread, closed=thread.last_at if state == "closed" else NULL)
        self.conversations.add(
            number + 1, f"bench{number:011d}", number + 1, number + 1, state, self._plan.brands[number], store or NULL,
            department or NULL, self._plan.holder(number, thread.number) if is_held else NULL, thread.number,
            thread.opened, NULL if state == "closed" else thread.waiting, until, 0 if state == "closed" else thread.unread,
            thread.last_at, "inbound" if thread.turn % 2 else "outbound", thread.last_text, thread.last_at,
            NULL if state != "open" or is_held else thread.last_at,
        )  # fmt: skip
