from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.routing import choices
from madoguchi.console.routing.tabs import frame
from madoguchi.duty.words import opening_words
from madoguchi.organization.directory import departments_of, stores_of
from madoguchi.organization.models import Market
from madoguchi.organization.permissions import Permission
from madoguchi.routing import team_administration
from madoguchi.routing.models import AwayReply
from madoguchi.routing.team_administration import REPLY_LENGTH, Scope

P = Permission


@dataclass(frozen=True, slots=True)
class Shown:
    token: str
    name: str
    icon: str
    texts: list[tuple[str, str]]
    """Language and text."""


class AwayForm(forms.Form):
    """One field for each language, named by its code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[code] = forms.CharField(
                label=name, max_length=REPLY_LENGTH, required=False, widget=forms.Textarea({"rows": 3, "lang": code})
            )


@require_GET
@requires(P.ROUTING_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    written = AwayReply.objects.select_related("store", "department", "market")
    by_scope: dict[Scope, list[AwayReply]] = {}
    for reply in written:
        by_scope.setdefault(Scope(reply.store, reply.department, reply.market), []).append(reply)
    everywhere = Scope()
    scopes = [everywhere, *(Scope(market=market) for market in Market.objects.all())]
    scopes += sorted((s for s in by_scope if s.store or s.department), key=lambda s: str(s.store or s.department))
    context = frame(request, "away_replies") | {
        "replies": [_shown(scope, by_scope.get(scope, [])) for scope in scopes],
        "stores": stores_of(request.user, P.ROUTING_EDIT).exclude(closed_on__lte=timezone.localdate()),
        "departments": departments_of(request.user, P.ROUTING_EDIT),
        "may_add": request.user.may(P.ROUTING_EDIT),
    }
    return render(request, "console/routing/away.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_READ)
def edit(request: StaffRequest, scope: str) -> HttpResponseBase:
    found = choices.scope(scope)
    texts = dict(AwayReply.objects.filter(found.condition).values_list("locale", "text"))
    form = AwayForm(request.POST if request.method == "POST" else None, initial=texts)
    if form.is_bound and form.is_valid():
        with told_in(form):
            team_administration.save_away_replies(by=request.user, scope=found, texts=form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("away_replies")
    said = {code: str(form[code].value() or "") for code, _name in settings.LANGUAGES}
    context = frame(request, "away_replies") | {
        "form": form,
        "shown": _shown(found, []),
        "previews": _previews(said),
        "may_edit": team_administration.may_edit_at(request.user, found.place),
    }
    return render_form(request, "console/routing/away_reply.html", context, form)


@require_POST
@requires(P.ROUTING_READ)
def preview(request: StaffRequest) -> HttpResponseBase:
    """The texts of the form as customers would read them tonight."""
    said = {code: request.POST.get(code, "")[:REPLY_LENGTH] for code, _name in settings.LANGUAGES}
    return render(request, "console/routing/_away_preview.html", {"previews": _previews(said)})


def _previews(texts: dict[str, str]) -> list[tuple[str, str]]:
    """By language; as if the desk opened tomorrow at ten."""
    now = timezone.localtime()
    opens_at, today = now.replace(hour=10, minute=0, second=0, microsecond=0) + dt.timedelta(days=1), now.date()
    filled = []
    for code, text in texts.items():
        if text.strip():
            with translation.override(code):
                filled.append((code, text.strip().replace("{opens}", opening_words(opens_at, today))))
    return filled


def _shown(scope: Scope, replies: list[AwayReply]) -> Shown:
    """The reader's language first, the others in their usual order."""
    order = [translation.get_language(), *(code for code, _name in settings.LANGUAGES)]
    texts = sorted(((reply.locale, reply.text) for reply in replies), key=lambda text: order.index(text[0]))
    icon = "store" if scope.store else "users" if scope.department else "map-pin" if scope.market else "building-2"
    return Shown(choices.scope_token(scope), choices.scope_name(scope), icon, texts)
