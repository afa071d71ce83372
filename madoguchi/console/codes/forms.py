from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from madoguchi.channels.models import Account
from madoguchi.kit.errors import Invalid
from madoguchi.organization import directory
from madoguchi.organization.models import Brand, Department, Market, Posting, Staff, Store
from madoguchi.organization.permissions import Permission

P = Permission


class CodeForm(forms.Form):
    account = forms.ModelChoiceField(Account.objects.filter(is_active=True), label=_("Account"), empty_label=None)
    place = forms.ChoiceField(label=_("Place"))
    staff = forms.ModelChoiceField(
        Staff.objects.none(),
        label=_("For whom"),
        required=False,
        empty_label=_("The whole team"),
        help_text=_("A team's code shares new customers out among those who work there."),
    )
    label = forms.CharField(
        label=_("Label"), max_length=60, required=False, help_text=_("For colleagues: by the till, autumn fair.")
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until somebody withdraws it."),
    )
    brands = forms.ModelMultipleChoiceField(
        Brand.objects.filter(is_active=True).defer("icon"),
        label=_("Only for these brands"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: whatever the person serves."),
    )

    def __init__(self, *args: Any, by: Staff, chosen: QueryDict, **kwargs: Any) -> None:
        """``chosen`` may name a place: then those who work there can be chosen."""
        super().__init__(*args, **kwargs)
        places = _places(by)
        self.fields["place"].choices = places  # type: ignore[attr-defined] # a ChoiceField
        keys = [key for _group, group in places for key, _name in group]
        wanted = (self.data if self.is_bound else chosen).get("place", "")
        self.initial.update({name: chosen[name] for name in self.fields if name in chosen and name != "brands"})
        if place := wanted if wanted in keys else next(iter(keys), ""):
            self.fields["staff"].queryset = _people(place)  # type: ignore[attr-defined] # a ModelChoiceField
            self.initial.update({"place": place, "account": _account_of(place)})

    def code(self) -> dict[str, Any]:
        """As keyword arguments for ``issue_code``. Raises Invalid."""
        data = self.cleaned_data
        kind, _separator, key = data["place"].partition("-")
        model: type[Store] | type[Department] = Store if kind == "store" else Department
        place = model.objects.select_related("market").filter(pk=int(key)).first()
        if place is None:
            raise Invalid(_("Choose a place."))
        zone = ZoneInfo(place.market.time_zone if place.market else settings.TIME_ZONE)
        last: dt.date | None = data["expires_on"]
        return {
            **{name: data[name] for name in ("account", "staff", "label", "brands")},
            kind: place,
            "expires_at": last and dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone),
        }


def _places(by: Staff) -> list[tuple[Any, list[tuple[str, str]]]]:
    stores = directory.stores_of(by, P.BINDING_EDIT).filter(closed_on=None).only("name")
    departments = directory.departments_of(by, P.BINDING_EDIT).only("name")
    groups = (
        (_("Stores"), [(f"store-{store.pk}", store.name) for store in stores]),
        (_("Departments"), [(f"department-{each.pk}", each.name) for each in departments]),
    )
    return [(name, group) for name, group in groups if group]


def _account_of(place: str) -> Account | None:
    """The one of the place's market, which its customers know."""
    kind, _separator, key = place.partition("-")
    here = Market.objects.filter(**{f"{kind}s": int(key)})
    return Account.objects.filter(is_active=True, market__in=here).first()


def _people(place: str) -> Any:
    kind, _separator, key = place.partition("-")
    there = Posting.objects.current().filter(
        **{kind: int(key)}, role__permissions__contains=[P.BINDING_HOLD.value], staff__is_active=True
    )
    return Staff.objects.filter(pk__in=there.values("staff"))
