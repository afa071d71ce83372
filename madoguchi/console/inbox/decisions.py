"""Why a conversation is where it is: the router's decision behind a line of the thread, and those before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.routing.choices import cell_names
from madoguchi.conversations import access
from madoguchi.conversations.models import Conversation, Message
from madoguchi.kit.errors import NotFound
from madoguchi.organization.permissions import Permission
from madoguchi.routing import administration, reasons, sentences
from madoguchi.routing.models import Decision

P = Permission
WORDS_OF_MESSAGES = 5
_DIALOG = "console/inbox/dialogs/_decision.html"


@dataclass(frozen=True, slots=True)
class ShownDecision:
    decision: Decision
    move: str
    reason: str

    @classmethod
    def of(cls, decision: Decision) -> ShownDecision:
        place = str(decision.store or decision.department or "")
        outcome, choice = Decision.Outcome(decision.outcome), Decision.Choice(decision.choice)
        return cls(
            decision,
            reasons.of_move(outcome, choice, person=str(decision.holder or ""), place=place),
            reasons.of_reason(Decision.Reason(decision.reason), place=place),
        )


@require_GET
@requires(P.CONVERSATION_READ)
def decision(request: StaffRequest, public_id: str, message_id: int) -> HttpResponseBase:
    """Of the line that the router wrote together with it. A dialog, or a page where there is no script."""
    found = access.find(public_id, request.user)
    line = found.messages.filter(pk=message_id, direction=Message.Direction.SYSTEM).first()
    rows = Decision.objects.filter(conversation=found).select_related("holder", "store", "department")
    at_that_moment = rows.filter(at=line.occurred_at).order_by("-pk").first() if line else None
    if line is None or at_that_moment is None:
        raise NotFound
    earlier = rows.filter(exchange_number=at_that_moment.exchange_number, at__lt=at_that_moment.at)
    context: Mapping[str, Any] = {
        "section": "inbox",
        "conversation": found,
        "dialog": _DIALOG,
        "shown": ShownDecision.of(at_that_moment),
        "rule": _rule(at_that_moment),
        "earlier": [ShownDecision.of(row) for row in earlier.order_by("at", "pk")],
        "trial": _trial(found, line) if request.user.may(P.ROUTING_READ) else "",
    }
    return render(request, _DIALOG if request.htmx else "console/inbox/dialogs/page.html", context)


def _rule(decision: Decision) -> sentences.Sentence | None:
    """As it is written today."""
    rule = administration.rules().filter(pk=decision.rule_id).first() if decision.rule_id else None
    return sentences.sentence(rule, cell_names()) if rule else None


def _trial(found: Conversation, line: Message) -> str:
    """Where the rules can be tried with the words that led there."""
    said = found.messages.filter(direction=Message.Direction.INBOUND, exchange=line.exchange_id).exclude(text="")
    words = said.filter(occurred_at__lte=line.occurred_at).order_by("-occurred_at").values_list("text", flat=True)
    asked: dict[str, str | int] = {
        "text": "\n".join(reversed(words[:WORDS_OF_MESSAGES])),
        "account": found.contact.account_id,
        "brand": found.brand_id or "",
        "member": found.member.public_id,
    }
    return f"{reverse('routing_trial')}?{urlencode(asked)}"
