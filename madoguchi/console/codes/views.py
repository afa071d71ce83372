from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from madoguchi.bindings import cards, links
from madoguchi.bindings.actions.codes import issue_code, may_issue, revoke_code
from madoguchi.bindings.models import Code, StaffMember
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import Refusable
from madoguchi.console.codes import rows
from madoguchi.duty.schedule import Place
from madoguchi.duty.sharing import Sharing, rule_of
from madoguchi.kit.errors import NotFound
from madoguchi.organization.permissions import Permission

P = Permission
OWN_LINE_LIFETIME = dt.timedelta(minutes=30)
_FILES = {
    "card.pdf": (cards.pdf, "application/pdf"),
    "card.png": (cards.preview, "image/png"),
    "qr.png": (cards.png, "image/png"),
    "qr.svg": (cards.svg, "image/svg+xml"),
}


@require_GET
@requires(P.BINDING_HOLD)
def mine(request: StaffRequest) -> HttpResponseBase:
    own = rows.own(request.user)
    context = frame(request, "codes") | {
        "shown": [shown(request, code) for code in own],
        "missing": rows.missing(request.user, own),
        "as_member": StaffMember.objects.filter(staff=request.user).select_related("member").first(),
        "accounts": list(dict.fromkeys(each.account for each in rows.missing(request.user, []))),
    }
    return render(request, "console/codes/mine.html", context)


@require_POST
@requires(P.BINDING_HOLD)
def make_mine(request: StaffRequest) -> HttpResponseBase:
    """A code of one's own for one of the places that the page has named."""
    wanted = next((each for each in rows.missing(request.user, []) if each.key == request.POST.get("place")), None)
    if wanted is None:
        raise NotFound
    own = {(code.account_id, code.store_id, code.department_id) for code in rows.own(request.user)}
    store, department = wanted.store, wanted.department
    if (wanted.account.pk, store and store.pk, department and department.pk) not in own:  # a second click
        try:
            issue_code(by=request.user, account=wanted.account, staff=request.user, store=store, department=department)
        except Refusable as error:
            messages.error(request, error.message)
    return redirect("codes")


@require_POST
@requires(P.BINDING_HOLD)
def know_me(request: StaffRequest) -> HttpResponseBase:
    """A short-lived code by which somebody tells us which LINE is their own."""
    wanted = request.POST.get("account")
    place = next((each for each in rows.missing(request.user, []) if each.account.public_id == wanted), None)
    if place is None:
        raise NotFound
    made = issue_code(
        by=request.user,
        account=place.account,
        staff=request.user,
        store=place.store,
        department=place.department,
        purpose=Code.Purpose.KNOW_STAFF,
        expires_at=timezone.now() + OWN_LINE_LIFETIME,
    )
    return redirect("code", made.token)


@require_GET
@requires()
def code(request: StaffRequest, token: str) -> HttpResponseBase:
    found = rows.find(request.user, token)
    context = {"section": "codes", **shown(request, found), "may_withdraw": _may_withdraw(request, found)}
    return render(request, "console/codes/code.html", context)


@require_POST
@requires()
def withdraw(request: StaffRequest, token: str) -> HttpResponseBase:
    found = rows.find(request.user, token)
    try:
        revoke_code(by=request.user, code=found)
        messages.success(request, _("The code no longer works. Who came by it stays connected."))
    except Refusable as error:
        messages.error(request, error.message)
    return redirect("code", token)


@require_GET
@requires()
def file(request: StaffRequest, token: str, kind: str) -> HttpResponseBase:
    found = rows.find(request.user, token)
    if kind not in _FILES:
        raise NotFound
    draw, content_type = _FILES[kind]
    name = f"{found.staff or found.store or found.department} {found.token}.{kind.rpartition('.')[2]}"
    response = HttpResponse(draw(found), content_type=content_type)
    response.headers["Cache-Control"] = "private, max-age=300"
    if "view" not in request.GET:
        response.headers["Content-Disposition"] = _attachment(name)
    return response


def frame(request: StaffRequest, tab: str) -> dict[str, Any]:
    return {"section": "codes", "tab": tab, "may_keep": request.user.may(P.BINDING_EDIT)}


def shown(request: StaffRequest, code: Code) -> dict[str, Any]:
    """What ``_code.html`` shows of a code."""
    now = timezone.now()
    return {
        "code": code,
        "place": code.store or code.department,
        "picture": mark_safe(cards.svg(code).decode()),  # noqa: S308  # drawn by us
        "link": links.code_url(code),
        "is_working": not (code.is_revoked or code.has_expired(now)),
        "is_expired": code.has_expired(now),
        "has_liff": bool(code.account.liff_id),
        "is_own": code.staff_id == request.user.pk,
        "binds": code.purpose == Code.Purpose.BIND,
        "shares_in_turn": code.staff is None and rule_of(_place(code)) == Sharing.ROUND_ROBIN,
    }


def _may_withdraw(request: StaffRequest, code: Code) -> bool:
    return not code.is_revoked and may_issue(request.user, code.staff, _place(code))


def _place(code: Code) -> Place:
    return Place(code.store_id, code.department_id)


def _attachment(name: str) -> str:
    header = content_disposition_header(True, name)
    assert header, "an attachment always has one"
    return header
