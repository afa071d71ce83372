from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.organization.forms import DepartmentForm
from madoguchi.console.organization.tabs import frame, working_here
from madoguchi.kit.errors import NotFound
from madoguchi.organization import directory, places
from madoguchi.organization.models import Department
from madoguchi.organization.permissions import Permission

P = Permission


@require_GET
@requires(P.ORGANIZATION_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    today = timezone.localdate()
    here_today = Q(postings__since__lte=today) & (Q(postings__until=None) | Q(postings__until__gte=today))
    rows = directory.departments_of(request.user).select_related("market")
    rows = rows.annotate(people=Count("postings__staff", filter=here_today, distinct=True))
    context = frame(request, "departments") | {"departments": rows}
    return render(request, "console/organization/departments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    return _save(request, DepartmentForm(request.POST or None), None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_READ)
def edit(request: StaffRequest, code: str) -> HttpResponseBase:
    department = directory.departments_of(request.user).filter(code=code).first()
    if department is None:
        raise NotFound
    return _save(request, DepartmentForm(request.POST or None, department=department), department)


def _save(request: StaffRequest, form: DepartmentForm, department: Department | None) -> HttpResponseBase:
    if form.is_bound and form.is_valid():
        with told_in(form):
            places.save_department(by=request.user, department=department, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("departments")
    context = {
        "section": "organization",
        "form": form,
        "department": department,
        "may_edit": department is None or places.may_edit(request.user, department),
        "postings": working_here(department) if department else [],
    }
    return render_form(request, "console/organization/department.html", context, form)
