from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.phrases.forms import PhraseForm
from madoguchi.conversations.actions import keep_phrases
from madoguchi.conversations.models import QuickPhrase
from madoguchi.kit.errors import NotFound
from madoguchi.organization.directory import brands_of, stores_of
from madoguchi.organization.models import Brand, Store
from madoguchi.organization.permissions import Permission


@dataclass(frozen=True, slots=True)
class Shown:
    phrase: QuickPhrase
    may_edit: bool
    filled: str


@require_GET
@requires()
def phrases(request: StaffRequest) -> HttpResponseBase:
    rows, text = keep_phrases.phrases_of(request.user), request.GET.get("q", "").strip()[:100]
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(text__icontains=text) | Q(shortcut__istartswith=text))
    if brand := request.GET.get("brand"):
        rows = rows.filter(Q(brand=None) | Q(brand__public_id=brand))
    if store := request.GET.get("store"):
        rows = rows.filter(Q(store=None) | Q(store__public_id=store))
    shown = [_shown(request, phrase) for phrase in rows]
    context = {
        "section": "phrases",
        "own": [item for item in shown if item.phrase.owner_id],
        "shared": [item for item in shown if not item.phrase.owner_id],
        "brands": brands_of(request.user).filter(is_active=True).only("public_id", "name"),
        "stores": stores_of(request.user).only("public_id", "name"),
        "filters": request.GET,
        "is_filtered": bool(text or brand or store),
        "may_share": request.user.may(Permission.PHRASE_EDIT),
    }
    return render(request, "console/phrases/phrases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires()
def new(request: StaffRequest) -> HttpResponseBase:
    initial = {"is_shared": "shared" in request.GET}
    form = PhraseForm(request.POST if request.method == "POST" else None, staff=request.user, initial=initial)
    return _save(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires()
def edit(request: StaffRequest, phrase_id: int) -> HttpResponseBase:
    phrase = keep_phrases.phrases_of(request.user).filter(pk=phrase_id).first()
    if phrase is None:
        raise NotFound
    form = PhraseForm(request.POST if request.method == "POST" else None, staff=request.user, phrase=phrase)
    return _save(request, form, phrase)


@require_POST
@requires()
def remove(request: StaffRequest, phrase_id: int) -> HttpResponseBase:
    keep_phrases.delete_phrase(staff=request.user, phrase_id=phrase_id)
    messages.success(request, _("Deleted."))
    return redirect("phrases")


@require_POST
@requires()
def move(request: StaffRequest, phrase_id: int, direction: str) -> HttpResponseBase:
    keep_phrases.move_phrase(staff=request.user, phrase_id=phrase_id, direction=keep_phrases.Direction(direction))
    return redirect(f"{request.htmx.current_url_abs_path or '/phrases'}") if request.htmx else redirect("phrases")


@require_POST
@requires()
def preview(request: StaffRequest) -> HttpResponseBase:
    """The text of the form as a customer would read it."""
    brand = brands_of(request.user).filter(pk=_number(request, "brand")).only("public_id", "name").first()
    store = stores_of(request.user).filter(pk=_number(request, "store")).only("name").first()
    text = _filled(request, request.POST.get("text", "")[:1000], brand, store)
    return render(request, "console/phrases/_preview.html", {"filled": text, "brand": brand})


def _save(request: StaffRequest, form: PhraseForm, phrase: QuickPhrase | None) -> HttpResponse:
    if form.is_bound and form.is_valid():
        with told_in(form):
            keep_phrases.save_phrase(staff=request.user, phrase_id=phrase.pk if phrase else None, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("phrases")
    context: dict[str, Any] = {
        "section": "phrases",
        "form": form,
        "phrase": phrase,
        "may_edit": phrase is None or keep_phrases.may_edit(request.user, phrase),
        "filled": _filled(
            request, form["text"].value() or "", phrase.brand if phrase else None, phrase.store if phrase else None
        ),
        "brand": phrase and phrase.brand,
        "places": ("{customer}", "{me}", "{brand}", "{store}"),
    }
    return render_form(request, "console/phrases/edit.html", context, form)


def _shown(request: StaffRequest, phrase: QuickPhrase) -> Shown:
    may_edit = keep_phrases.may_edit(request.user, phrase)
    return Shown(phrase, may_edit, _filled(request, phrase.text, phrase.brand, phrase.store))


def _filled(request: StaffRequest, text: str, brand: Brand | None, store: Store | None) -> str:
    """With believable words where nothing is chosen."""
    names = {
        "{customer}": _("Mei Lin"),
        "{me}": request.user.display_name,
        "{brand}": brand.name if brand else _("the brand"),
        "{store}": store.name if store else _("the store"),
    }
    for place, name in names.items():
        text = text.replace(place, name)
    return text


def _number(request: StaffRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) <= 18 else 0
