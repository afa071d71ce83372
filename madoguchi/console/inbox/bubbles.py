"""Messages as bubbles: what a thread's template needs, and nothing it would have to work out.

Who stands together (``group``) is decided here once, as a word that two neighbours share; the page compares these words
again after bubbles have come late, so that a thread looks the same live as when it is opened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.channels.models import Media, OutboundMessage
from madoguchi.console.base import words
from madoguchi.console.inbox.lines import system_line
from madoguchi.conversations.models import Message
from madoguchi.conversations.queries import ThreadPage

_SIDES = {
    Message.Direction.INBOUND: "in",
    Message.Direction.OUTBOUND: "out",
    Message.Direction.NOTE: "note",
    Message.Direction.SYSTEM: "system",
}
KIND_WORDS = dict(Message.Kind.choices)


@dataclass(frozen=True, slots=True)
class DayLine:
    """Between two days. Its id and order make it stand once, whoever brings it."""

    on: dt.date
    order: str

    @property
    def dom_id(self) -> str:
        return f"day-{self.on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Quoted:
    name: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an outgoing bubble, in words. ``tone``: '', 'warn' or 'bad'."""

    words: str
    tone: str
    icon: str
    detail: str = ""
    may_send_again: bool = False
    may_give_up: bool = False


@dataclass(frozen=True, slots=True)
class Bubble:
    message: Message
    side: str
    group: str
    order: str
    delivery: Delivery | None
    quoted: Quoted | None
    line: str
    """The sentence of a system line; '' for everything else."""
    joined: bool = False
    """Same group as the bubble before."""
    joined_next: bool = False

    @property
    def dom_id(self) -> str:
        return f"m{self.message.pk}"

    @property
    def template(self) -> str:
        if self.message.unsent_at is not None:
            return "console/inbox/bubbles/_taken_back.html"
        return f"console/inbox/bubbles/_{self.message.kind}.html"

    @property
    def media(self) -> Media | None:
        return self.message.media

    @property
    def author_name(self) -> str:
        return self.message.author.display_name if self.message.author else ""

    @property
    def mentioned(self) -> list[str]:
        if self.message.direction != Message.Direction.NOTE:
            return []
        return [mention.staff.display_name for mention in self.message.mentions.all()]


def bubbles(page: ThreadPage, customer: str) -> list[DayLine | Bubble]:
    """Oldest first, with a line before the first bubble of each day."""
    rows = [_bubble(message, page.quoted, customer) for message in page.messages]
    return list(_with_days(_joined(rows)))


def _bubble(message: Message, quoted: Mapping[str, Message], customer: str) -> Bubble:
    minute = timezone.localtime(message.occurred_at).strftime("%Y-%m-%d %H:%M")
    side = _SIDES[Message.Direction(message.direction)]
    return Bubble(
        message=message,
        side=side,
        group=f"{minute} {side} {message.author_id or ''} {message.brand_id or ''}",
        order=_order(message.occurred_at, message.pk),
        delivery=_delivery(message.outbound) if message.outbound else None,
        quoted=_quoted(message, quoted, customer),
        line=system_line(message) if side == "system" else "",
    )


def _joined(rows: Sequence[Bubble]) -> Iterator[Bubble]:
    groups = ["", *(row.group for row in rows), ""]
    for row, before, after in zip(rows, groups, groups[2:], strict=False):
        yield Bubble(
            row.message, row.side, row.group, row.order, row.delivery, row.quoted, row.line,
            joined=row.group == before, joined_next=row.group == after,
        )  # fmt: skip


def _with_days(rows: Iterator[Bubble]) -> Iterator[DayLine | Bubble]:
    shown: dt.date | None = None
    for row in rows:
        local = timezone.localtime(row.message.occurred_at)
        if local.date() != shown:
            shown = local.date()
            yield DayLine(shown, _order(local.replace(hour=0, minute=0, second=0, microsecond=0), 0))
        yield row


def _order(at: dt.datetime, pk: int) -> str:
    """Compares as text in the order of (time, id)."""
    return f"{int(at.timestamp() * 1_000_000):017d}-{pk:012d}"


def _quoted(message: Message, quoted: Mapping[str, Message], customer: str) -> Quoted | None:
    if not message.quoted_provider_message_id:
        return None
    original = quoted.get(message.quoted_provider_message_id)
    if original is None:
        return Quoted("", _("A message we do not have"), "")
    if original.unsent_at is not None:
        text = _("Taken back")
    else:
        text = original.text or f"[{KIND_WORDS.get(original.kind, original.kind)}]"
    return Quoted(original.author.display_name if original.author else customer, text, f"m{original.pk}")


def _delivery(outbound: OutboundMessage) -> Delivery:
    state, route = OutboundMessage.State(outbound.state), outbound.route
    again = outbound.attempts > 0
    if state in (OutboundMessage.State.QUEUED, OutboundMessage.State.SENDING):
        if again and state is OutboundMessage.State.QUEUED:
            return Delivery(_("LINE is not answering; trying again"), "warn", "clock", may_give_up=True)
        return Delivery(_("On its way to LINE"), "", "clock")
    if state == OutboundMessage.State.ACCEPTED:
        how = _("free reply") if route == OutboundMessage.Route.REPLY else _("push, counts")
        return Delivery(_("Accepted by LINE · %(how)s") % {"how": how}, "", "check")
    if state == OutboundMessage.State.REFUSED:
        reason = str(OutboundMessage.Refusal(outbound.refusal).label) or _("LINE did not accept it")
        return Delivery(
            _("Not sent: %(reason)s") % {"reason": reason},
            "bad",
            "circle-alert",
            detail=outbound.refusal_detail,
            may_send_again=True,
        )
    if state == OutboundMessage.State.UNKNOWN:
        text = _("LINE did not answer: it may have arrived or not. Ask before you send it again.")
        return Delivery(text, "warn", "circle-question-mark", may_send_again=True)
    return Delivery(_("Not sent: given up"), "", "x")


def when(message: Message) -> str:
    return words.clock(message.occurred_at)
