from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Invalid
from madoguchi.organization import directory
from madoguchi.organization.coordinates import Coordinates, read
from madoguchi.organization.models import Brand, Department, Market, Role, Staff, Store
from madoguchi.organization.permissions import Permission

_CODE = _("Short, Latin letters; it stands in exports and stays as it is.")


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MarketForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    code = forms.SlugField(
        label=_("Code"), max_length=8, help_text=_("Two letters of the country, such as tw or jp: holidays go by it.")
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$", label=_("Currency"), help_text=_("Three letters, such as TWD or JPY.")
    )

    def __init__(self, *args: Any, market: Market | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Names without a place (EST, GMT+8) are not what a country keeps; one that is set already stays.
        now = market.time_zone if market else settings.TIME_ZONE
        zones = sorted({now, *(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))})
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]
        self.initial = {"locale": settings.LANGUAGE_CODE, "time_zone": settings.TIME_ZONE}
        if market is not None:
            _fill(self, market)


class BrandForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_CODE)
    name = forms.CharField(label=_("Name"), max_length=60)
    sender_name = forms.CharField(
        label=_("Sender name"), max_length=20, help_text=_("Customers read it above each bubble: 20 characters.")
    )
    category = forms.CharField(label=_("Category"), max_length=40, required=False)
    mark = forms.CharField(label=_("Mark"), max_length=2, help_text=_("One or two letters on the square."))
    color = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$", label=_("Colour"), widget=forms.TextInput({"type": "color"}), initial="#3850a5"
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, brand: Brand | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if brand is not None:
            _fill(self, brand)


class CoordinatesField(forms.CharField):
    """Cleaned to Coordinates, or None when it is left empty."""

    def prepare_value(self, value: object) -> object:
        return str(value) if isinstance(value, Coordinates) else value

    def clean(self, value: object) -> Coordinates | None:
        text = super().clean(value)
        try:
            return read(text) if text else None
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from None


class StoreForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=20, help_text=_CODE)
    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=Store.Kind.choices)
    market = forms.ModelChoiceField(Market.objects.all(), label=_("Market"), empty_label=None)
    region = forms.CharField(label=_("Region"), max_length=40, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    coordinates = CoordinatesField(
        label=_("On the map"),
        required=False,
        help_text=_(
            "Latitude and longitude, or the address of a page of Google Maps, Apple Maps or OpenStreetMap. With it, "
            "customers who send their location are shown the nearest stores."
        ),
    )
    opened_on = forms.DateField(label=_("Opened on"), required=False, widget=Day)
    closed_on = forms.DateField(label=_("Closed on"), required=False, widget=Day)
    brands = forms.ModelMultipleChoiceField(
        Brand.objects.in_use(),
        label=_("Brands sold there"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, store: Store | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if store is not None:
            _fill(self, store)
            today = timezone.localdate()
            present = store.presences.filter(since__lte=today).exclude(until__lt=today)
            self.initial["brands"] = list(present.values_list("brand", flat=True))


class DepartmentForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=20, help_text=_CODE)
    name = forms.CharField(label=_("Name"), max_length=60)
    market = forms.ModelChoiceField(
        Market.objects.all(), label=_("Market"), required=False, empty_label=_("All markets")
    )

    def __init__(self, *args: Any, department: Department | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if department is not None:
            _fill(self, department)


class PersonForm(forms.Form):
    display_name = forms.CharField(label=_("Name shown"), max_length=40)
    email = forms.EmailField(label=_("E-mail"), required=False)


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=_("User name"), max_length=40, help_text=_("For signing in; it cannot be changed later."),
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Tell it to them in person; they change it under their own name."),
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ("display_name", "username", "password", "email", "locale")


class PostingForm(forms.Form):
    role = forms.ModelChoiceField(Role.objects.all(), label=_("Role"), empty_label=None)
    place = forms.ChoiceField(label=_("Place"))
    since = forms.DateField(label=_("From"), widget=Day)
    until = forms.DateField(
        label=_("Last day"), required=False, widget=Day, help_text=_("Empty: until further notice.")
    )
    brands = forms.ModelMultipleChoiceField(
        Brand.objects.in_use(),
        label=_("Only for these brands"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all brands."),
    )

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = _places(by)  # type: ignore[attr-defined] # a ChoiceField
        self.initial.setdefault("since", timezone.localdate())

    def posting(self) -> dict[str, Any]:
        """As keyword arguments for ``add_posting``. Raises Invalid."""
        data = self.cleaned_data
        wanted = {name: data[name] for name in ("role", "since", "until", "brands")}
        kind, _separator, key = data["place"].partition("-")
        if kind == "company":
            return wanted
        model: type[Store] | type[Department] | type[Market] = {
            "store": Store,
            "department": Department,
            "market": Market,
        }[kind]  # type: ignore[assignment] # the join of the three
        found = model.objects.filter(pk=int(key)).first()
        if found is None:
            raise Invalid(_("Choose a place."))
        return wanted | {kind: found}


def _places(by: Staff) -> list[tuple[Any, Any]]:
    """Where ``by`` may post somebody; the action decides again, with the role."""
    reach = by.reach(Permission.STAFF_EDIT)
    groups: list[tuple[Any, Any]] = [("", _("Choose a place"))]
    stores = [(f"store-{s.pk}", s.name) for s in directory.stores_of(by, Permission.STAFF_EDIT).only("name")]
    departments = [
        (f"department-{d.pk}", d.name) for d in directory.departments_of(by, Permission.STAFF_EDIT).only("name")
    ]
    if stores:
        groups.append((_("Stores"), stores))
    if departments:
        groups.append((_("Departments"), departments))
    if any(place.is_whole_company for place in reach.places):
        groups.append((_("Markets"), [(f"market-{m.pk}", m.name) for m in Market.objects.all()]))
        groups.append((_("Everywhere"), [("company", _("The whole company"))]))
    return groups


def _fill(form: forms.Form, row: Market | Brand | Store | Department) -> None:
    """The row as it is; its code is not changed any more."""
    form.fields["code"].disabled = True
    form.initial = {name: getattr(row, name) for name in form.fields if name != "brands"}
