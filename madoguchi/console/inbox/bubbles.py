"""Messages as bubbles: what a thread's template needs, and nothing it would have to work out.

Who stands together (``group``) is decided here once, as a word that two neighbours share; the page compares these words
again after bubbles have come late, so that a thread looks the same live as when it is opened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from madoguchi.channels.models import OutboundMessage
from madoguchi.console.base import words
from madoguchi.console.inbox.lines import DECISIONS, system_line
from madoguchi.conversations.models import Message
from madoguchi.conversations.queries import ThreadPage

_SIDES = {
    Message.Direction.INBOUND: "in",
    Message.Direction.OUTBOUND: "out",
    Message.Direction.NOTE: "note",
    Message.Direction.SYSTEM: "system",
}
KIND_WORDS = dict(Message.Kind.choices)
CAUSES = {
    "away": _lazy("out of hours"),
    "code": _lazy("about a code"),
    "menu": _lazy("answer to a tap in the menu"),
    "offer": _lazy("about who looks after them"),
    "waiting": _lazy("waiting time"),
}
"""Why the system said something by itself (``conversations.actions.notify``)."""


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

    @property
    def look(self) -> str:
        return {"bad": "refused", "clock": "waiting-out"}.get(self.tone or self.icon, "")


@dataclass(frozen=True, slots=True)
class Bubble:
    """Worked out once: a thread renders fifty of these, and templates are slow at asking."""

    message: Message
    dom_id: str
    side: str
    classes: str
    """Among them ``joined``: same group as the bubble before, and ``joined-next``: as the one after."""
    group: str
    order: str
    time: str
    iso: str
    template: str
    author: str
    delivery: Delivery | None
    quoted: Quoted | None
    line: str
    """The sentence of a system line; '' for everything else."""
    cause: str = ""
    """Why the system said this by itself; '' for what people say."""
    buttons: tuple[str, ...] = ()
    """What the customer can tap below it."""

    @property
    def is_decision(self) -> bool:
        """A line of the router, who can say why."""
        return self.side == "system" and self.message.details.get("event") in DECISIONS

    @property
    def mentioned(self) -> list[str]:
        """Only notes mention, and only their mentions are loaded."""
        if self.side != "note":
            return []
        return [mention.staff.display_name for mention in self.message.mentions.all()]


def bubbles(page: ThreadPage, customer: str) -> list[DayLine | Bubble]:
    """Oldest first, with a line before the first bubble of each day."""
    groups = ["", *(_group(message) for message in page.messages), ""]
    neighbours = zip(page.messages, groups, groups[1:], groups[2:], strict=False)
    return list(_with_days(_bubble(*each, page.quoted, customer) for each in neighbours))


def _group(message: Message) -> str:
    minute = timezone.localtime(message.occurred_at).strftime("%Y-%m-%d %H:%M")
    return f"{minute} {message.direction} {message.author_id or ''} {message.brand_id or ''}"


def _bubble(
    message: Message, before: str, group: str, after: str, quoted: Mapping[str, Message], customer: str
) -> Bubble:
    side = _SIDES[Message.Direction(message.direction)]
    delivery = _delivery(message.outbound) if message.outbound else None
    classes = [side, "joined" * (group == before), "joined-next" * (group == after), delivery.look if delivery else ""]
    return Bubble(
        message=message,
        dom_id=f"m{message.pk}",
        side=side,
        classes=" ".join(filter(None, classes)),
        group=group,
        order=_order(message.occurred_at, message.pk),
        time=words.clock(message.occurred_at),
        iso=message.occurred_at.isoformat(),
        template=f"console/inbox/bubbles/_{'taken_back' if message.unsent_at else message.kind}.html",
        author=message.author.display_name if message.author else "",
        delivery=delivery,
        quoted=_quoted(message, quoted, customer),
        line=system_line(message) if side == "system" else "",
        cause=_cause(message),
        buttons=tuple(str(label) for label in message.details.get("buttons", ())) if side == "out" else (),
    )


def _cause(message: Message) -> str:
    """Causes that we do not know (of a newer version) are automatic all the same."""
    said = message.details.get("automatic", "") if message.direction == Message.Direction.OUTBOUND else ""
    return f"{_('Automatic')} · {CAUSES[said]}" if said in CAUSES else (_("Automatic") if said else "")


def _with_days(rows: Iterable[Bubble]) -> Iterator[DayLine | Bubble]:
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
