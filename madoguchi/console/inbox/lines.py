"""The quiet lines of a thread, said in the reader's language when they are shown."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from django.utils.translation import gettext as _

from madoguchi.console.base import words
from madoguchi.conversations.models import Exchange, Message
from madoguchi.conversations.system import SENTENCES, SystemEvent
from madoguchi.routing import reasons
from madoguchi.routing.models import Cover, Decision

DECISIONS = frozenset(
    {
        SystemEvent.COVERED,
        SystemEvent.RETURNED,
        SystemEvent.RETURNED_UNANSWERED,
        SystemEvent.ROUTED,
        SystemEvent.WITHDRAWN,
    }
)
"""What the router did: each stands for one row of ``routing.Decision`` of the same moment."""


def system_line(message: Message) -> str:
    """The sentence with its names. Events we do not know (written by a newer version) show their own word."""
    details = {key: str(value) for key, value in message.details.items()}
    try:
        event = SystemEvent(details.get("event", ""))
    except ValueError:
        return message.text or details.get("event", "")
    if event is SystemEvent.ROUTED and details.get("outcome") in Decision.Outcome.values:
        return _routed(details)
    names = defaultdict(str, {"by": _("Somebody"), "what": message.text, **details})
    if what := names["what"]:
        names["what"] = _(what)
    if names["outcome"] in Exchange.Outcome.values:
        names["outcome"] = str(Exchange.Outcome(names["outcome"]).label)
    if names["cover"] in Cover.Reason.values:
        names["cover"] = str(Cover.Reason(names["cover"]).label)
    if names["until"]:
        names["until"] = words.whole_moment(dt.datetime.fromisoformat(names["until"]))
    return str(SENTENCES[event]) % names


def _routed(details: Mapping[str, str]) -> str:
    return reasons.of_line(
        Decision.Choice(details["choice"]),
        Decision.Reason(details["reason"]),
        person=details.get("person", ""),
        place=details.get("place", ""),
        rule=details.get("rule", ""),
    )
