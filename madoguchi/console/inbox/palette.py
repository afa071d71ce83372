from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires


@require_GET
@requires()
def palette(request: StaffRequest) -> HttpResponseBase:
    return render(request, "console/inbox/_palette_results.html", {})
