"""The comparison at the end of a round: the sandbox knows what was written and what arrived, we know what we show."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import astuple, dataclass

from madoguchi.bench.faults.installation import Installation
from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations.models import Message


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts over one round, or over several: they add up."""

    written: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    answered: int = 0
    unsent: int = 0
    repeated: int = 0
    out_of_order: int = 0
    unknown: int = 0

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @property
    def is_clean(self) -> bool:
        return not any((self.lost, self.doubled, self.disordered, self.unsent, self.repeated, self.out_of_order))


def judge(here: Installation) -> Verdict:
    verdict = Verdict()
    accepted = _accepted_by_person(here)
    for person, user_id in here.people.items():
        verdict += _of_customer(here, person, user_id) + _of_staff(here, user_id, accepted[person])
    return verdict


def _of_customer(here: Installation, person: str, user_id: str) -> Verdict:
    """What the phone says it sent in this round, against the thread in the order in which we show it."""
    chat = here.ask("GET", f"/sandbox/people/{person}/channels/{here.channel}/chat?limit=500")
    written = [m["id"] for m in chat["messages"] if m["direction"] == "in" and _is_of(here, m.get("text", ""))]
    shown = list(
        Message.objects.filter(
            conversation__contact__external_id=user_id, direction="inbound", text__startswith=f"r{here.round} "
        )
        .order_by("occurred_at", "pk")
        .values_list("provider_message_id", flat=True)
    )
    once = list(dict.fromkeys(shown))
    return Verdict(
        written=len(written),
        lost=len(set(written) - set(shown)),
        doubled=len(shown) - len(once) + len(set(shown) - set(written)),
        disordered=int([pk for pk in once if pk in written] != [pk for pk in written if pk in once]),
    )


def _of_staff(here: Installation, user_id: str, accepted: list[str]) -> Verdict:
    """What the sandbox accepted for this person, against the answers in the order in which staff sent them."""
    sent = list(
        Message.objects.filter(
            conversation__contact__external_id=user_id, direction="outbound", text__startswith=f"r{here.round} "
        )
        .order_by("pk")
        .values_list("text", "outbound__state", "outbound__route")
    )
    texts = [text for text, _state, _route in sent]
    arrived = list(dict.fromkeys(accepted))
    states = OutboundMessage.State
    claimed = {text for text, state, _route in sent if state == states.ACCEPTED}
    open_or_odd = [text for text, state, route in sent if state != states.ACCEPTED and (state, route) != _LEFT_OPEN]
    return Verdict(
        answered=len(texts),
        unsent=len(claimed - set(accepted)) + len(open_or_odd),
        repeated=sum(count - 1 for count in Counter(accepted).values()) + len(set(accepted) - set(texts)),
        out_of_order=int(arrived != [text for text in texts if text in set(arrived)]),
        unknown=sum((state, route) == _LEFT_OPEN for _text, state, route in sent),
    )


_LEFT_OPEN = (OutboundMessage.State.UNKNOWN, OutboundMessage.Route.REPLY)


def _accepted_by_person(here: Installation) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for bubble in here.ask("GET", f"/sandbox/judge?channel={here.channel}"):
        text = bubble["message"].get("text", "")
        if _is_of(here, text):
            found[bubble["personId"]].append(text)
    return found


def _is_of(here: Installation, text: str) -> bool:
    return text.startswith(f"r{here.round} ")
