"""What answers are made of: who asked, and what is said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi.bindings.models import Binding
from madoguchi.bindings.queries import current
from madoguchi.channels.models import Contact
from madoguchi.conversations.actions.notify import Button, Notice, Section, notify
from madoguchi.conversations.models import Conversation
from madoguchi.menus.models import Action, Cell
from madoguchi.menus.pages import TAP

BUTTONS_MOST = 6
BUBBLES_MOST = 4
CAUSE = "menu"


@dataclass(frozen=True, slots=True)
class Said:
    """One bubble of an answer."""

    text: str
    buttons: tuple[Button, ...] = ()
    sections: tuple[Section, ...] = ()
    brand_id: int | None = None
    asks_for_place: bool = False
    """With a button by which the customer sends where they are; it stands below the last bubble of an answer only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who tapped."""

    contact: Contact
    conversation: Conversation
    now: dt.datetime = field(default_factory=timezone.now)

    @classmethod
    def by(cls, contact_id: int) -> Asked | None:
        """None: there is no thread to answer in."""
        contact = Contact.objects.select_related("account__market", "account__default_brand").get(pk=contact_id)
        rows = Conversation.objects.select_related("member", "brand", "holder")
        conversation = rows.filter(contact=contact).first()
        return cls(contact, conversation) if conversation else None

    @property
    def binding(self) -> Binding | None:
        return current(self.conversation.member_id, self.conversation.brand_id)


def say(asked: Asked, said: list[Said], event_id: int) -> None:
    """Once for each event."""
    notify(
        [
            Notice(
                conversation_id=asked.conversation.pk,
                text=each.text,
                cause=CAUSE,
                buttons=each.buttons,
                sections=each.sections,
                place_label=_("Send my location") if each.asks_for_place else "",
                brand_id=each.brand_id,
                key=uuid5(NAMESPACE_URL, f"menu-tap:{event_id}:{number}"),
            )
            for number, each in enumerate(said)
        ]
    )


def asking(words: str, buttons: list[Button]) -> list[Said]:
    """As many bubbles as the buttons need; the later ones carry on."""
    said = []
    for start in range(0, len(buttons), BUTTONS_MOST):
        text = words if start == 0 else _("More to choose from:")
        said.append(Said(text, tuple(buttons[start : start + BUTTONS_MOST])))
    return said[:BUBBLES_MOST]


def ways_on(asked: Asked, *actions: Action) -> tuple[Button, ...]:
    """Buttons for cells of the menu that lead on from here, as the menu has them; and to talk to us."""
    version = "tab__variant__version"
    rows = Cell.objects.filter(
        **{f"{version}__menu__account": asked.contact.account, f"{version}__published_at__isnull": False},
        action__in=[*actions, Action.TALK_TO_US],
        brand=None,
    ).order_by(f"-{version}__number", "tab__position", "index")
    first = {row.action: row for row in reversed(list(rows))}
    language = translation.get_language() or ""
    found = [first[action] for action in (*actions, Action.TALK_TO_US) if action in first]
    return tuple(
        Button(" ".join(cell.labels.get(language, str(Action(cell.action).label)).split()), data=f"{TAP}{cell.key}")
        for cell in found
    )
