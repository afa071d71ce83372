from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.alerts.subjects import Subject
from madoguchi.conversations import access
from madoguchi.conversations.actions.add_note import attach_note
from madoguchi.conversations.alerting import alert_about
from madoguchi.conversations.capacity import refuse_beyond_capacity
from madoguchi.conversations.errors import AlreadyClosed, AlreadyThere, CannotAnswerThere, OneTarget, PlaceClosed
from madoguchi.conversations.journal import Ownership, place_name, record_handover, refuse_if_moved, write_line
from madoguchi.conversations.models import Conversation, Handover
from madoguchi.conversations.system import SystemEvent
from madoguchi.organization.models import Department, Staff, Store
from madoguchi.organization.permissions import Permission


@transaction.atomic
def hand_over(
    *,
    conversation_id: int,
    staff: Staff,
    to_staff: Staff | None = None,
    to_store: Store | None = None,
    to_department: Department | None = None,
    note: str = "",
    expected: Ownership | None = None,
) -> Conversation:
    """Give the conversation to exactly one person, store or department of the company, with a note for them.

    To a store or department: it stands in their queue and nobody holds it. To a person: it stays where it is when they
    can answer there; otherwise it moves to one of their own places (a store before a department); when none of these
    fits the brand it is refused. Whoever gets what was put aside finds it open.

    ``expected`` is what the person saw; of two at once the second gets MovedMeanwhile. Also raises NotFound,
    NotAllowed, HeldByOther, AlreadyClosed, OneTarget, AlreadyThere, PlaceClosed, CannotAnswerThere, AtCapacity.
    """
    conversation = access.lock(conversation_id, staff)
    access.require_at(conversation, staff, Permission.CONVERSATION_HAND_OVER)
    if conversation.state == Conversation.State.CLOSED:
        raise AlreadyClosed
    refuse_if_moved(conversation, expected)
    access.require_free(conversation, staff)
    if sum(target is not None for target in (to_staff, to_store, to_department)) != 1:
        raise OneTarget

    before, topics, now = Ownership.of(conversation), conversation.topics, timezone.now()
    if to_store is not None:
        if to_store.closed_on is not None and to_store.closed_on <= timezone.localdate():
            raise PlaceClosed
        conversation.store, conversation.department, conversation.holder = to_store, None, None
    elif to_department is not None:
        conversation.store, conversation.department, conversation.holder = None, to_department, None
    elif to_staff is not None:
        _move_to_person(conversation, to_staff)
    if Ownership.of(conversation) == before:
        raise AlreadyThere
    if to_staff is not None and to_staff.pk != before.holder_id and to_staff != staff:
        refuse_beyond_capacity(to_staff)
    conversation.wake()
    conversation.ask_router(now)
    conversation.changed_at = now
    conversation.save()
    record_handover(conversation, Handover.Kind.HANDED_OVER, before=before, by=staff, at=now, note=note.strip())
    write_line(conversation, SystemEvent.HANDED_OVER, at=now, by=staff, to=_target_name(conversation, before))
    attach_note(conversation, staff, note, at=now)
    if to_staff is not None:
        alert_about(conversation, Subject.ASSIGNED, {to_staff.pk} - {staff.pk})
    live.publish(topics | conversation.topics)
    return conversation


def _move_to_person(conversation: Conversation, to: Staff) -> None:
    conversation.holder = to
    if access.is_allowed_at(conversation, to, Permission.CONVERSATION_REPLY):
        return
    reach = to.reach(Permission.CONVERSATION_REPLY)
    for store_id in sorted(reach.store_ids):
        if reach.covers(store_id=store_id, brand_id=conversation.brand_id):
            conversation.store_id, conversation.department_id = store_id, None
            return
    for department_id in sorted(reach.department_ids):
        if reach.covers(department_id=department_id, brand_id=conversation.brand_id):
            conversation.store_id, conversation.department_id = None, department_id
            return
    raise CannotAnswerThere(to)


def _target_name(conversation: Conversation, before: Ownership) -> str:
    """The person, and the place too when that changed."""
    if conversation.holder is None:
        return place_name(conversation)
    if (conversation.store_id, conversation.department_id) == (before.store_id, before.department_id):
        return conversation.holder.display_name
    return f"{conversation.holder.display_name} · {place_name(conversation)}"
