"""The left pane: which conversations there are, in which order, and how long they have waited."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.inbox.results import find
from madoguchi.conversations import queries
from madoguchi.conversations.queries import Counts, Place, QueuePage, View
from madoguchi.kit.errors import Invalid
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from madoguchi.routing.positions import positions

ROWS, ROWS_MAX = 40, 400
_TITLES: dict[View, str | Promise] = {
    View.MINE: _("Mine"),
    View.PLACE: _("My places"),
    View.UNASSIGNED: _("Unassigned"),
    View.WAITING: _("Waiting longest"),
    View.ALL: _("All"),
    View.MENTIONED: _("Mentioned"),
    View.UNSENT: _("Not sent"),
    View.SNOOZED: _("Put aside"),
    View.CLOSED: _("Closed"),
}
_KEYS = {
    View.MINE: "g m",
    View.PLACE: "g p",
    View.UNASSIGNED: "g u",
    View.WAITING: "g w",
    View.ALL: "g a",
    View.SNOOZED: "g z",
    View.CLOSED: "g c",
}
TABS = [(view, _TITLES[view], _KEYS.get(view, "")) for view in View]
_IN_STRIP = (View.MINE, View.PLACE, View.UNASSIGNED, View.WAITING, View.ALL)


@dataclass(frozen=True)
class Choice:
    """What the left pane shows, as it stands in every address of the inbox."""

    view: View = View.MINE
    place: Place | None = None
    text: str = ""

    @classmethod
    def read(cls, data: QueryDict) -> Choice:
        """Nonsense in an address is ignored: it is not worth a refusal."""
        view, place = View.MINE, None
        with contextlib.suppress(ValueError):
            view = View(data.get("view", ""))
        with contextlib.suppress(Invalid):
            place = Place.read(data.get("place", ""))
        return cls(view, place, data.get("q", "").strip()[:100])

    @cached_property
    def query(self) -> str:
        parts = {"view": self.view.value, "place": self.place.token if self.place else "", "q": self.text}
        return urlencode({key: value for key, value in parts.items() if value})


@dataclass(frozen=True, slots=True)
class Tab:
    title: str | Promise
    choice: Choice
    count: int | None
    key: str
    is_current: bool


@require_GET
@requires()
def home(request: StaffRequest) -> HttpResponseBase:
    """Whoever has no work here yet (no posting, or one without conversations) can at least see their own page.

    ``?app``: from the icon on the home screen, as people at a counter open it.
    """
    if "app" in request.GET and request.user.may(Permission.BINDING_HOLD):
        return redirect("today")
    return redirect("inbox" if request.user.may(Permission.CONVERSATION_READ) else "profile")


@require_GET
@requires(Permission.CONVERSATION_READ)
def inbox(request: StaffRequest) -> HttpResponseBase:
    """The whole page; by htmx only the left pane, while the thread beside it stays."""
    if not request.htmx:
        return render(request, "console/inbox/inbox.html", queue_context(request))
    response = render(request, "console/inbox/_queue.html", queue_context(request))
    response["HX-Replace-Url"] = _address_with(request, Choice.read(request.GET))
    return response


@require_GET
@requires(Permission.CONVERSATION_READ)
def rows(request: StaffRequest) -> HttpResponseBase:
    """As many rows as are on the screen now, with the counts: the answer to every signal about the queue."""
    return render(request, "console/inbox/_queue_refresh.html", queue_context(request))


@require_GET
@requires(Permission.CONVERSATION_READ)
def more(request: StaffRequest) -> HttpResponse:
    """The next page of rows, asked for when the end of the list comes into sight."""
    choice = Choice.read(request.GET)
    page = _page(request.user, choice, after=request.GET.get("after", ""))
    return render(request, "console/inbox/_rows.html", {"page": page, "choice": choice, "current": ""})


def queue_context(request: StaffRequest, current: str = "") -> dict[str, Any]:
    """For the left pane. ``current`` is the public id of the conversation that is open beside it."""
    staff, choice = request.user, Choice.read(request.GET)
    counts = queries.queue_counts(staff)
    limit = min(max(ROWS, _number(request.GET.get("shown"))), ROWS_MAX)
    places = queries.places(staff)
    tabs = [_tab(view, choice, counts, places) for view in View]
    return {
        "section": "inbox",
        "choice": choice,
        "current": current or request.GET.get("current", ""),
        "found": find(staff, choice.text) if choice.text else None,
        "page": None if choice.text else _page(staff, choice, limit=limit),
        "counts": counts,
        "has_unread": counts.mine_unread or counts.mentioned,
        "tabs": [tab for tab in tabs if tab.choice.view in _IN_STRIP],
        "other_tabs": [tab for tab in tabs if tab.choice.view not in _IN_STRIP],
        "places": places if len(places) > 1 else [],
        "title": next(tab.title for tab in tabs if tab.choice.view == choice.view),
    }


def _page(staff: Staff, choice: Choice, *, after: str = "", limit: int = ROWS) -> QueuePage:
    """Each row with its place in the waiting queue, where customers are told theirs."""
    page = queries.queue(staff, choice.view, place=choice.place, after=after, limit=limit)
    places_in_queue = positions(page.rows)
    for row in page.rows:
        vars(row)["queue_position"] = places_in_queue.get(row.pk)
    return page


def _tab(view: View, choice: Choice, counts: Counts, places: list[Place]) -> Tab:
    title = places[0].name if view is View.PLACE and len(places) == 1 else _TITLES[view]
    return Tab(
        title=title,
        choice=Choice(view, choice.place if view is View.PLACE else None),
        count=None if view in (View.CLOSED, View.WAITING) else getattr(counts, view.value),
        key=_KEYS.get(view, ""),
        is_current=view is choice.view and not choice.text,
    )


def _address_with(request: StaffRequest, choice: Choice) -> str:
    """The page's own address, with another left pane."""
    address = urlsplit(request.htmx.current_url_abs_path or reverse("inbox"))
    kept = [(key, value) for key, value in parse_qsl(address.query) if key not in ("view", "place", "q")]
    return f"{address.path}?{urlencode([*kept, *parse_qsl(choice.query)])}"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else 0
