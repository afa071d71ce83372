from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.organization.permissions import Permission


@require_GET
@requires()
def home(request: StaffRequest) -> HttpResponseBase:
    return redirect("inbox")


@require_GET
@requires(Permission.CONVERSATION_READ)
def inbox(request: StaffRequest) -> HttpResponseBase:
    return render(request, "console/inbox/inbox.html", {"section": "inbox"})
