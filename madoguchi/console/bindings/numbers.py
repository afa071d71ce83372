"""The page of numbers, and each of its tables as a file."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from madoguchi.bindings import numbers as ledger
from madoguchi.bindings.models import Binding
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.bindings.charts import column_chart, funnel_chart
from madoguchi.console.bindings.filters import PERIODS, Filters
from madoguchi.console.bindings.tables import TABLES, as_csv
from madoguchi.console.bindings.tabs import frame
from madoguchi.kit.errors import NotFound
from madoguchi.organization.permissions import Permission

P = Permission
ROWS_SHOWN = 12
"""Of stores and of people, until all are asked for."""
CODES_SHOWN = 50
"""All are in the file."""


@require_GET
@requires(P.BINDING_READ)
def page(request: StaffRequest) -> HttpResponseBase:
    filters = Filters(request.user, request.GET)
    found = ledger.numbers(filters.scope, most_codes=CODES_SHOWN)
    rows = None if "all" in request.GET else ROWS_SHOWN
    context = frame(request, "binding_numbers") | {
        "filters": filters,
        "periods": PERIODS,
        "found": found,
        "chart": column_chart(found.days, timezone.localdate()),
        "steps": funnel_chart(found.funnel),
        "places": found.places[:rows],
        "people": found.people[:rows],
        "has_any": bool(found.new.now or found.funnel.scanned) or Binding.objects.visible_to(request.user).exists(),
    }
    return render(request, "console/bindings/numbers.html", context)


@require_GET
@requires(P.BINDING_READ)
def table(request: StaffRequest, name: str) -> HttpResponseBase:
    rows = TABLES.get(name)
    if rows is None:
        raise NotFound
    scope = Filters(request.user, request.GET).scope
    file_name = f"bindings-{name}-{scope.since:%Y%m%d}-{scope.until:%Y%m%d}.csv"
    return HttpResponse(
        as_csv(rows(ledger.numbers(scope))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
