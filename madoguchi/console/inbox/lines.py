"""The quiet lines of a thread, said in the reader's language when they are shown."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from madoguchi.console.base import words
from madoguchi.conversations.models import Exchange, Message
from madoguchi.conversations.system import SENTENCES, SystemEvent


def system_line(message: Message) -> str:
    """The sentence with its names. Events we do not know (written by a newer version) show their own word."""
    details = {key: str(value) for key, value in message.details.items()}
    try:
        event = SystemEvent(details.get("event", ""))
    except ValueError:
        return message.text or details.get("event", "")
    names = {"by": _("Somebody"), "to": "", "what": message.text, "outcome": "", "until": "", **details}
    if what := names["what"]:
        names["what"] = _(what)
    if names["outcome"] in Exchange.Outcome.values:
        names["outcome"] = str(Exchange.Outcome(names["outcome"]).label)
    if names["until"]:
        names["until"] = words.whole_moment(dt.datetime.fromisoformat(names["until"]))
    return str(SENTENCES[event]) % names
