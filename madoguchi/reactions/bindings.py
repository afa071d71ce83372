"""A binding began or ended: staff read it in the thread, and the thread goes where the customer is looked after."""

from __future__ import annotations

from django.utils import translation

from madoguchi import live
from madoguchi.alerts.subjects import Subject
from madoguchi.bindings import answers
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, Way
from madoguchi.bindings.queries import current
from madoguchi.conversations.actions.move_closed import move_closed
from madoguchi.conversations.actions.notify import Notice, notify
from madoguchi.conversations.actions.tell import Line, tell
from madoguchi.conversations.alerting import alert_about
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.system import SystemEvent
from madoguchi.reactions.threads import conversation_of, key, msgid, voice_of


def show_start(*, binding_id: int) -> None:
    binding = _read(binding_id)
    live.publish(_topics(binding))
    if conversation := conversation_of(binding):
        if _is_about(binding, conversation):
            move_closed(conversation_id=conversation.pk, store_id=binding.store_id, department_id=binding.department_id)
        _write(conversation, SystemEvent.BOUND, binding, msgid(Way(binding.way).label))
        if binding.staff_id and binding.ended_at is None and binding.by_id != binding.staff_id:
            alert_about(conversation, Subject.BOUND, [binding.staff_id])


def show_end(*, binding_id: int) -> None:
    binding = _read(binding_id)
    live.publish(_topics(binding))
    if conversation := conversation_of(binding):
        _write(conversation, SystemEvent.BINDING_ENDED, binding, msgid(Binding.End(binding.end).label))
        if binding.end == Binding.End.STORE_CLOSED and conversation.store_id == binding.store_id:
            _leave_closed_store(conversation)


def tell_entered(*, binding_id: int) -> None:
    """Bound by hand: the customer has not done anything, and reads it. Unless it has ended meanwhile."""
    binding = _read(binding_id)
    conversation = conversation_of(binding)
    if conversation is None or binding.ended_at is not None:
        return
    with translation.override(answers.language_for(binding)):
        words = answers.entered(binding)
    notify(
        [
            Notice(
                conversation_id=conversation.pk,
                text=words,
                cause="offer",
                brand_id=voice_of(binding),
                key=key("entered", binding.pk),
            )
        ]
    )


def bring_home(*, conversation_id: int) -> None:
    """What was answered elsewhere goes back to whoever looks after the customer: they see it, and may write first."""
    conversation = Conversation.objects.get(pk=conversation_id)
    binding = current(conversation.member_id, conversation.brand_id)
    if binding is not None:
        move_closed(conversation_id=conversation.pk, store_id=binding.store_id, department_id=binding.department_id)


def _leave_closed_store(conversation: Conversation) -> None:
    """To whoever looks after the customer now, else to whoever answers for the account."""
    binding = current(conversation.member_id, conversation.brand_id)
    place = Target.of(binding) if binding else None
    move_closed(
        conversation_id=conversation.pk,
        store_id=place.store_id if place else None,
        department_id=place.department_id if place else conversation.contact.account.default_department_id,
    )


def _read(binding_id: int) -> Binding:
    return Binding.objects.select_related("staff", "store", "department", "by", "ended_by").get(pk=binding_id)


def _is_about(binding: Binding, conversation: Conversation) -> bool:
    """A thread about another brand belongs to whoever looks after that one. It may also have ended meanwhile."""
    if binding.ended_at is not None:
        return False
    return binding.is_for_all_brands or conversation.brand_id is None or conversation.brand_id in binding.brand_ids


def _write(conversation: Conversation, event: SystemEvent, binding: Binding, what: str) -> None:
    by = binding.ended_by if event == SystemEvent.BINDING_ENDED else binding.by
    names = {"to": binding.staff.display_name if binding.staff else answers.place_name(binding), "what": what}
    tell([Line(conversation_id=conversation.pk, event=event, key=key(event.value, binding.pk), by=by, names=names)])


def _topics(binding: Binding) -> set[str]:
    """The person's list of customers, and the store's."""
    topics = {f"staff-{binding.staff_id}"} if binding.staff_id else set()
    return topics | ({f"queue-store-{binding.store_id}"} if binding.store_id else set())
