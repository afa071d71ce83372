"""The place that a page of duty is about: a store or a department within the person's reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.console.base.access import StaffRequest
from madoguchi.duty import schedule
from madoguchi.duty.actions.shifts import zone_of
from madoguchi.kit.errors import NotFound
from madoguchi.organization.directory import departments_of, stores_of
from madoguchi.organization.models import Department, Market, Staff, Store
from madoguchi.organization.permissions import Permission


class Where(TypedDict):
    """Keyword arguments of the actions."""

    store: Store | None
    department: Department | None


@dataclass(frozen=True, slots=True)
class DutyPlace:
    store: Store | None
    department: Department | None
    may_edit: bool

    @property
    def row(self) -> Store | Department:
        row = self.store or self.department
        assert row is not None
        return row

    @property
    def key(self) -> str:
        return f"store-{self.store.public_id}" if self.store else f"department-{self.row.code}"

    @property
    def market(self) -> Market | None:
        return self.row.market

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.market)

    @property
    def where(self) -> Where:
        return {"store": self.store, "department": self.department}

    @property
    def as_scheduled(self) -> schedule.Place:
        return schedule.Place(
            store_id=self.store.pk if self.store else None,
            department_id=self.department.pk if self.department else None,
        )

    def __str__(self) -> str:
        return self.row.name


def find(request: StaffRequest, key: str) -> DutyPlace:
    """Raises NotFound."""
    kind, _separator, code = key.partition("-")
    reach = request.user.reach(Permission.DUTY_EDIT)
    if kind == "store":
        store = stores_of(request.user).select_related("market").filter(public_id=code).first()
        if store:
            return DutyPlace(store, None, reach.covers(store_id=store.pk))
    elif kind == "department":
        department = departments_of(request.user).select_related("market").filter(code=code).first()
        if department:
            return DutyPlace(None, department, reach.covers(department_id=department.pk))
    raise NotFound


def first_key(staff: Staff) -> str:
    """Where the person works, else the first place in their reach; empty: there is none."""
    for posting in staff.postings.current().select_related("store", "department").order_by("pk"):
        if posting.store:
            return f"store-{posting.store.public_id}"
        if posting.department:
            return f"department-{posting.department.code}"
    store = stores_of(staff).only("public_id").first()
    if store:
        return f"store-{store.public_id}"
    department = departments_of(staff).only("code").first()
    return f"department-{department.code}" if department else ""


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str | Promise
    url: str


def frame(request: StaffRequest, place: DutyPlace, tab: str) -> dict[str, object]:
    """What every page of duty shows around its own."""
    tabs = [("duty_week", _("Week")), ("duty_people", _("People")), ("duty_opening", _("Opening hours"))]
    if place.may_edit:
        tabs.append(("duty_roster", _("Roster file")))
    return {
        "section": "duty",
        "place": place,
        "tab": tab,
        "tabs": [Tab(name, label, reverse(name, args=[place.key])) for name, label in tabs],
        "stores": stores_of(request.user).only("public_id", "name"),
        "departments": departments_of(request.user).only("code", "name"),
    }
