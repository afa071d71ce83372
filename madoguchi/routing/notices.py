"""What waiting customers are told: that the desk is closed and when it opens, or their place in the queue.

Said after the moves are committed, under keys that follow from what is said: a router that dies in between says it at
the next look, and nobody hears it twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Self
from uuid import UUID, uuid5

from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.conversations.actions.notify import Notice, notify
from madoguchi.conversations.models import Conversation, Message
from madoguchi.duty.schedule import Place
from madoguchi.duty.words import opening_words
from madoguchi.kit import bulk
from madoguchi.routing.deciding import Desk, Move
from madoguchi.routing.models import AwayReply
from madoguchi.routing.positions import positions_at
from madoguchi.routing.standing import Standing, place_number

_NAMESPACE = UUID("0d5f4a52-6c1b-4c8e-9a57-3f2f6a1f6b0e")
AWAY, WAITING = "away", "waiting"
"""Causes, as the messages keep them."""
_ROUND_MINUTES = 5


def tell_customers(desk: Desk, moves: Sequence[Move]) -> None:
    """Those who wait and whom nobody has been found for."""
    waiting = [move for move in moves if _is_left_waiting(desk, move)]
    closed = [move for move in waiting if not desk.schedule.is_open(move.place)]
    queued = [move for move in waiting if desk.schedule.is_open(move.place) and _tells_position(desk, move)]
    notices = [*_away(desk, closed), *_positions(desk, queued)]
    if notices:
        said = set(Message.objects.filter(client_key__in=[n.key for n in notices]).values_list("client_key", flat=True))
        notify([notice for notice in notices if notice.key not in said], now=desk.now)


def _is_left_waiting(desk: Desk, move: Move) -> bool:
    is_waiting = move.holder_id is None and move.standing.waiting_since is not None
    return is_waiting and move.attention_at is not None and move.attention_at > desk.now


def _tells_position(desk: Desk, move: Move) -> bool:
    return desk.teams.of(move.place).tells_position


def would_be_told(desk: Desk, move: Move) -> str:
    """What the customer of a conversation that is in no table would be told; empty: nothing."""
    if not _is_left_waiting(desk, move):
        return ""
    standing = move.standing
    if not desk.schedule.is_open(move.place):
        return away_reply(AwayReplies.load(), desk, move.place, standing.market_id, _languages(standing))
    if not _tells_position(desk, move):
        return ""
    before = Conversation.objects.unassigned().filter(**move.place._asdict(), waiting_since__isnull=False)
    position = (before.filter(is_urgent=True) if move.is_urgent else before).count() + 1
    answered = _answers(desk.now, {move.place}).get(place_number(move.place), 0)
    return _position_text(standing, _Estimate.at_pace(position, answered), is_first=True)


# -- while the desk is closed --------------------------------------------------------------------------------------


class AwayReplies:
    """What the company wrote, chosen by place and language."""

    def __init__(self, rows: Iterable[AwayReply]) -> None:
        self._texts = {(row.store_id, row.department_id, row.market_id, row.locale): row.text for row in rows}

    @classmethod
    def load(cls) -> AwayReplies:
        return cls(AwayReply.objects.all())

    def __bool__(self) -> bool:
        return bool(self._texts)

    def text(self, place: Place, market_id: int | None, locales: Sequence[str]) -> tuple[str, str]:
        """In the first of the languages in which there is any, and in which; that of the place before the market's, that
        before everybody's. Empty: nothing is said."""
        own = (place.store_id, place.department_id, None)
        for locale in locales:
            for where in (own, (None, None, market_id), (None, None, None)):
                if text := self._texts.get((*where, locale)):
                    return text, locale
        return "", ""


def away_reply(replies: AwayReplies, desk: Desk, place: Place, market_id: int | None, locales: Sequence[str]) -> str:
    """The words, with the moment of opening on the desk's own clock."""
    text, locale = replies.text(place, market_id, locales)
    with translation.override(locale or None):
        return text.replace("{opens}", _opening(desk, place))


def _away(desk: Desk, closed: Sequence[Move]) -> Iterable[Notice]:
    """Once for each customer while the desk stays closed: the moment at which it opens names that time."""
    replies = AwayReplies.load() if closed else AwayReplies([])
    for move in closed if replies else ():
        standing = move.standing
        opens_at = desk.schedule.next_opening(move.place)
        until = opens_at.isoformat() if opens_at else f"exchange {standing.exchange_number}"
        if text := away_reply(replies, desk, move.place, standing.market_id, _languages(standing)):
            key = uuid5(_NAMESPACE, f"{AWAY}/{standing.contact_id}/{until}")
            yield Notice(conversation_id=standing.pk, text=text, cause=AWAY, key=key)


def _languages(standing: Standing) -> list[str]:
    return [standing.locale, standing.market_locale]


def _opening(desk: Desk, place: Place) -> str:
    opens_at = desk.schedule.next_opening(place)
    if opens_at is None:
        return _("later")
    zone = desk.schedule.calendar(place).zone
    return opening_words(opens_at.astimezone(zone), desk.now.astimezone(zone).date())


# -- in the queue --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Estimate:
    position: int
    minutes: int | None
    """None: the team has answered nobody within the last hour, so that nothing honest can be said."""

    @classmethod
    def at_pace(cls, position: int, answered: int) -> Self:
        """``answered``: customers of the team within the last hour."""
        minutes = ceil(position * 60 / answered / _ROUND_MINUTES) * _ROUND_MINUTES if answered else None
        return cls(position, minutes)

    def is_much_worse_than(self, said: Mapping[str, object]) -> bool:
        """At least twice as much, and by enough to matter."""
        position, minutes = said.get("position"), said.get("minutes")
        if self.minutes is not None and isinstance(minutes, int):
            return self.minutes >= max(2 * minutes, minutes + 10)
        return isinstance(position, int) and self.position >= max(2 * position, position + 5)


def _positions(desk: Desk, queued: Sequence[Move]) -> Iterable[Notice]:
    if not queued:
        return
    estimates = _estimates(desk.now, queued)
    said = _said({move.standing.exchange_id for move in queued})
    for move in queued:
        standing, estimate = move.standing, estimates.get(move.standing.pk)
        before = said.get(standing.exchange_id, [])
        if estimate is None or (before and not estimate.is_much_worse_than(before[-1])):
            continue
        yield Notice(
            conversation_id=standing.pk,
            text=_position_text(standing, estimate, is_first=not before),
            cause=WAITING,
            details={"position": estimate.position, "minutes": estimate.minutes},
            key=uuid5(_NAMESPACE, f"{WAITING}/{standing.exchange_id}/{len(before)}"),
        )


def _position_text(standing: Standing, estimate: _Estimate, *, is_first: bool) -> str:
    names = {"position": estimate.position, "minutes": estimate.minutes}
    with translation.override(standing.locale):
        if estimate.minutes is None:
            return (
                _("You are number %(position)d in our queue. We will answer as soon as we can.") % names
                if is_first
                else _("It takes longer than we said: you are number %(position)d in our queue now.") % names
            )
        return (
            _("You are number %(position)d in our queue. It will take about %(minutes)d minutes.") % names
            if is_first
            else _("It takes longer than we said: about %(minutes)d minutes from now (number %(position)d).") % names
        )


def _estimates(now: dt.datetime, queued: Sequence[Move]) -> dict[int, _Estimate]:
    """By conversation: its place in the queue, and how long it takes at the pace of the team's answers in the last hour."""
    place_of = {move.standing.pk: move.place for move in queued}
    places = set(place_of.values())
    answers = _answers(now, places)
    return {
        pk: _Estimate.at_pace(position, answers.get(place_number(place_of[pk]), 0))
        for pk, position in positions_at(places, place_of).items()
    }


def _answers(now: dt.datetime, places: Collection[Place]) -> dict[int, int]:
    """How many customers were answered for the first time within the last hour, by ``place_number``."""
    stores = [place.store_id for place in places if place.store_id]
    departments = [place.department_id for place in places if place.department_id]
    return dict((place, count) for place, count in bulk.execute(_ANSWERS, [now, now, stores, departments]))  # noqa: C402


def _said(exchange_ids: Collection[int]) -> dict[int, list[Mapping[str, object]]]:
    """What was said of it in these exchanges, oldest first."""
    said: dict[int, list[Mapping[str, object]]] = {}
    rows = Message.objects.filter(
        exchange__in=exchange_ids, direction=Message.Direction.OUTBOUND, details__automatic=WAITING
    )
    for exchange_id, details in rows.order_by("occurred_at", "pk").values_list("exchange", "details"):
        said.setdefault(exchange_id, []).append(details)
    return said


_ANSWERS = """
SELECT coalesce(c.store_id, -c.department_id), count(*)
FROM conversations_conversation c
JOIN conversations_exchange e ON e.conversation_id = c.id AND e.number = c.exchange_number
WHERE c.last_message_at > %s - interval '1 hour' AND e.first_reply_at > %s - interval '1 hour'
  AND (c.store_id = ANY (%b::bigint[]) OR c.department_id = ANY (%b::bigint[]))
GROUP BY 1
"""
