"""The pages about bindings that a person may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.console.base.access import StaffRequest
from madoguchi.organization.permissions import Permission

P = Permission


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str | Promise
    permission: Permission

    @property
    def url(self) -> str:
        return reverse(self.name)


TABS = (
    Tab("binding_numbers", _("Numbers"), P.BINDING_READ),
    Tab("departures", _("Departures"), P.BINDING_EDIT),
    Tab("binding_rules", _("Rules"), P.BINDING_READ),
    Tab("my_customers", _("My customers"), P.BINDING_HOLD),
)


def frame(request: StaffRequest, tab: str) -> dict[str, object]:
    """What every one of these pages shows around its own."""
    allowed = [each for each in TABS if request.user.may(each.permission)]
    section = "bindings" if request.user.may(P.BINDING_READ) else "today"
    return {"section": section, "tab": tab, "tabs": allowed}
