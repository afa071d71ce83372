"""From a tap to its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from madoguchi.bindings.links import person_page_url
from madoguchi.bindings.models import Binding
from madoguchi.channels.languages import language_of
from madoguchi.conversations.actions.choose_brand import choose_brand
from madoguchi.conversations.actions.notify import Button
from madoguchi.conversations.models import Conversation
from madoguchi.duty.schedule import Place, Schedule
from madoguchi.menus.answers import visits
from madoguchi.menus.answers.said import Asked, Said, asking, say, ways_on
from madoguchi.menus.answers.visits import STORES
from madoguchi.menus.models import Action, Cell
from madoguchi.menus.pages import TAP
from madoguchi.organization.coordinates import Coordinates
from madoguchi.organization.models import Brand

TALK = "talk/"


def answer(*, contact_id: int, data: str, event_id: int) -> None:
    """Of a postback of ours. The same event again is answered once."""
    asked = Asked.by(contact_id)
    if asked is None:
        return
    with translation.override(language_of(asked.contact)):
        if data.startswith(TALK):
            said = _talk_about(asked, data.removeprefix(TALK))
        elif data.startswith(STORES):
            said = visits.in_region(asked, data.removeprefix(STORES))
        else:
            said = _of_cell(asked, data)
        say(asked, said, event_id)


def answer_place(*, contact_id: int, at: Coordinates | None, address: str, event_id: int) -> None:
    """Of a place the customer sent when asked where to look for a store."""
    asked = Asked.by(contact_id)
    if asked is None:
        return
    with translation.override(language_of(asked.contact)):
        say(asked, visits.near(asked, at, address), event_id)


def _of_cell(asked: Asked, data: str) -> list[Said]:
    key, _mark, place = data.removeprefix(TAP).partition("?")
    cell = _cell(asked, key, place.partition(".")[0])
    if cell is None:
        return [Said(_("This button is no longer in use. Write here what you need, and we help you."))]
    if cell.action == Action.TALK_TO_US and cell.brand is not None:
        return _talk_about(asked, cell.brand.code)
    answers: dict[str, Callable[[Asked], list[Said]]] = {
        Action.MY_SALESPERSON: _salesperson,
        Action.NEAREST_STORE: visits.everywhere,
        Action.TALK_TO_US: _brands,
        Action.MY_CASES: _cases,
        Action.MY_DEVICES: _devices,
        Action.MEMBER_CARD: _card,
        Action.REPAIR_REQUEST: _repair,
    }
    found = answers.get(cell.action)
    return found(asked) if found else []


def _cell(asked: Asked, key: str, variant_code: str) -> Cell | None:
    """As published last; the same key may do something else in another variant."""
    version = "tab__variant__version"
    published = Q(**{f"{version}__menu__account": asked.contact.account, f"{version}__published_at__isnull": False})
    rows = (
        Cell.objects.filter(published, key=key).select_related("brand").order_by(f"-{version}__number", "tab__position")
    )
    return rows.filter(tab__variant__code=variant_code).first() or rows.first()


# -- who looks after me ------------------------------------------------------------------------------------------


def _salesperson(asked: Asked) -> list[Said]:
    binding = asked.binding
    if binding is None:
        words = _(
            "Nobody looks after you personally yet. In every store you can scan a salesperson's QR code; from then on that"
            " person answers you here."
        )
        return [Said(words, ways_on(asked, Action.NEAREST_STORE))]
    change = Button(_("See, change or end this"), url=person_page_url(asked.conversation.member, asked.contact))
    place = binding.store or binding.department
    if binding.staff is None:
        words = _("The team of {place} looks after you. Write here, and they answer.").format(place=place)
    elif _is_on_duty(binding, asked.now):
        words = _("{person} of {place} looks after you. Write here, and {person} answers.").format(
            person=binding.staff.display_name, place=place
        )
    else:
        words = _(
            "{person} of {place} looks after you, but is away at the moment. Write here: until {person} is back, a"
            " colleague answers."
        ).format(person=binding.staff.display_name, place=place)
    return [Said(words, (change,))]


def _is_on_duty(binding: Binding, now: dt.datetime) -> bool:
    assert binding.staff_id is not None
    place = Place(binding.store_id, binding.department_id)
    return Schedule.load(now, staff_ids=[binding.staff_id], places=[place]).is_on_duty(binding.staff_id, place)


# -- talking -----------------------------------------------------------------------------------------------------


def _brands(asked: Asked) -> list[Said]:
    """One brand is no choice."""
    here = Brand.objects.filter(is_active=True, presences__store__market=asked.contact.account.market_id)
    found = list(here.distinct().order_by("name"))
    if len(found) <= 1:
        return _talk_about(asked, found[0].code if found else "")
    buttons = [Button(brand.name, data=f"{TALK}{brand.code}") for brand in found]
    return asking(_("Which brand is it about?"), buttons)


def _talk_about(asked: Asked, code: str) -> list[Said]:
    brand = Brand.objects.filter(code=code, is_active=True).first()
    if brand is None:
        return [Said(_("Write here what it is about, and we answer."))]
    chosen = choose_brand(conversation_id=asked.conversation.pk, brand=brand)
    if not chosen:
        words = _("You are talking with us already. Write here that it is about {brand}.").format(brand=brand.name)
        return [Said(words)]
    return [
        Said(_("You are talking with {brand}. What can we do for you?").format(brand=brand.name), brand_id=brand.pk)
    ]


# -- what exists today -------------------------------------------------------------------------------------------


def _cases(asked: Asked) -> list[Said]:
    conversation = asked.conversation
    if conversation.state == Conversation.State.CLOSED:
        words = _("Nothing of yours is open with us. Write here if there is something we should look into.")
        return [Said(words, ways_on(asked, Action.REPAIR_REQUEST))]
    zone = ZoneInfo(asked.contact.account.market.time_zone)
    since = formats.date_format(timezone.localtime(conversation.opened_at, zone), "SHORT_DATE_FORMAT")
    if conversation.holder is not None:
        words = _("Your request of {date} is open; {person} takes care of it. Write here to add something.").format(
            date=since, person=conversation.holder.display_name
        )
    else:
        words = _("Your request of {date} is open and waits for an answer. Write here to add something.").format(
            date=since
        )
    return [Said(words)]


def _devices(asked: Asked) -> list[Said]:
    words = _(
        "Which device is it about? Send a photo of the plate with model and serial number, and somebody looks it up for you."
    )
    return [Said(words, ways_on(asked, Action.REPAIR_REQUEST))]


def _card(asked: Asked) -> list[Said]:
    words = _("Your member number is {number}. Show it at the till, or say it when you call.").format(
        number=asked.conversation.member.number
    )
    return [Said(words)]


def _repair(asked: Asked) -> list[Said]:  # noqa: ARG001  # one of many, all called alike
    words = _(
        "We are sorry that something does not work. Write what happens, and send a photo of the device and of the plate with"
        " model and serial number. Somebody answers you here."
    )
    return [Said(words)]
