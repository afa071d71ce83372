"""The roster of a month as a file: tried first, shown row by row, then imported."""

from __future__ import annotations

import base64
import binascii
import datetime as dt

from django.contrib import messages
from django.core.files import File
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.duty import places
from madoguchi.console.duty.forms import RosterForm
from madoguchi.console.duty.places import DutyPlace
from madoguchi.console.duty.week import picked_day
from madoguchi.duty.errors import BadRosterFile
from madoguchi.duty.models import RosterUpload
from madoguchi.duty.roster_files import BYTES_MAX
from madoguchi.duty.rosters import export_roster, import_roster, try_roster
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.permissions import Permission

P = Permission
UPLOADS_SHOWN = 5


@require_GET
@requires(P.DUTY_EDIT)
def roster(request: StaffRequest, key: str) -> HttpResponseBase:
    place = _find(request, key)
    month = picked_day(request.GET.get("day", ""), place).replace(day=1)
    return _page(request, place, RosterForm(initial={"month": month}), month)


@require_GET
@requires(P.DUTY_EDIT)
def download(request: StaffRequest, key: str) -> HttpResponseBase:
    """``?month=2026-11``"""
    place = _find(request, key)
    month = picked_day(f"{request.GET.get('month', '')}-01", place).replace(day=1)
    file = export_roster(by=request.user, place=place.row, month=month)
    name = f"roster-{place.row.code}-{month:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(file, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@requires(P.DUTY_EDIT)
def attempt(request: StaffRequest, key: str) -> HttpResponseBase:
    """What the file would do. It travels along in the page: nothing is kept of a file that is not imported."""
    place = _find(request, key)
    form = RosterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, place, form, timezone.localdate().replace(day=1))
    month: dt.date = form.cleaned_data["month"]
    file: File[bytes] = form.cleaned_data["file"]
    data = file.read(BYTES_MAX + 1)
    extra: dict[str, object] = {}
    with told_in(form):
        tried = try_roster(by=request.user, data=data, month=month, place=place.row)
        extra = {"tried": tried, "file_name": file.name, "data": base64.b64encode(data).decode()}
    return _page(request, place, form, month, extra)


@require_POST
@requires(P.DUTY_EDIT)
def take_in(request: StaffRequest, key: str) -> HttpResponseBase:
    """The file that ``attempt`` has shown; it is checked again."""
    place = _find(request, key)
    form = RosterForm(request.POST)
    month = picked_day(f"{request.POST.get('month', '')}-01", place)
    with told_in(form):
        upload = import_roster(
            by=request.user,
            data=_travelled(request),
            file_name=request.POST.get("file_name", ""),
            month=month,
            place=place.row,
        )
        said = ngettext("%(count)s shift is imported.", "%(count)s shifts are imported.", upload.shifts_made)
        messages.success(request, said % {"count": upload.shifts_made})
        return redirect(f"{reverse('duty_week', args=[key])}?day={month.isoformat()}")
    return _page(request, place, form, month.replace(day=1))


def _travelled(request: StaffRequest) -> bytes:
    try:
        return base64.b64decode(request.POST.get("data", ""), validate=True)
    except (binascii.Error, ValueError):
        raise BadRosterFile from None


def _find(request: StaffRequest, key: str) -> DutyPlace:
    """Raises NotFound, NotAllowed."""
    place = places.find(request, key)
    if not place.may_edit:
        raise NotAllowed
    return place


def _page(
    request: StaffRequest, place: DutyPlace, form: RosterForm, month: dt.date, extra: dict[str, object] | None = None
) -> HttpResponseBase:
    here = {f"shifts__{kind}": row for kind, row in place.where.items() if row}
    uploads = RosterUpload.objects.filter(**here).select_related("by").distinct().order_by("-at")
    context = places.frame(request, place, "duty_roster") | {
        "form": form,
        "month": month,
        "months": [month, (month + dt.timedelta(days=31)).replace(day=1)],
        "uploads": uploads[:UPLOADS_SHOWN],
    }
    with timezone.override(place.zone):
        return render_form(request, "console/duty/roster.html", context | (extra or {}), form)
