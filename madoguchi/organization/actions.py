"""Who works here and what they may do; and what a person sets for themselves.

``by`` is who does it, None the operator at the command line, who may do everything. Others need ``staff:edit`` at the
place, and can only give away rights that they hold there themselves.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.errors import (
    BadUserName,
    DisplayNameMissing,
    EndsBeforeItStarts,
    MoreThanOwn,
    OnePlace,
    UnknownLanguage,
    UnknownTextSize,
    UnknownTheme,
    UserNameTaken,
    WeakPassword,
    WrongPassword,
)
from madoguchi.organization.models import Brand, Department, Market, Posting, Role, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Place, place_of

_USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")


@transaction.atomic
def create_staff(
    *,
    by: Staff | None,
    username: str,
    display_name: str,
    password: str,
    email: str = "",
    locale: str = settings.LANGUAGE_CODE,
    is_superuser: bool = False,
) -> Staff:
    """Somebody who can sign in, and may do nothing until they have a posting. Only the operator makes superusers.

    Raises NotAllowed, BadUserName, UserNameTaken, DisplayNameMissing, UnknownLanguage, WeakPassword.
    """
    if by is not None and (is_superuser or not by.may(Permission.STAFF_EDIT)):
        raise NotAllowed
    if not _USER_NAME.fullmatch(username):
        raise BadUserName
    _require_language(locale)
    staff = Staff(
        username=username,
        display_name=_display_name(display_name),
        email=email,
        locale=locale,
        is_superuser=is_superuser,
    )
    _set_password(staff, password)
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError:
        raise UserNameTaken from None
    return staff


@transaction.atomic
def add_posting(
    *,
    by: Staff | None,
    staff: Staff,
    role: Role,
    store: Store | None = None,
    department: Department | None = None,
    market: Market | None = None,
    brands: Collection[Brand] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Posting:
    """No place: the whole company; no brands: all; ``since`` None: today; ``until`` is the last day, None: open.

    Raises NotAllowed, MoreThanOwn, OnePlace, EndsBeforeItStarts.
    """
    if sum(place is not None for place in (store, department, market)) > 1:
        raise OnePlace
    since = since or timezone.localdate()
    if until is not None and until < since:
        raise EndsBeforeItStarts
    posting = Posting.objects.create(
        staff=staff, role=role, store=store, department=department, market=market, since=since, until=until
    )
    posting.brands.set(brands)
    _require_own(by, posting)  # a refusal undoes the row
    staff.forget_postings()
    return posting


@transaction.atomic
def change_posting(
    *, by: Staff | None, posting_id: int, role: Role, brands: Collection[Brand] = (), on: dt.date | None = None
) -> Posting:
    """Another role or other brands at the same place from ``on`` (None: today): the old posting ends the day before.

    One that would not have begun by then is replaced. Raises NotFound, NotAllowed, MoreThanOwn.
    """
    day = on or timezone.localdate()
    old = _lock_posting(posting_id)
    _require_own(by, old)
    last_day = old.until
    if old.since >= day:
        old.delete()
    else:
        old.until = day - dt.timedelta(days=1)
        old.save(update_fields=["until"])
    return add_posting(
        by=by,
        staff=old.staff,
        role=role,
        store=old.store,
        department=old.department,
        market=old.market,
        brands=brands,
        since=day,
        until=last_day,
    )


@transaction.atomic
def end_posting(*, by: Staff | None, posting_id: int, last_day: dt.date | None = None) -> None:
    """``last_day`` None: yesterday, so that it no longer counts today. One that would never have counted is removed.

    Raises NotFound, NotAllowed, MoreThanOwn.
    """
    posting = _lock_posting(posting_id)
    _require_own(by, posting)
    last_day = last_day or timezone.localdate() - dt.timedelta(days=1)
    if last_day < posting.since:
        posting.delete()
    else:
        posting.until = last_day
        posting.save(update_fields=["until"])


@transaction.atomic
def set_active(*, by: Staff | None, staff: Staff, is_active: bool) -> Staff:
    """Somebody who is not active cannot sign in, and their open sessions end. Raises NotAllowed, MoreThanOwn."""
    _require_over(by, staff)
    staff.is_active = is_active
    staff.save(update_fields=["is_active"])
    return staff


@transaction.atomic
def reset_password(*, by: Staff | None, staff: Staff, password: str) -> Staff:
    """For somebody who has forgotten theirs; open sessions end. Raises NotAllowed, MoreThanOwn, WeakPassword."""
    _require_over(by, staff)
    _set_password(staff, password)
    staff.save(update_fields=["password"])
    return staff


@transaction.atomic
def change_password(*, staff: Staff, present: str, new: str) -> Staff:
    """One's own. The caller keeps the session with update_session_auth_hash. Raises WrongPassword, WeakPassword."""
    if not staff.check_password(present):
        raise WrongPassword
    _set_password(staff, new)
    staff.save(update_fields=["password"])
    return staff


@transaction.atomic
def set_language(*, staff: Staff, locale: str) -> Staff:
    """One's own, one of settings.LANGUAGES. Raises UnknownLanguage."""
    _require_language(locale)
    staff.locale = locale
    staff.save(update_fields=["locale"])
    return staff


@transaction.atomic
def set_theme(*, staff: Staff, theme: str) -> Staff:
    """One's own, a value of Staff.Theme. Raises UnknownTheme."""
    if theme not in Staff.Theme.values:
        raise UnknownTheme
    staff.theme = theme
    staff.save(update_fields=["theme"])
    return staff


@transaction.atomic
def set_text_size(*, staff: Staff, text_size: str) -> Staff:
    """One's own, a value of Staff.TextSize. Raises UnknownTextSize."""
    if text_size not in Staff.TextSize.values:
        raise UnknownTextSize
    staff.text_size = text_size
    staff.save(update_fields=["text_size"])
    return staff


@transaction.atomic
def set_display_name(*, staff: Staff, display_name: str) -> Staff:
    """One's own: what colleagues read. Raises DisplayNameMissing."""
    staff.display_name = _display_name(display_name)
    staff.save(update_fields=["display_name"])
    return staff


@transaction.atomic
def edit_staff(*, by: Staff | None, staff: Staff, display_name: str, email: str) -> Staff:
    """What others may change of a person. Raises NotAllowed, MoreThanOwn, DisplayNameMissing."""
    _require_over(by, staff)
    staff.display_name, staff.email = _display_name(display_name), email
    staff.save(update_fields=["display_name", "email"])
    return staff


def _require_own(by: Staff | None, posting: Posting) -> None:
    """NotAllowed unless ``by`` edits staff there; MoreThanOwn unless they hold all that the posting gives."""
    if by is None:
        return
    place = place_of(Posting.objects.with_places().get(pk=posting.pk))
    if not by.reach(Permission.STAFF_EDIT).contains(place):
        raise NotAllowed
    if not all(_holds(by, permission, place) for permission in posting.role.permissions):
        raise MoreThanOwn


def _holds(by: Staff, permission: str, place: Place) -> bool:
    return permission not in set(Permission) or by.reach(Permission(permission)).contains(place)


def _require_over(by: Staff | None, staff: Staff) -> None:
    """Whoever can lock a person out or sign in as them must hold at least their rights, now and in the future."""
    if by is None:
        return
    if not by.may(Permission.STAFF_EDIT) or (staff.is_superuser and not by.is_superuser):
        raise NotAllowed
    today = timezone.localdate()
    for posting in staff.postings.select_related("role"):
        if posting.until is None or posting.until >= today:
            _require_own(by, posting)


def _lock_posting(posting_id: int) -> Posting:
    posting = Posting.objects.select_for_update(of=("self",)).filter(pk=posting_id).first()
    if posting is None:
        raise NotFound
    return posting


def _display_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= 40:
        raise DisplayNameMissing
    return name.strip()


def _require_language(locale: str) -> None:
    if locale not in dict(_languages()):
        raise UnknownLanguage


def _languages() -> Sequence[tuple[str, str]]:
    return settings.LANGUAGES


def _set_password(staff: Staff, password: str) -> None:
    try:
        validate_password(password, user=staff)
    except ValidationError as error:
        raise WeakPassword(error.messages) from None
    staff.set_password(password)
