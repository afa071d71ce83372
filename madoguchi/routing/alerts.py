"""Telling people about what the router did with their conversations: on their screens, and on their phones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from madoguchi import live
from madoguchi.alerts.actions import reachable
from madoguchi.alerts.subjects import Subject
from madoguchi.conversations.alerting import alert_about
from madoguchi.conversations.models import Conversation


@dataclass(frozen=True, slots=True)
class Told:
    staff_id: int
    conversation_id: int
    subject: Subject


def tell(told: Iterable[Told]) -> None:
    """Once the running transaction has committed. One statement for those who have no phone of ours in their pocket."""
    told = list(told)
    if not told:
        return
    live.publish({f"staff-{each.staff_id}" for each in told})
    with_phone = reachable({each.staff_id for each in told})
    to_phones = [each for each in told if each.staff_id in with_phone]
    if not to_phones:
        return
    rows = Conversation.objects.select_related("member").in_bulk([each.conversation_id for each in to_phones])
    for each in to_phones:
        alert_about(rows[each.conversation_id], each.subject, [each.staff_id])
