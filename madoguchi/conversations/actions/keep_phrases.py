"""Quick phrases: everybody keeps their own; who holds ``phrase:edit`` keeps those of a place for everybody there."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from madoguchi.conversations.errors import PhraseIncomplete, ShortcutTaken
from madoguchi.conversations.models import QuickPhrase
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.directory import stores_of
from madoguchi.organization.models import Brand, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Place


class Direction(Enum):
    UP = "up"
    DOWN = "down"


def phrases_of(staff: Staff) -> QuerySet[QuickPhrase]:
    """One's own, and the shared ones that could be offered at one's places."""
    at_hand = Q(owner=None) & (Q(store=None) | Q(store__in=stores_of(staff)))
    return QuickPhrase.objects.filter(Q(owner=staff) | at_hand).select_related("store", "brand").defer("brand__icon")


def may_edit(staff: Staff, phrase: QuickPhrase) -> bool:
    return phrase.owner_id == staff.pk or (phrase.owner_id is None and _keeps(staff, phrase.store, phrase.brand))


@transaction.atomic
def save_phrase(
    *,
    staff: Staff,
    phrase_id: int | None,
    title: str,
    text: str,
    shortcut: str = "",
    locale: str = "",
    brand: Brand | None = None,
    store: Store | None = None,
    is_shared: bool = False,
) -> QuickPhrase:
    """A new one (``phrase_id`` None) stands last. Raises NotFound, NotAllowed, PhraseIncomplete, ShortcutTaken."""
    phrase = QuickPhrase() if phrase_id is None else _lock(staff, phrase_id)
    if is_shared and not _keeps(staff, store, brand):
        raise NotAllowed
    title, text = title.strip(), text.strip()
    if not title or not text:
        raise PhraseIncomplete
    owner = None if is_shared else staff
    if phrase_id is None or phrase.owner_id != (owner and owner.pk):
        last = QuickPhrase.objects.filter(owner=owner).aggregate(last=Max("position"))["last"]
        phrase.position = 0 if last is None else last + 1
    same = QuickPhrase.objects.filter(owner=owner, shortcut=shortcut, brand=brand, store=store, locale=locale)
    if shortcut and same.exclude(pk=phrase.pk).exists():
        raise ShortcutTaken
    phrase.title, phrase.text, phrase.shortcut, phrase.locale = title, text, shortcut, locale
    phrase.brand, phrase.store, phrase.owner = brand, store, owner
    phrase.save()
    return phrase


@transaction.atomic
def delete_phrase(*, staff: Staff, phrase_id: int) -> None:
    """Raises NotFound, NotAllowed."""
    _lock(staff, phrase_id).delete()


@transaction.atomic
def move_phrase(*, staff: Staff, phrase_id: int, direction: Direction) -> None:
    """Changes places with its neighbour among those that the person sees. Raises NotFound, NotAllowed.

    The rows are locked in the order of their ids, whichever is moved: two who move at once wait for each other in turn.
    """
    moved = _found(phrases_of(staff), staff, phrase_id)
    rows = phrases_of(staff).filter(owner=moved.owner_id)
    locked = [phrase.pk for phrase in rows.order_by("pk").select_for_update(of=("self",))]
    group = list(rows.filter(pk__in=locked))
    index = next((number for number, phrase in enumerate(group) if phrase.pk == moved.pk), None)
    if index is None:
        raise NotFound
    other = index + (-1 if direction is Direction.UP else 1)
    if not 0 <= other < len(group):
        return
    places = _distinct([phrase.position for phrase in group])
    group[index], group[other] = group[other], group[index]
    for phrase, position in zip(group, places, strict=True):
        phrase.position = position
    QuickPhrase.objects.bulk_update(group, ["position"])


def _distinct(positions: Sequence[int]) -> list[int]:
    """The same, rising: new phrases of several people can have got the same position."""
    risen: list[int] = []
    for position in positions:
        risen.append(max(position, risen[-1] + 1) if risen else position)
    return risen


def _lock(staff: Staff, phrase_id: int) -> QuickPhrase:
    return _found(phrases_of(staff).select_for_update(of=("self",)), staff, phrase_id)


def _found(phrases: QuerySet[QuickPhrase], staff: Staff, phrase_id: int) -> QuickPhrase:
    found = phrases.filter(pk=phrase_id).first()
    if found is None:
        raise NotFound
    if not may_edit(staff, found):
        raise NotAllowed
    return found


def _keeps(staff: Staff, store: Store | None, brand: Brand | None) -> bool:
    brands = frozenset({brand.pk}) if brand else None
    return staff.reach(Permission.PHRASE_EDIT).contains(Place(store_id=store.pk if store else None, brands=brands))
