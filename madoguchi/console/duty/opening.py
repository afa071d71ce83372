"""When a place is open: the week, single days, public holidays."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from madoguchi.console.base import words
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import Refusable, render_form, told_in
from madoguchi.console.duty import places
from madoguchi.console.duty.forms import ExceptionForm, HolidayForm
from madoguchi.console.duty.places import DutyPlace
from madoguchi.console.duty.week import said_hours
from madoguchi.duty.actions import remove_day_exception, save_day_exception, save_opening_hours, set_holiday_rule
from madoguchi.duty.calendar import Hours
from madoguchi.duty.models import DayException, HolidayRule, OpeningHours
from madoguchi.duty.public_holidays import holiday_name, is_makeup_workday
from madoguchi.kit.errors import Invalid, NotFound
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Place

P = Permission
AHEAD = 120
"""Days for which public holidays are listed."""
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_RULES = {"": None, "open": False, "closed": True}


@dataclass(frozen=True, slots=True)
class Block:
    """The same hours on some weekdays: how people say opening times."""

    number: int
    opens: str
    closes: str
    days: list[tuple[int, str, bool]]
    """Number, name, whether these are the hours of that day."""


@dataclass(frozen=True, slots=True)
class ExceptionalDay:
    on: dt.date
    hours: str
    reason: str
    is_market: bool


@dataclass(frozen=True, slots=True)
class PublicDay:
    on: dt.date
    name: str
    """Of the holiday; empty: none."""
    is_makeup: bool
    """A day of a weekend that is worked for one that is off."""


@require_GET
@requires(P.ORGANIZATION_READ)
def opening(request: StaffRequest, key: str) -> HttpResponseBase:
    return _page(request, places.find(request, key), None)


@require_POST
@requires(P.DUTY_EDIT)
def hours(request: StaffRequest, key: str) -> HttpResponseBase:
    """``opens-N``, ``closes-N`` and ``days-N`` for each block; what is left empty is no block."""
    place = places.find(request, key)
    try:
        save_opening_hours(by=request.user, week=_week(request.POST), **place.where)
        messages.success(request, _("Saved."))
    except Refusable as error:
        messages.error(request, error.message)
    return redirect("duty_opening", key)


@require_POST
@requires(P.DUTY_EDIT)
def holidays(request: StaffRequest, key: str) -> HttpResponseBase:
    place = places.find(request, key)
    set_holiday_rule(by=request.user, is_closed=_RULES.get(request.POST.get("rule", "")), **place.where)
    messages.success(request, _("Saved."))
    return redirect("duty_opening", key)


@require_POST
@requires(P.DUTY_EDIT)
def exception(request: StaffRequest, key: str) -> HttpResponseBase:
    place = places.find(request, key)
    form = ExceptionForm(request.POST, market=_own_market(request, place))
    if form.is_valid():
        data = form.cleaned_data
        written = [Hours(data["opens_at"], data["closes_at"])] if data["opens_at"] else []
        where = {"market": place.market} if data.get("whole_market") else {**place.where}
        with told_in(form):
            save_day_exception(by=request.user, on=data["on"], hours=written, reason=data["reason"], **where)
            messages.success(request, _("Saved."))
            return redirect("duty_opening", key)
    return _page(request, place, form)


@require_POST
@requires(P.DUTY_EDIT)
def remove_exception(request: StaffRequest, key: str, day: str) -> HttpResponseBase:
    """``of=market``: the one of the whole market."""
    place = places.find(request, key)
    try:
        on = parse_date(day)
    except ValueError:
        on = None
    if on is None:
        raise NotFound
    where = {"market": place.market} if request.POST.get("of") == "market" else {**place.where}
    remove_day_exception(by=request.user, on=on, **where)
    messages.success(request, _("The day is like its weekday again."))
    return redirect("duty_opening", key)


def _page(request: StaffRequest, place: DutyPlace, form: ExceptionForm | None) -> HttpResponseBase:
    form = form or ExceptionForm(market=_own_market(request, place))
    rule = HolidayRule.objects.filter(**place.where).values_list("is_closed", flat=True).first()
    chosen = next(name for name, is_closed in _RULES.items() if is_closed == rule)
    with timezone.override(place.zone):
        written, public = list(OpeningHours.objects.filter(**place.where)), _public_days(place)
        context = places.frame(request, place, "duty_opening") | {
            "blocks": _blocks(written),
            "has_hours": bool(written),
            "holiday_form": HolidayForm(initial={"rule": chosen}),
            "closes_usually": place.department is not None,
            "exceptions": _exceptions(place),
            "keeps_market": bool(_own_market(request, place)),
            "holidays": public,
            "has_makeup": any(day.is_makeup for day in public),
            "form": form,
        }
        return render_form(request, "console/duty/opening.html", context, form)


def _own_market(request: StaffRequest, place: DutyPlace) -> str:
    """The name of the market, when the person may write its days."""
    if place.market and request.user.reach(P.DUTY_EDIT).contains(Place(market_id=place.market.pk)):
        return place.market.name
    return ""


def _blocks(rows: Iterable[OpeningHours]) -> list[Block]:
    """What is written, and one more that is empty."""
    days: dict[tuple[str, str], set[int]] = {}
    for row in rows:
        days.setdefault((f"{row.opens_at:%H:%M}", f"{row.closes_at:%H:%M}"), set()).add(row.weekday)
    days[("", "")] = set()
    names = words.weekdays()
    return [
        Block(number, opens, closes, [(day, names[day], day in chosen) for day in range(7)])
        for number, ((opens, closes), chosen) in enumerate(days.items())
    ]


def _week(posted: Mapping[str, str]) -> dict[int, list[Hours]]:
    """Raises Invalid."""
    week: dict[int, list[Hours]] = {}
    for number in range(20):
        opens, closes = posted.get(f"opens-{number}", ""), posted.get(f"closes-{number}", "")
        chosen = [day for day in range(7) if posted.get(f"day-{number}-{day}")]
        if not (opens or closes or chosen):
            continue
        if not (_TIME.fullmatch(opens) and _TIME.fullmatch(closes) and chosen):
            raise Invalid(_("Hours need a time to open, a time to close, and at least one day. Nothing was changed."))
        for day in chosen:
            week.setdefault(day, []).append(Hours(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes)))
    return week


def _exceptions(place: DutyPlace) -> list[ExceptionalDay]:
    """From today on, those of the market too."""
    rows = DayException.objects.filter(on__gte=timezone.localdate())
    own = rows.filter(**place.where, market=None)
    both = own | rows.filter(market=place.market) if place.market else own
    found: dict[tuple[dt.date, bool], tuple[str, list[Hours]]] = {}
    for row in both.order_by("on", "opens_at"):
        _reason, written = found.setdefault((row.on, bool(row.market_id)), (row.reason, []))
        if row.opens_at is not None and row.closes_at is not None:
            written.append(Hours(row.opens_at, row.closes_at))
    return [
        ExceptionalDay(on, said_hours(written), reason, is_market)
        for (on, is_market), (reason, written) in found.items()
    ]


def _public_days(place: DutyPlace) -> list[PublicDay]:
    if place.market is None:
        return []
    code, today, locale = place.market.code, timezone.localdate(), get_language() or ""
    days = (today + dt.timedelta(days=number) for number in range(AHEAD))
    named = (PublicDay(day, holiday_name(code, day, locale), is_makeup_workday(code, day)) for day in days)
    return [day for day in named if day.name or day.is_makeup]
