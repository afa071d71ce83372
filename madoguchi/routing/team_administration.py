"""How a store or department shares out its work, what people can do, and what customers are told while a desk is closed.

``by`` needs ``routing:edit`` at the place (for what holds in a market: in the whole market; everywhere: in the whole
company).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.kit.public_id import new_public_id
from madoguchi.organization.directory import people_of
from madoguchi.organization.models import Department, Market, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Place
from madoguchi.routing import errors
from madoguchi.routing.fields import TeamFields
from madoguchi.routing.models import AwayReply, Skill, Team

MINUTES_MAX = 1_440
REPLY_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """Where something is settled; all None: everywhere."""

    store: Store | None = None
    department: Department | None = None
    market: Market | None = None

    @classmethod
    def at(cls, place: Store | Department | Market | None) -> Scope:
        return cls(
            store=place if isinstance(place, Store) else None,
            department=place if isinstance(place, Department) else None,
            market=place if isinstance(place, Market) else None,
        )

    @property
    def place(self) -> Place:
        return Place(
            market_id=self.market.pk if self.market else None,
            store_id=self.store.pk if self.store else None,
            department_id=self.department.pk if self.department else None,
        )

    @property
    def condition(self) -> Q:
        return Q(store=self.store, department=self.department, market=self.market)


def may_edit_at(by: Staff, place: Place) -> bool:
    return by.reach(Permission.ROUTING_EDIT).contains(place)


@transaction.atomic
def save_team(*, by: Staff, scope: Scope, fields: TeamFields) -> Team:
    """Of a store or department; of a market or everywhere: what holds for all of them that have settled nothing.

    Raises NotAllowed, MinutesOutOfRange, OverflowIncomplete, OverflowToItself.
    """
    _require(by, scope.place)
    _check(fields, scope)
    values = {field.name: getattr(fields, field.name) for field in fields_of(fields)}
    return Team.objects.update_or_create(
        store=scope.store, department=scope.department, market=scope.market, defaults=values
    )[0]


@transaction.atomic
def reset_team(*, by: Staff, scope: Scope) -> None:
    """Back to the defaults of the market, of the company, or those of the beginning. Raises NotAllowed."""
    _require(by, scope.place)
    Team.objects.filter(scope.condition).delete()


@transaction.atomic
def save_skill(*, by: Staff, skill_id: int | None, name: str) -> Skill:
    """Skills belong to the whole company. Raises NotFound, NotAllowed, SkillNameMissing, SkillTaken."""
    _require(by, Place())
    name = name.strip()
    if not 1 <= len(name) <= 60:
        raise errors.SkillNameMissing
    skill = Skill(code=_code(name)) if skill_id is None else _skill(skill_id)
    if Skill.objects.filter(name__iexact=name).exclude(pk=skill.pk).exists():
        raise errors.SkillTaken
    skill.name = name
    try:
        with transaction.atomic():
            skill.save()
    except IntegrityError:
        raise errors.SkillTaken from None
    return skill


@transaction.atomic
def delete_skill(*, by: Staff, skill_id: int) -> None:
    """Rules that wanted it want nothing of the kind any more. Raises NotFound, NotAllowed."""
    _require(by, Place())
    _skill(skill_id).delete()


@transaction.atomic
def set_people_with(*, by: Staff, skill_id: int, staff_ids: Collection[int]) -> Skill:
    """Of the people at the places of ``by``, exactly these have it; everybody else stays as they are.

    Raises NotFound, and NotAllowed when one of them works elsewhere.
    """
    skill, within = _skill(skill_id), _people(by)
    wanted = set(staff_ids)
    if wanted - set(within.filter(pk__in=wanted).values_list("pk", flat=True)):
        raise NotAllowed
    elsewhere = set(skill.staff.exclude(pk__in=within.values("pk")).values_list("pk", flat=True))
    skill.staff.set(wanted | elsewhere)
    return skill


@transaction.atomic
def save_away_replies(*, by: Staff, scope: Scope, texts: Mapping[str, str]) -> list[AwayReply]:
    """By language; an empty text takes the reply away. Raises NotAllowed, UnknownLanguage, ReplyTooLong,
    UnknownPlaceholder."""
    _require(by, scope.place)
    if not set(texts) <= {code for code, _name in settings.LANGUAGES}:
        raise errors.UnknownLanguage
    written = {locale: text.strip() for locale, text in texts.items()}
    for text in written.values():
        _check_reply(text)
    AwayReply.objects.filter(scope.condition, locale__in=[code for code, text in written.items() if not text]).delete()
    return [
        AwayReply.objects.update_or_create(
            store=scope.store,
            department=scope.department,
            market=scope.market,
            locale=locale,
            defaults={"text": text},
        )[0]
        for locale, text in sorted(written.items())
        if text
    ]


def _check(fields: TeamFields, scope: Scope) -> None:
    if fields.overflow_store and fields.overflow_department:
        raise errors.OverflowIncomplete
    if (fields.overflow_minutes is None) != (fields.overflow is None):
        raise errors.OverflowIncomplete
    if fields.overflow is not None and fields.overflow in (scope.store, scope.department):
        raise errors.OverflowToItself
    if any(m is not None and not 1 <= m <= MINUTES_MAX for m in (fields.answer_minutes, fields.overflow_minutes)):
        raise errors.MinutesOutOfRange


def _check_reply(text: str) -> None:
    if len(text) > REPLY_LENGTH:
        raise errors.ReplyTooLong
    if set("{}") & set(text.replace("{opens}", "")):
        raise errors.UnknownPlaceholder


def _people(by: Staff) -> QuerySet[Staff]:
    return people_of(by, Permission.ROUTING_EDIT) if by.may(Permission.ROUTING_EDIT) else Staff.objects.none()


def _skill(skill_id: int) -> Skill:
    found = Skill.objects.select_for_update().filter(pk=skill_id).first()
    if found is None:
        raise NotFound
    return found


def _code(name: str) -> str:
    """Begins as the name does, where that has Latin letters; two names may begin alike."""
    return f"{slugify(name)[:20] or 'skill'}-{new_public_id()[:8]}"


def _require(by: Staff, place: Place) -> None:
    if not may_edit_at(by, place):
        raise NotAllowed
