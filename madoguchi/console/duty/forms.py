from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.duty.actions.seats import CAPACITY_MAX
from madoguchi.duty.models import Seat
from madoguchi.organization.models import Staff


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Time(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ShiftForm(forms.Form):
    """Several days of one week at once: rosters are often the same from day to day."""

    staff = forms.ModelChoiceField(Staff.objects.none(), label=_("Who"), empty_label=None)
    starts = forms.TimeField(label=pgettext_lazy("shift", "From"), widget=Time)
    ends = forms.TimeField(
        label=pgettext_lazy("shift", "To"), widget=Time, help_text=_("Not later than the start: the next day.")
    )
    days = forms.TypedMultipleChoiceField(
        label=_("Days"), widget=forms.CheckboxSelectMultiple, coerce=dt.date.fromisoformat
    )

    def __init__(self, *args: Any, people: Any, days: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = people  # type: ignore[attr-defined] # a ModelChoiceField
        self.fields["days"].choices = days  # type: ignore[attr-defined] # a ChoiceField


class CapacityForm(forms.Form):
    capacity = forms.IntegerField(
        label=_("Open conversations that may be given to them"),
        min_value=0,
        max_value=CAPACITY_MAX,
        initial=Seat.CAPACITY,
        help_text=_("0: none are given; they can still take some themselves."),
    )


class LeaveForm(forms.Form):
    first_day = forms.DateField(label=_("First day"), widget=Day)
    last_day = forms.DateField(label=_("Last day"), widget=Day)
    reason = forms.CharField(label=_("Reason"), max_length=60, required=False)


class ExceptionForm(forms.Form):
    on = forms.DateField(label=_("Day"), widget=Day)
    opens_at = forms.TimeField(label=_("Opens"), required=False, widget=Time)
    closes_at = forms.TimeField(
        label=_("Closes"), required=False, widget=Time, help_text=_("Both empty: closed all day.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=60, required=False)
    whole_market = forms.BooleanField(required=False)

    def __init__(self, *args: Any, market: str, **kwargs: Any) -> None:
        """``market`` empty: the person does not keep the days of a whole market."""
        super().__init__(*args, **kwargs)
        if market:
            self.fields["whole_market"].label = _("For all of %(market)s") % {"market": market}
        else:
            del self.fields["whole_market"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("opens_at")) != bool(cleaned.get("closes_at")):
            raise forms.ValidationError(_("Write both times, or none: then the place is closed all day."))
        return cleaned


class HolidayForm(forms.Form):
    rule = forms.ChoiceField(
        label=_("On public holidays"),
        choices=(
            ("", _("As usual")),
            ("open", pgettext_lazy("opening hours", "Open")),
            ("closed", pgettext_lazy("opening hours", "Closed")),
        ),
        widget=forms.RadioSelect,
        required=False,
    )


class RosterForm(forms.Form):
    month = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m"], widget=forms.DateInput({"type": "month"}, format="%Y-%m")
    )
    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput({"accept": ".csv,.txt,text/csv"}))
