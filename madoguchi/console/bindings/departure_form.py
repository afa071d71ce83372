from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from madoguchi.bindings.actions.departures import market_for
from madoguchi.bindings.models import Departure, Policy
from madoguchi.bindings.policies import policy_of
from madoguchi.organization import directory
from madoguchi.organization.models import Market, Staff, Store
from madoguchi.organization.permissions import Permission

NOTICE = dt.timedelta(days=14)
"""Proposed; nobody has to keep to it."""


class _Day(forms.DateInput):
    input_type = "date"


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"


class DepartureForm(forms.Form):
    """Also read half filled in, to show what it would mean so far."""

    person = forms.ModelChoiceField(
        Staff.objects.none(), to_field_name="public_id", label=_("Who"), empty_label=_("Choose a person")
    )
    kind = forms.ChoiceField(
        label=_("What happens"), choices=Departure.Kind.choices, widget=forms.RadioSelect, initial=Departure.Kind.EXIT
    )
    leaves_on = forms.DateField(label=_("First day away"), widget=_Day(format="%Y-%m-%d"))
    from_store = forms.ModelChoiceField(
        Store.objects.none(), to_field_name="public_id", label=_("From which store"), required=False,
        empty_label=_("All their stores"),
    )  # fmt: skip
    to_store = forms.ModelChoiceField(
        Store.objects.none(), to_field_name="public_id", label=_("To which store"), required=False,
        empty_label=_("Choose a store"),
    )  # fmt: skip
    successor = forms.ModelChoiceField(
        Staff.objects.none(), to_field_name="public_id", label=_("Successor"), required=False,
        empty_label=_("Choose a person"),
    )  # fmt: skip
    tell_at = forms.DateTimeField(
        label=_("Tell customers at"),
        required=False,
        widget=_Moment(format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: at once."),
    )

    def __init__(self, data: Any = None, *, by: Staff) -> None:
        usual = {"kind": Departure.Kind.EXIT.value, "leaves_on": f"{timezone.localdate() + NOTICE:%Y-%m-%d}"}
        super().__init__(None if data is None else usual | data.dict())
        people = directory.people_of(by, Permission.BINDING_EDIT).filter(is_active=True)
        self._limit("person", people)
        if person := self.chosen_person:
            holds = Permission.BINDING_HOLD.value
            holding = people.filter(postings__role__permissions__contains=[holds]).exclude(pk=person.pk).distinct()
            self._limit("successor", holding)
            self._limit("from_store", Store.objects.filter(bindings__staff=person).distinct())
            self._limit("to_store", Store.objects.filter(closed_on=None, **self._in_market()))

    def _limit(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined] # a ModelChoiceField

    def _in_market(self) -> dict[str, Market]:
        return {"market": self.market} if self.market else {}

    @cached_property
    def chosen_person(self) -> Staff | None:
        """Chosen so far, within reach."""
        chosen: Staff | None = self._row("person")
        return chosen

    @cached_property
    def market(self) -> Market | None:
        return market_for(self.chosen_person, self._row("from_store")) if self.chosen_person else None

    @cached_property
    def chosen_kind(self) -> Departure.Kind:
        said = self["kind"].value()
        return Departure.Kind(said) if said in Departure.Kind.values else Departure.Kind.EXIT

    @cached_property
    def rule(self) -> str:
        policy = policy_of(self.market) if self.market else Policy()
        return policy.leaving if self.chosen_kind == Departure.Kind.EXIT else policy.transfer

    @property
    def needs_successor(self) -> bool:
        return self.chosen_kind == Departure.Kind.EXIT and self.rule == Policy.Leaving.SUCCESSOR

    @property
    def needs_store(self) -> bool:
        return self.chosen_kind == Departure.Kind.TRANSFER

    @property
    def offers_others(self) -> bool:
        """Whether somebody else is offered to who says no: not where the person goes along, nor where a team takes over."""
        return self.rule in (Policy.Leaving.SUCCESSOR, Policy.Leaving.STORE) and not self.needs_store

    @property
    def rule_words(self) -> str:
        choices = Policy.Leaving.choices if self.chosen_kind == Departure.Kind.EXIT else Policy.Transfer.choices
        return str(dict(choices)[self.rule])

    @property
    def tells_at(self) -> dt.datetime | None:
        """As far as it has been said; None: at once."""
        said: dt.datetime | None = self.cleaned_data.get("tell_at") if self.is_bound else None
        return said

    def planned(self) -> Departure:
        """As far as it has been said; not saved."""
        return Departure(
            staff=self.chosen_person,
            kind=self.chosen_kind,
            rule=self.rule,
            successor=self._row("successor"),
            from_store=self._row("from_store"),
            to_store=self._row("to_store") if self.needs_store else None,
        )

    def departure_fields(self) -> dict[str, Any]:
        """For ``begin_departure``."""
        data = dict(self.cleaned_data)
        return {
            "staff": data["person"],
            "kind": self.chosen_kind,
            "leaves_on": data["leaves_on"],
            "successor": data["successor"] if self.needs_successor else None,
            "from_store": data["from_store"],
            "to_store": data["to_store"] if self.needs_store else None,
            "tell_at": data["tell_at"],
        }

    def _row(self, name: str) -> Any:
        said = self.data.get(name) if self.is_bound else None
        return self.fields[name].queryset.filter(public_id=said).first() if said else None  # type: ignore[attr-defined] # as above
