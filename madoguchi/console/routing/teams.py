from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.routing import choices
from madoguchi.console.routing.forms import TeamForm
from madoguchi.console.routing.tabs import frame
from madoguchi.kit.errors import NotFound
from madoguchi.organization.directory import departments_of, stores_of
from madoguchi.organization.models import Department, Market, Store
from madoguchi.organization.permissions import Permission
from madoguchi.routing import sentences
from madoguchi.routing.board import Board, boards
from madoguchi.routing.fields import TeamFields
from madoguchi.routing.team_administration import Scope, may_edit_at, reset_team, save_team

P = Permission


@require_GET
@requires(P.ROUTING_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    context = frame(request, "teams") | _rows(request) | {"markets": Market.objects.all()}
    return render(request, "console/routing/teams.html", context)


@require_GET
@requires(P.ROUTING_READ)
def rows(request: StaffRequest) -> HttpResponseBase:
    """The answer to every signal about the queues."""
    return render(request, "console/routing/_teams.html", frame(request, "teams") | _rows(request))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_READ)
def edit(request: StaffRequest, place: str) -> HttpResponseBase:
    found = _find(request, place)
    board = boards(timezone.now(), [found])[0]
    data = request.POST if request.method == "POST" else None
    form = TeamForm(data, by=request.user, place=found, team=board.team)
    if form.is_bound and form.is_valid():
        with told_in(form):
            save_team(by=request.user, place=found, fields=form.team_fields())
            messages.success(request, _("Saved. It holds for the next conversation."))
            return redirect("teams")
    context = frame(request, "teams") | {
        "form": form,
        "board": board,
        "place": place,
        "said": sentences.of_team(board.team),
        "default": sentences.of_team(TeamFields()),
        "may_edit": may_edit_at(request.user, Scope.at(found).place),
    }
    return render_form(request, "console/routing/team.html", context, form)


@require_GET
@requires(P.ROUTING_READ)
def people(request: StaffRequest, place: str) -> HttpResponseBase:
    """Who is there now: the answer to every signal on the page of one team."""
    board = boards(timezone.now(), [_find(request, place)])[0]
    return render(request, "console/routing/_team_people.html", {"board": board, "place": place})


@require_POST
@requires(P.ROUTING_EDIT)
def reset(request: StaffRequest, place: str) -> HttpResponseBase:
    reset_team(by=request.user, place=_find(request, place))
    messages.success(request, _("This team goes by the defaults again."))
    return redirect("team", place)


def _rows(request: StaffRequest) -> dict[str, object]:
    market = request.GET.get("market", "")
    stores = stores_of(request.user, P.ROUTING_READ).exclude(closed_on__lte=timezone.localdate())
    departments = departments_of(request.user, P.ROUTING_READ)
    if market:
        stores, departments = stores.filter(market__code=market), departments.filter(market__code=market)
    found = boards(timezone.now(), [*departments, *stores])
    only_waiting = "waiting" in request.GET
    shown = [(board, choices.token(board.place), sentences.of_team(board.team)) for board in found]
    return {
        "teams": [row for row in shown if row[0].waiting or not only_waiting],
        "waiting": sum(board.waiting for board in found),
        "on_duty": len(_everybody_on_duty(found)),
        "oldest": min((board.oldest for board in found if board.oldest), default=None),
        "query": request.GET.urlencode(),
    }


def _everybody_on_duty(found: Iterable[Board]) -> set[int]:
    return {person.staff.pk for board in found for person in board.people if person.absence is None}


def _find(request: StaffRequest, token: str) -> Store | Department:
    found = choices.place(token)
    mine = stores_of if isinstance(found, Store) else departments_of
    if not mine(request.user, P.ROUTING_READ).filter(pk=found.pk).exists():
        raise NotFound
    return found
