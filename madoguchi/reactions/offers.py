"""A customer used a code by chat, or is asked about a change: the answers in the brand's voice and their own language."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils import translation

from madoguchi.bindings import answers
from madoguchi.bindings.models import Offer, Scan
from madoguchi.channels.languages import language_of
from madoguchi.channels.models import Contact
from madoguchi.conversations.actions.notify import Button, Notice, notify
from madoguchi.conversations.actions.tell import Line, tell
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.system import SystemEvent
from madoguchi.reactions.threads import conversation_of, key, msgid, voice_of

_LATER = dt.timedelta(minutes=1)
"""Sooner it is the same question still on the screen: twice in a second is asked once."""


def answer_scan(*, scan_id: int) -> None:
    """What became of a code that came by chat. A question about changing is asked by its offer, and repeated for whoever
    comes back to it later.

    What only looks like a code is left to whoever is talking with the customer: it may be a serial number they asked for.
    """
    scan = Scan.objects.select_related("contact__account__market", "binding__staff", "binding__store").get(pk=scan_id)
    conversation = Conversation.objects.filter(contact=scan.contact_id).first()
    if conversation is None:
        return
    if scan.outcome == Scan.Outcome.ASKED:
        asked_before = Offer.objects.filter(
            binding=scan.binding_id, state=Offer.State.OPEN, told_at__lt=scan.at - _LATER
        )
        if offer := asked_before.first():
            _ask(conversation, _read(offer.pk), key("scan", scan.pk))
        return
    is_talking = conversation.holder_id is not None and conversation.state == Conversation.State.OPEN
    if scan.outcome in (Scan.Outcome.UNKNOWN, Scan.Outcome.TOO_MANY) and is_talking:
        return
    notice = Notice(
        conversation_id=conversation.pk,
        text=answers.sentence(scan),
        cause="code",
        brand_id=voice_of(scan.binding) if scan.binding else None,
        key=key("scan", scan.pk),
    )
    notify([notice])


def show_offer(*, offer_id: int) -> None:
    """Unless it was answered meanwhile."""
    offer = _read(offer_id)
    conversation = conversation_of(offer.binding)
    if conversation is None or offer.state != Offer.State.OPEN:
        return
    _ask(conversation, offer, key("notice_offer_told", offer.pk))
    _write(conversation, SystemEvent.OFFER_TOLD, offer, msgid(Offer.Cause(offer.cause).label))


def show_settlement(*, offer_id: int) -> None:
    """Who was told, and answered, is answered; the thread shows it, but for what was withdrawn before anybody knew."""
    offer = _read(offer_id)
    conversation = conversation_of(offer.binding)
    if conversation is None or (offer.told_at is None and offer.state == Offer.State.WITHDRAWN):
        return
    if offer.told_at is not None:
        with translation.override(language_of(_contact(conversation))):
            words = answers.outcome(offer)
        if words:
            _say(conversation, offer, words, key("notice_offer_settled", offer.pk))
    _write(conversation, SystemEvent.OFFER_SETTLED, offer, msgid(Offer.State(offer.state).label))


def answer_late_tap(*, contact_id: int, event_id: int) -> None:
    """On buttons that no longer count, or that were somebody else's."""
    conversation = Conversation.objects.filter(contact=contact_id).first()
    if conversation is None:
        return
    with translation.override(language_of(_contact(conversation))):
        words = answers.stale()
    notify([Notice(conversation_id=conversation.pk, text=words, cause="offer", key=key("late_tap", event_id))])


def answer_group(*, contact_id: int, day: int) -> None:
    """Somebody has sent a code to a group; said once a day to them alone, where we have a chat of our own."""
    conversation = Conversation.objects.filter(contact=contact_id).first()
    if conversation is None:
        return
    with translation.override(language_of(_contact(conversation))):
        words = answers.sent_to_group()
    notify([Notice(conversation_id=conversation.pk, text=words, cause="code", key=key(f"group/{day}", contact_id))])


def _read(offer_id: int) -> Offer:
    places = ("binding__store__market", "binding__department__market", "to_store", "to_department")
    results = ("result__staff", "result__store", "result__department", "departure__staff")
    people = ("binding__staff", "binding__member", "binding__account__market", "to_staff")
    return Offer.objects.select_related(*places, *results, *people).get(pk=offer_id)


def _contact(conversation: Conversation) -> Contact:
    return Contact.objects.select_related("account__market").get(pk=conversation.contact_id)


def _ask(conversation: Conversation, offer: Offer, notice_key: UUID) -> None:
    contact = _contact(conversation)
    with translation.override(language_of(contact)):
        words, choices = answers.announcement(offer, contact)
    buttons = tuple(Button(choice.label, choice.data, choice.url, choice.is_primary) for choice in choices)
    _say(conversation, offer, words, notice_key, buttons)


def _say(
    conversation: Conversation, offer: Offer, words: str, notice_key: UUID, buttons: tuple[Button, ...] = ()
) -> None:
    notice = Notice(
        conversation_id=conversation.pk,
        text=words,
        cause="offer",
        buttons=buttons,
        brand_id=voice_of(offer.binding),
        key=notice_key,
    )
    notify([notice])


def _write(conversation: Conversation, event: SystemEvent, offer: Offer, what: str) -> None:
    place = offer.to_store or offer.to_department
    to = offer.to_staff.display_name if offer.to_staff else place.name if place else ""
    names = {"to": to, "what": what}
    tell([Line(conversation_id=conversation.pk, event=event, key=key(event.value, offer.pk), names=names)])
