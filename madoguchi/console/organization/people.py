from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import Refusable, render_form, told_in
from madoguchi.console.organization.forms import NewPersonForm, PersonForm, PostingForm
from madoguchi.console.organization.tabs import frame, searched
from madoguchi.kit.errors import NotFound
from madoguchi.organization import actions, directory
from madoguchi.organization.models import Posting, Role, Staff
from madoguchi.organization.permissions import Permission

P = Permission
PAGE = 60


@dataclass(frozen=True, slots=True)
class ShownPosting:
    posting: Posting
    state: str
    """present, future or past."""


@require_GET
@requires(P.ORGANIZATION_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    rows = directory.people_of(request.user).prefetch_related(Prefetch("postings", _current(), to_attr="current"))
    is_gone = request.GET.get("active") == "no"
    rows = rows.filter(is_active=not is_gone)
    if text := searched(request.GET):
        rows = rows.filter(Q(display_name__icontains=text) | Q(username__icontains=text))
    if store := request.GET.get("store"):
        rows = rows.filter(pk__in=_current().filter(store__public_id=store).values("staff"))
    if role := request.GET.get("role"):
        rows = rows.filter(pk__in=_current().filter(role__code=role).values("staff"))
    after = request.GET.get("page", "")
    page = min(int(after), 1_000) if after.isdecimal() and len(after) < 6 else 0
    people = list(rows.order_by("display_name", "pk")[page * PAGE : (page + 1) * PAGE + 1])
    context = frame(request, "people") | {
        "people": people[:PAGE],
        "next_page": page + 1 if len(people) > PAGE else None,
        "roles": Role.objects.all(),
        "stores": directory.stores_of(request.user).only("public_id", "name"),
        "may_hire": request.user.may(P.STAFF_EDIT),
    }
    return render(request, "console/organization/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.STAFF_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    """A person and their first posting: without one they could do nothing, and their manager would not see them."""
    form = NewPersonForm(request.POST or None, initial={"locale": request.user.locale})
    posting = PostingForm(request.POST or None, by=request.user)
    if form.is_bound and form.is_valid() and posting.is_valid():
        with told_in(form), transaction.atomic():
            staff = actions.create_staff(by=request.user, **form.cleaned_data)
            actions.add_posting(by=request.user, staff=staff, **posting.posting())
            messages.success(request, _("{name} can sign in.").format(name=staff.display_name))
            return redirect("person", staff.public_id)
    context = {"section": "organization", "form": form, "posting_form": posting}
    return render_form(request, "console/organization/person_new.html", context, form, posting)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_READ)
def person(request: StaffRequest, public_id: str) -> HttpResponseBase:
    staff = _find(request, public_id)
    initial = {"display_name": staff.display_name, "email": staff.email}
    form = PersonForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with told_in(form):
            actions.edit_staff(by=request.user, staff=staff, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("person", public_id)
    return _page(request, staff, form, PostingForm(by=request.user))


@require_POST
@requires(P.STAFF_EDIT)
def add_posting(request: StaffRequest, public_id: str) -> HttpResponseBase:
    staff = _find(request, public_id)
    form = PostingForm(request.POST, by=request.user)
    if form.is_valid():
        with told_in(form):
            actions.add_posting(by=request.user, staff=staff, **form.posting())
            messages.success(request, _("The posting is added."))
            return redirect("person", public_id)
    shown = PersonForm(initial={"display_name": staff.display_name, "email": staff.email})
    return _page(request, staff, shown, form)


@require_POST
@requires(P.STAFF_EDIT)
def end_posting(request: StaffRequest, public_id: str, posting_id: int) -> HttpResponseBase:
    """From now on it no longer counts."""
    staff = _find(request, public_id)
    if not staff.postings.filter(pk=posting_id).exists():
        raise NotFound
    actions.end_posting(by=request.user, posting_id=posting_id)
    messages.success(request, _("The posting has ended."))
    return redirect("person", public_id)


@require_POST
@requires(P.STAFF_EDIT)
def set_active(request: StaffRequest, public_id: str) -> HttpResponseBase:
    staff, is_active = _find(request, public_id), request.POST.get("active") == "yes"
    if staff.pk == request.user.pk:
        messages.error(request, _("You cannot lock yourself out. Ask a colleague."))
        return redirect("person", public_id)
    actions.set_active(by=request.user, staff=staff, is_active=is_active)
    said = _("{name} can sign in again.") if is_active else _("{name} can no longer sign in.")
    messages.success(request, said.format(name=staff.display_name))
    return redirect("person", public_id)


@require_POST
@requires(P.STAFF_EDIT)
def reset_password(request: StaffRequest, public_id: str) -> HttpResponseBase:
    staff = _find(request, public_id)
    try:
        actions.reset_password(by=request.user, staff=staff, password=request.POST.get("password", ""))
        messages.success(request, _("The new password is valid from now on; open sessions have ended."))
    except Refusable as error:
        messages.error(request, error.message)
    return redirect("person", public_id)


def _page(request: StaffRequest, staff: Staff, form: PersonForm, posting_form: PostingForm) -> HttpResponseBase:
    context: dict[str, Any] = {
        "section": "organization",
        "person": staff,
        "form": form,
        "posting_form": posting_form,
        "postings": _shown(staff),
        "may_edit": request.user.may(P.STAFF_EDIT),
        "is_self": staff.pk == request.user.pk,
    }
    return render_form(request, "console/organization/person.html", context, form, posting_form)


def _shown(staff: Staff) -> list[ShownPosting]:
    """The present ones first, then what comes, then what was."""
    today = timezone.localdate()
    order = ("present", "future", "past")
    rows = staff.postings.select_related("role", "store", "department", "market").prefetch_related(Prefetch("brands"))
    shown = [ShownPosting(posting, _state(posting, today)) for posting in rows.order_by("-since", "-pk")]
    return sorted(shown, key=lambda item: order.index(item.state))


def _state(posting: Posting, today: Any) -> str:
    if posting.since > today:
        return "future"
    return "past" if posting.until is not None and posting.until < today else "present"


def _current() -> Any:
    return Posting.objects.current().select_related("role", "store", "department", "market")


def _find(request: StaffRequest, public_id: str) -> Staff:
    staff = directory.people_of(request.user).filter(public_id=public_id).first()
    if staff is None:
        raise NotFound
    return staff
