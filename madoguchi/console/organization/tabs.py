"""The parts of the organisation, with how many of each the person sees."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.console.base.access import StaffRequest
from madoguchi.organization import directory
from madoguchi.organization.models import Department, Market, Posting, Store
from madoguchi.organization.permissions import Permission


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str | Promise
    count: int

    @property
    def url(self) -> str:
        return reverse(self.name)


def frame(request: StaffRequest, tab: str) -> dict[str, object]:
    """What every page of the organisation shows around its own; five statements."""
    staff = request.user
    return {
        "section": "organization",
        "tab": tab,
        "filters": request.GET,
        "is_filtered": any(request.GET.values()),
        "tabs": [
            Tab("brands", _("Brands"), directory.brands_of(staff).count()),
            Tab("stores", _("Stores"), directory.stores_of(staff).count()),
            Tab("departments", _("Departments"), directory.departments_of(staff).count()),
            Tab("people", _("Staff"), directory.people_of(staff).filter(is_active=True).count()),
            Tab("markets", _("Markets"), Market.objects.count()),
        ],
        "may_add": staff.reach(Permission.ORGANIZATION_EDIT).is_everything,
    }


def working_here(place: Store | Department) -> list[Posting]:
    """Who is posted there today."""
    return list(place.postings.current().select_related("staff", "role").filter(staff__is_active=True))


def searched(filters: QueryDict) -> str:
    return filters.get("q", "").strip()[:100]
