from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.channels.models import Account
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import Refusable, render_form, told_in
from madoguchi.console.routing.choices import cell_names
from madoguchi.console.routing.forms import RuleForm
from madoguchi.console.routing.tabs import frame
from madoguchi.console.routing.trial import TrialForm
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Market
from madoguchi.organization.permissions import Permission
from madoguchi.routing import administration, sentences, troubles
from madoguchi.routing.fields import RuleFields
from madoguchi.routing.models import Rule

P = Permission


@dataclass(frozen=True, slots=True)
class Shown:
    rule: Rule
    number: int
    """In the order of all rules, whatever the filter shows."""
    sentence: sentences.Sentence
    trouble: str
    may_edit: bool
    above: int | None
    """Rule before which a step up puts it."""
    below: int | None
    """Rule after which a step down puts it."""


@require_GET
@requires(P.ROUTING_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    everything, market = list(administration.rules()), request.GET.get("market", "")
    shown = _shown(request, everything, market)
    context = frame(request, "routing") | {
        "rules": shown,
        "is_filtered": bool(market),
        "markets": Market.objects.all(),
        "accounts": Account.objects.filter(is_active=True).select_related("default_department").only(
            "name", "default_department__name"
        ),
        "may_add": request.user.may(P.ROUTING_EDIT),
        "trial": TrialForm(by=request.user),
    }  # fmt: skip
    return render(request, "console/routing/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    return _save(request, RuleForm(request.POST if request.method == "POST" else None, by=request.user), None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_READ)
def edit(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    rule = _find(rule_id)
    form = RuleForm(request.POST if request.method == "POST" else None, by=request.user, rule=rule)
    return _save(request, form, rule)


@require_POST
@requires(P.ROUTING_EDIT)
def sentence(request: StaffRequest) -> HttpResponseBase:
    """What the form says so far."""
    rule = administration.rules().filter(pk=_number(request.GET.get("rule")) or 0).first()
    form = RuleForm(request.POST, by=request.user, rule=rule)
    form.is_valid()
    said = sentences.of_fields(form.rule_fields(), form.cell_names)
    return render(request, "console/routing/_sentence.html", {"sentence": said})


@require_POST
@requires(P.ROUTING_EDIT)
def move(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    before, after = _number(request.POST.get("before")), _number(request.POST.get("after"))
    administration.move_rule(by=request.user, rule_id=rule_id, before=before, after=after)
    return _back(request)


@require_POST
@requires(P.ROUTING_EDIT)
def set_active(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    administration.set_rule_active(by=request.user, rule_id=rule_id, is_active=request.POST.get("active") == "yes")
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ROUTING_EDIT)
def remove(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    """Asks first: what the rule took until now goes elsewhere from now on."""
    rule = _find(rule_id)
    if request.method == "POST":
        try:
            administration.delete_rule(by=request.user, rule_id=rule_id)
        except Refusable as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The rule is deleted. What it took goes by the rules below it."))
        return redirect("routing")
    context = {"section": "routing", "rule": rule, "sentence": sentences.sentence(rule, cell_names())}
    return render(request, "console/routing/rule_removal.html", context)


def _save(request: StaffRequest, form: RuleForm, rule: Rule | None) -> HttpResponseBase:
    may_edit = rule is None or administration.may_edit_rules_of(request.user, rule.market_id)
    if form.is_bound and not may_edit:
        raise NotAllowed
    said = sentences.sentence(rule, form.cell_names) if rule else sentences.of_fields(RuleFields())
    if form.is_bound:
        is_valid = form.is_valid()
        said = sentences.of_fields(form.rule_fields(), form.cell_names)
        if is_valid:
            with told_in(form):
                rule_id = rule.pk if rule else None
                administration.save_rule(by=request.user, rule_id=rule_id, fields=form.rule_fields())
                messages.success(request, _("Saved. It holds for the next conversation."))
                return redirect("routing")
    context = {
        "section": "routing",
        "form": form,
        "rule": rule,
        "sentence": said,
        "may_edit": may_edit,
    }
    return render_form(request, "console/routing/rule.html", context, form)


def _shown(request: StaffRequest, everything: Sequence[Rule], market: str) -> list[Shown]:
    told, names = troubles.of_rules(everything, timezone.localdate()), cell_names()
    numbered = enumerate(everything, start=1)
    kept = [(n, rule) for n, rule in numbered if not market or rule.market is None or rule.market.code == market]
    ids = [None, *(rule.pk for _number, rule in kept), None]
    may = {rule.market_id: administration.may_edit_rules_of(request.user, rule.market_id) for _number, rule in kept}
    return [
        Shown(
            rule=rule,
            number=number,
            sentence=sentences.sentence(rule, names),
            trouble=told.get(rule.pk, ""),
            may_edit=may[rule.market_id],
            above=above,
            below=below,
        )
        for (number, rule), above, below in zip(kept, ids, ids[2:], strict=False)
    ]


def _find(rule_id: int) -> Rule:
    found = administration.rules().filter(pk=rule_id).first()
    if found is None:
        raise NotFound
    return found


def _back(request: StaffRequest) -> HttpResponseBase:
    return redirect(f"{request.htmx.current_url_abs_path or '/routing'}") if request.htmx else redirect("routing")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
