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
    permissions: tuple[Permission, ...]
    """One of them is enough."""

    @property
    def url(self) -> str:
        return reverse(self.name)


TABS = (Tab("binding_numbers", _("Numbers"), (P.BINDING_READ,)),)


def frame(request: StaffRequest, tab: str) -> dict[str, object]:
    """What every one of these pages shows around its own."""
    allowed = [each for each in TABS if any(request.user.may(permission) for permission in each.permissions)]
    return {"section": "bindings", "tab": tab, "tabs": allowed}
