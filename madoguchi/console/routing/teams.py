from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
from madoguchi.routing.board import Board, boards, joined_teams
from madoguchi.routing.fields import TeamFields
from madoguchi.routing.models import Team
from madoguchi.routing.team_administration import Scope, may_edit_at, reset_team, save_team
from madoguchi.routing.teams import BUILT_IN

P = Permission


@dataclass(frozen=True, slots=True)
class Default:
    token: str
    name: str
    said: list[str]
    is_own: bool
    """Else the company's hold there, or those of the beginning."""


@require_GET
@requires(P.ROUTING_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    context = frame(request, "teams") | _rows(request) | {"markets": Market.objects.all(), "defaults": _defaults()}
    return render(request, "console/routing/teams.html", context)


@require_GET
@requires(P.ROUTING_READ)
def rows(request: StaffRequest) -> HttpResponseBase:
    """The answer to every signal about the queues."""
    return render(request, "console/routing/_teams.html", frame(request, "teams") | _rows(request))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_READ)
def edit(request: StaffRequest, place: str) -> HttpResponseBase:
    """Of a store or department; of a market or everywhere: what holds where they have settled nothing."""
    scope, row = _scope(request, place)
    board = boards(timezone.now(), [row])[0] if row else None
    team, is_own = (board.team, not board.is_default) if board else _default(scope, _default_rows())
    form = TeamForm(request.POST if request.method == "POST" else None, by=request.user, scope=scope, team=team)
    if form.is_bound and form.is_valid():
        with told_in(form):
            save_team(by=request.user, scope=scope, fields=form.team_fields())
            messages.success(request, _("Saved. It holds for the next conversation."))
            return redirect("teams")
    context = frame(request, "teams") | {
        "form": form,
        "board": board,
        "place": place,
        "name": choices.scope_name(scope),
        "is_own": is_own,
        "default": choices.scope_token(Scope.at(row.market)) if row else choices.EVERYWHERE,
        "said": sentences.of_team(team),
        "may_edit": may_edit_at(request.user, scope.place),
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
    scope, _row = _scope(request, place)
    reset_team(by=request.user, scope=scope)
    messages.success(request, _("The defaults hold here again."))
    return redirect("team", place)


def _scope(request: StaffRequest, token: str) -> tuple[Scope, Store | Department | None]:
    """With the place, when it is one. Raises NotFound."""
    scope = choices.scope(token)
    row = scope.store or scope.department
    return scope, _find(request, token) if row else None


def _default_rows() -> dict[int | None, Team]:
    """By market; the company's under None."""
    return {team.market_id: team for team in joined_teams().filter(store=None, department=None)}


def _default(scope: Scope, rows: Mapping[int | None, Team]) -> tuple[TeamFields, bool]:
    """What holds in a market, or everywhere, and whether that is settled there itself."""
    own = rows.get(scope.place.market_id)
    return TeamFields.of(own or rows.get(None, BUILT_IN)), own is not None


def _defaults() -> list[Default]:
    """Of the company, and of each market."""
    shown, rows = [], _default_rows()
    for scope in (Scope(), *(Scope(market=market) for market in Market.objects.all())):
        team, is_own = _default(scope, rows)
        shown.append(Default(choices.scope_token(scope), choices.scope_name(scope), sentences.of_team(team), is_own))
    return shown


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
