from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.bindings.actions import policies
from madoguchi.bindings.actions.policies import PolicyFields
from madoguchi.bindings.models import Policy
from madoguchi.organization.models import Role, Store

WIDGET = {"class": "in-sentence"}


def _number(most: int, *, label: Any, required: bool = True) -> forms.IntegerField:
    widget = forms.NumberInput({**WIDGET, "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=1, max_value=most, required=required, widget=widget)


def _clock(*, label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput({**WIDGET, "type": "time"}, format="%H:%M")
    )


def _choice(choices: Sequence[tuple[str, str | Promise]], *, label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(WIDGET))


class PolicyForm(forms.Form):
    """The editable parts of a market's sentences."""

    second_scan = _choice(Policy.SecondScan.choices, label=_("Second scan"))
    inactive_days = _number(policies.DAYS_MAX, label=_("Days without contact"), required=False)
    leaving = _choice(Policy.Leaving.choices, label=_("Somebody leaves"))
    transfer = _choice(Policy.Transfer.choices, label=_("Somebody moves"))
    cover_minutes = _number(policies.MINUTES_MAX, label=_("Minutes without an answer"))
    answer_hours = _number(policies.HOURS_MAX, label=_("Hours to refuse"))
    tries = _number(policies.TRIES_MAX, label=_("Offers in all"))
    days_between_tries = _number(policies.DAYS_MAX, label=_("Days between offers"))
    rest_days = _number(policies.DAYS_MAX, label=_("Days of peace"))
    quiet_from = _clock(label=_("Quiet from"))
    quiet_until = _clock(label=_("Quiet until"))

    def __init__(self, data: Any = None, *, policy: Policy, may_edit: bool) -> None:
        super().__init__(data, initial={name: getattr(policy, name) for name in self.base_fields})
        for field in self.fields.values():
            field.disabled = not may_edit
            field.widget.attrs["aria-label"] = str(field.label)

    def policy_fields(self) -> PolicyFields:
        data = self.cleaned_data
        return PolicyFields(
            **{name: data[name] for name in self.fields if name not in ("second_scan", "leaving", "transfer")},
            second_scan=Policy.SecondScan(data["second_scan"]),
            leaving=Policy.Leaving(data["leaving"]),
            transfer=Policy.Transfer(data["transfer"]),
        )


class LimitForm(forms.Form):
    """How often a month one role, or one store, may write first."""

    per_month = forms.IntegerField(min_value=0, max_value=policies.PER_MONTH_MAX, required=False)
    role = forms.ModelChoiceField(Role.objects.all(), to_field_name="code", required=False)
    store = forms.ModelChoiceField(Store.objects.all(), to_field_name="public_id", required=False)
