"""What people fill in at a thread. Limits that LINE sets are checked by the actions; these forms only read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.conversations.models import Exchange
from madoguchi.kit.errors import Invalid
from madoguchi.organization.models import Department, Staff, Store


class WriteForm(forms.Form):
    """A reply or a note, without its files. Text is not stripped: the action does that."""

    client_key = forms.UUIDField()
    text = forms.CharField(required=False, strip=False)
    brand = forms.CharField(required=False, max_length=16)
    quoted = forms.IntegerField(required=False, min_value=1)
    mentioned = forms.CharField(required=False, max_length=400)
    """Public ids of colleagues, separated by blanks; those whose @name is no longer in the text do not count."""


class HandOverForm(forms.Form):
    to = forms.CharField(label=_("To"))
    """staff-…, store-… or department-… with its key."""
    note = forms.CharField(required=False, widget=forms.Textarea, label=_("Note for them"))
    expected = forms.CharField()

    def target(self) -> Staff | Store | Department:
        """Raises Invalid."""
        kind, _separator, key = self.cleaned_data["to"].partition("-")
        if not key.isdecimal() or len(key) > 18:
            raise Invalid(_("Choose one person, store or department."))
        found: Staff | Store | Department | None = None
        if kind == "staff":
            found = Staff.objects.filter(pk=int(key), is_active=True).first()
        elif kind == "store":
            found = Store.objects.filter(pk=int(key)).first()
        elif kind == "department":
            found = Department.objects.filter(pk=int(key)).first()
        if found is None:
            raise Invalid(_("Choose one person, store or department."))
        return found


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(choices=Exchange.Outcome.choices, label=_("How did it end?"), widget=forms.RadioSelect)
    last_message = forms.IntegerField(required=False)


class SnoozeForm(forms.Form):
    preset = forms.CharField(required=False, max_length=20)
    until = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M"])
    last_message = forms.IntegerField(required=False)

    def time(self) -> dt.datetime:
        """Raises Invalid."""
        presets = {preset.name: preset.at for preset in snooze_presets(timezone.localtime())}
        if self.cleaned_data["preset"] in presets:
            return presets[self.cleaned_data["preset"]]
        if self.cleaned_data["until"]:
            until: dt.datetime = self.cleaned_data["until"]
            return until
        raise Invalid(_("Choose a time."))


class Preset:
    """One of the times that are one key away."""

    def __init__(self, name: str, label: Any, at: dt.datetime) -> None:
        self.name, self.label, self.at = name, label, at


def snooze_presets(now: dt.datetime) -> list[Preset]:
    """``now`` in the reader's time zone. Shops open at ten."""

    def at_ten(days: int) -> dt.datetime:
        return (now + dt.timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)

    to_monday = 7 - now.weekday()
    return [
        Preset("hour", _("In an hour"), now + dt.timedelta(hours=1)),
        Preset("three_hours", _("In three hours"), now + dt.timedelta(hours=3)),
        Preset("tomorrow", _("Tomorrow"), at_ten(1)),
        Preset("monday", _("Next Monday"), at_ten(to_monday)),
        Preset("week", _("In a week"), at_ten(7)),
    ]


def read(form: forms.Form) -> dict[str, Any]:
    """The cleaned data, or Invalid with the first thing that is wrong."""
    if form.is_valid():
        return form.cleaned_data
    raise Invalid(str(next(iter(form.errors.values()))[0]))
