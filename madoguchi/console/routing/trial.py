"""Trying the rules out: what would happen to a message, and why. Nothing is changed by it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.channels.models import Account
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.routing.choices import cell_names
from madoguchi.console.routing.tabs import frame
from madoguchi.conversations import queries
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand, Staff
from madoguchi.organization.permissions import Permission
from madoguchi.routing import administration, reasons, sentences
from madoguchi.routing.board import boards
from madoguchi.routing.models import Decision
from madoguchi.routing.try_it import Explanation, explain

P = Permission
CUSTOMERS_MAX = 6


@dataclass(frozen=True, slots=True)
class ShownStep:
    rule_id: int
    number: int
    sentence: sentences.Sentence
    matched: bool
    findings: list[tuple[bool, str]]
    """Whether it holds, and what was found."""


class TrialForm(forms.Form):
    text = forms.CharField(
        label=_("The customer writes"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )
    account = forms.ModelChoiceField(
        Account.objects.filter(is_active=True).only("name"), label=_("To the account"), empty_label=None
    )
    brand = forms.ModelChoiceField(
        Brand.objects.filter(is_active=True).defer("icon"), label=_("About"), required=False,
        empty_label=_("No brand yet"),
    )  # fmt: skip
    locale = forms.ChoiceField(
        label=_("Customer's language"), required=False, choices=[("", _("The account's")), *settings.LANGUAGES]
    )
    cell = forms.ChoiceField(label=_("Tapped before"), required=False)
    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: now."),
    )
    member = forms.CharField(required=False, widget=forms.HiddenInput)
    """Public id of a customer who was found by search."""

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        accounts = Account.objects.filter(is_active=True)
        self.initial.setdefault("account", accounts.filter(market__locale=by.locale).first() or accounts.first())
        self.fields["cell"].choices = [("", _("Nothing")), *cell_names().items()]  # type: ignore[attr-defined] # a ChoiceField

    @property
    def chosen(self) -> Member | None:
        """The customer, once they are found."""
        return self.cleaned_data.get("member") if self.is_bound else None

    def clean_member(self) -> Member | None:
        public_id = self.cleaned_data["member"]
        if not public_id:
            return None
        found = Member.objects.visible_to(self.by).filter(public_id=public_id).first()
        if found is None:
            raise forms.ValidationError(_("This customer does not exist, or is not yours to see."))
        return found


@require_http_methods(["GET", "HEAD"])
@requires(P.ROUTING_READ)
def try_it(request: StaffRequest) -> HttpResponseBase:
    form = TrialForm(request.GET, by=request.user)
    context = frame(request, "routing") | {"trial": form}
    if form.is_valid():
        context |= explained(request, form.cleaned_data)
    template = "console/routing/_explanation.html" if request.htmx else "console/routing/trial.html"
    return render(request, template, context, status=200 if form.is_valid() else 422)


@require_GET
@requires(P.ROUTING_READ)
def customers(request: StaffRequest) -> HttpResponseBase:
    """Whom the words find, for choosing one."""
    text = request.GET.get("q", "").strip()[:100]
    found: dict[int, Member] = {}
    if text and request.user.may(P.MEMBER_READ):
        found = {row.member_id: row.member for row in queries.search(request.user, text).people}
    context = {"members": list(found.values())[:CUSTOMERS_MAX], "text": text}
    return render(request, "console/routing/_customers.html", context)


def explained(request: StaffRequest, data: dict[str, Any]) -> dict[str, Any]:
    at: dt.datetime = data["at"] or timezone.now()
    found = explain(
        staff=request.user,
        text=data["text"],
        account=data["account"],
        brand=data["brand"],
        locale=data["locale"],
        cell=data["cell"],
        member=data["member"],
        at=at,
    )
    place = found.store or found.department
    board = boards(at, [place])[0] if place else None
    return {
        "explanation": found,
        "at": at,
        "steps": _steps(found),
        "outcome": _outcome(found),
        "reason": reasons.of_reason(found.reason, place=str(place)),
        "board": board,
        "team_sentences": sentences.of_team(board.team) if board else [],
    }


def _outcome(found: Explanation) -> str:
    outcome = Decision.Outcome.ASSIGNED if found.person else Decision.Outcome.QUEUED
    return reasons.of_move(
        outcome, found.choice, person=str(found.person or ""), place=str(found.store or found.department)
    )


def _steps(found: Explanation) -> list[ShownStep]:
    """Numbered as on the page of the rules, where those that are switched off have their number too."""
    numbers = {rule.pk: number for number, rule in enumerate(administration.rules(), start=1)}
    names = cell_names()
    return [
        ShownStep(
            step.rule.pk,
            numbers[step.rule.pk],
            sentences.sentence(step.rule, names),
            step.matched,
            [(finding.holds, reasons.of_finding(finding, step.rule, names)) for finding in step.why],
        )
        for step in found.steps
    ]
