from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from madoguchi.conversations.models import QuickPhrase
from madoguchi.organization.directory import brands_of, stores_of
from madoguchi.organization.models import Brand, Staff, Store
from madoguchi.organization.permissions import Permission


class PhraseForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=40)
    text = forms.CharField(label=_("Text"), max_length=1000, widget=forms.Textarea({"rows": 4}), strip=False)
    shortcut = forms.SlugField(
        label=_("Shortcut"),
        max_length=20,
        required=False,
        help_text=_("Latin letters. Typed after / in an empty message."),
    )
    locale = forms.ChoiceField(
        label=_("Language of the customer"), choices=[("", _("Any")), *settings.LANGUAGES], required=False
    )
    brand = forms.ModelChoiceField(Brand.objects.none(), label=_("Only for the brand"), required=False)
    store = forms.ModelChoiceField(Store.objects.none(), label=_("Only at the store"), required=False)
    is_shared = forms.BooleanField(
        label=_("For everybody there"), required=False, help_text=_("Otherwise only you are offered it.")
    )

    def __init__(self, *args: Any, staff: Staff, phrase: QuickPhrase | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["brand"] = _choice(brands_of(staff).filter(is_active=True).defer("icon"), self.fields["brand"])
        self.fields["store"] = _choice(stores_of(staff), self.fields["store"])
        if not staff.may(Permission.PHRASE_EDIT):
            del self.fields["is_shared"]
        if phrase is not None:
            names = ("title", "text", "shortcut", "locale", "brand", "store")
            self.initial = {name: getattr(phrase, name) for name in names} | {"is_shared": phrase.owner_id is None}


def _choice(rows: Any, field: forms.Field) -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(rows, label=field.label, required=False, empty_label=_("Any"))
