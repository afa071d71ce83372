"""The four parts of routing."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.console.base.access import StaffRequest
from madoguchi.organization.permissions import Permission


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str | Promise

    @property
    def url(self) -> str:
        return reverse(self.name)


TABS = (
    Tab("routing", pgettext_lazy("routing", "Rules")),
    Tab("teams", pgettext_lazy("routing", "Teams")),
    Tab("skills", pgettext_lazy("routing", "Skills")),
    Tab("away_replies", _("Away replies")),
)


def frame(request: StaffRequest, tab: str) -> dict[str, object]:
    """What every page of routing shows around its own."""
    return {
        "section": "routing",
        "tabs": TABS,
        "tab": tab,
        "filters": request.GET,
        "may_edit_all": request.user.reach(Permission.ROUTING_EDIT).is_everything,
    }
