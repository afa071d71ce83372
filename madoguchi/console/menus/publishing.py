"""Publishing: first what would happen, then how far it is; and the versions there were, with the way back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.channels.models import Account
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import Refusable
from madoguchi.console.menus import sentences
from madoguchi.console.menus.access import find_account, find_version, may
from madoguchi.console.menus.scene import Scene
from madoguchi.kit.errors import NotFound
from madoguchi.menus.models import Menu, Publication, Step, Version
from madoguchi.menus.publish import actions, plan
from madoguchi.menus.publish.plan import Plan, Planned
from madoguchi.organization.permissions import Permission

P = Permission
State = Publication.State


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the plan: a tab in one language."""

    title: str
    picture_url: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Steps of one kind together: 18 menus to make are one line."""

    label: str
    done: int
    all: int
    is_now: bool

    @property
    def is_done(self) -> bool:
        return self.done == self.all


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.MENU_PUBLISH)
def plan_page(request: StaffRequest, public_id: str, number: int) -> HttpResponseBase:
    """GET: what publishing this version would do. POST: do it."""
    account = find_account(request.user, public_id)
    version = find_version(account, number)
    refusal = ""
    if request.method == "POST":
        try:
            publication = actions.publish(by=request.user, version_id=version.pk)
            return redirect("menu_publication", public_id, publication.public_id)
        except Refusable as error:
            refusal = error.message
    found = plan.plan(version, now=timezone.now())
    scene = Scene(request.user, version, {})
    context = {
        "section": "menus",
        "account": account,
        "version": version,
        "menu": version.menu,
        "plan": found,
        "blocking": [point for point in scene.points if not point.is_advice],
        "advice": [point for point in scene.points if point.is_advice],
        "sheets": [_sheet(version, planned, found) for planned in (*found.created, *found.kept)],
        "duration": duration(found.duration),
        "running": version.menu.publications.filter(state__in=Publication.UNFINISHED).first(),
        "is_way_back": version.pk == version.menu.previous_id,
        "refusal": refusal,
    }
    return render(request, "console/menus/plan.html", context, status=422 if refusal else 200)


@require_GET
@requires(P.MENU_READ)
def publication(request: StaffRequest, public_id: str, publication_id: str) -> HttpResponseBase:
    """How far it is; by htmx only that part, which asks again until it is over."""
    account = find_account(request.user, public_id)
    found = _find(account, publication_id)
    template = "console/menus/_run.html" if request.htmx else "console/menus/publication.html"
    steps = list(found.steps.all())
    context = {
        "section": "menus",
        "account": account,
        "publication": found,
        "progress": progress(steps),
        "done": sum(1 for step in steps if step.done_at),
        "all": len(steps),
        "is_going": found.state in (State.RUNNING, State.WAITING),
        "may_publish": may(request.user, P.MENU_PUBLISH, account),
        "is_live": found.version_id == found.menu.live_id,
    }
    return render(request, template, context)


@require_POST
@requires(P.MENU_PUBLISH)
def resume(request: StaffRequest, public_id: str, publication_id: str) -> HttpResponseBase:
    return _decided(request, public_id, publication_id, actions.resume)


@require_POST
@requires(P.MENU_PUBLISH)
def give_up(request: StaffRequest, public_id: str, publication_id: str) -> HttpResponseBase:
    return _decided(request, public_id, publication_id, actions.give_up)


@require_GET
@requires(P.MENU_READ)
def history(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """All versions, the newest first, with what going back to the one before would do."""
    account = find_account(request.user, public_id)
    menu = Menu.objects.filter(account=account).select_related("live", "previous").first()
    if menu is None:
        raise NotFound
    menu.account = account
    versions = menu.versions.select_related("created_by").prefetch_related("publications__by")
    context: dict[str, Any] = {
        "section": "menus",
        "account": account,
        "menu": menu,
        "versions": versions,
        "may_edit": may(request.user, P.MENU_EDIT, account),
        "may_publish": may(request.user, P.MENU_PUBLISH, account),
        "running": menu.publications.filter(state__in=Publication.UNFINISHED).first(),
    }
    if menu.previous and context["may_publish"] and not context["running"]:
        menu.previous.menu = menu
        back = plan.plan(menu.previous, now=timezone.now())
        context |= {"back": back, "back_duration": duration(back.duration)}
    return render(request, "console/menus/history.html", context)


@require_POST
@requires(P.MENU_PUBLISH)
def roll_back(request: StaffRequest, public_id: str) -> HttpResponseBase:
    account = find_account(request.user, public_id)
    menu = Menu.objects.filter(account=account).first()
    if menu is None:
        raise NotFound
    try:
        publication = actions.roll_back(by=request.user, menu_id=menu.pk)
    except Refusable as error:
        messages.error(request, error.message)
        return redirect("menu_history", public_id)
    return redirect("menu_publication", public_id, publication.public_id)


def progress(steps: list[Step]) -> list[Progress]:
    found: list[Progress] = []
    now = next((step.kind for step in steps if not step.done_at), None)
    for kind in dict.fromkeys(step.kind for step in steps):
        mine = [step for step in steps if step.kind == kind]
        done = sum(1 for step in mine if step.done_at)
        found.append(Progress(str(Step.Kind(kind).label), done, len(mine), kind == now))
    return found


def duration(length: dt.timedelta) -> str:
    """In words, rounded up as one would say it."""
    seconds = length.total_seconds()
    if seconds < 60:
        return _("less than a minute")
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("about {n} minute", "about {n} minutes", minutes).format(n=minutes)
    hours = round(seconds / 3600)
    return ngettext("about {n} hour", "about {n} hours", hours).format(n=hours)


def _decided(request: StaffRequest, public_id: str, publication_id: str, act: Any) -> HttpResponseBase:
    found = _find(find_account(request.user, public_id), publication_id)
    try:
        act(by=request.user, publication_id=found.pk)
    except Refusable as error:
        messages.error(request, error.message)
    return redirect("menu_publication", public_id, publication_id)


def _find(account: Account, publication_id: str) -> Publication:
    rows = Publication.objects.filter(menu__account=account, public_id=publication_id)
    found = rows.select_related("menu", "version", "replaces", "by").first()
    if found is None:
        raise NotFound
    return found


def _sheet(version: Version, planned: Planned, found: Plan) -> Sheet:
    tab, locale = planned.page.tab, planned.page.locale
    names = [tab.variant.name]
    if name := tab.names.get(locale):
        names.append(name)
    names.append(sentences.language(locale))
    args = [version.menu.account.public_id, version.number, tab.variant.code, tab.position, locale]
    url = reverse("menu_picture", args=[*args, planned.page.design.fingerprint()[:16]])
    return Sheet(" · ".join(names), url, planned in found.created)
