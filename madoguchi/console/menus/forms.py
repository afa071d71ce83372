"""Forms of the designer. Words in several languages stand side by side: one field for each, named ``labels-ja``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from madoguchi.console.menus import sentences
from madoguchi.menus import designing, layouts
from madoguchi.menus.drafts import ICONS
from madoguchi.menus.models import Action, Icon, MemberState
from madoguchi.organization.models import Brand

if TYPE_CHECKING:
    from madoguchi.console.menus.scene import Scene


class WordsForm(forms.Form):
    """Has a group of fields for words in each of the menu's languages."""

    words_name = "labels"
    most = designing.LABEL_MAX
    lines = 1

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, locales: list[str], words: Mapping[str, str], **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.locales = locales
        for locale in locales:
            many = forms.Textarea({"rows": self.lines, "maxlength": self.most, "lang": locale})
            one = forms.TextInput({"maxlength": self.most, "lang": locale})
            field = forms.CharField(
                label=sentences.language(locale), required=False, widget=many if self.lines > 1 else one
            )
            self.fields[f"{self.words_name}-{locale}"] = field
            self.initial[f"{self.words_name}-{locale}"] = words.get(locale, "")

    @property
    def words_fields(self) -> list[tuple[str, forms.BoundField]]:
        """Each with its language."""
        return [(locale, self[f"{self.words_name}-{locale}"]) for locale in self.locales]

    @property
    def words(self) -> dict[str, str]:
        said = {locale: self.cleaned_data[f"{self.words_name}-{locale}"] for locale in self.locales}
        return {locale: words.replace("\r\n", "\n") for locale, words in said.items()}


class CellForm(WordsForm):
    lines = 2

    action = forms.ChoiceField(label=_("What a tap does"), choices=Action.choices)
    icon = forms.ChoiceField(
        label=_("Icon"), choices=[("", _("No icon")), *Icon.choices], required=False, widget=forms.RadioSelect
    )
    brand = forms.ModelChoiceField(
        Brand.objects.filter(is_active=True).defer("icon"),
        to_field_name="public_id",
        label=_("About which brand"),
        required=False,
        empty_label=_("The customer is asked"),
    )
    value = forms.CharField(required=False, max_length=designing.LINK_MAX)


class TabForm(WordsForm):
    words_name = "names"
    most = designing.TAB_NAME_MAX

    layout = forms.ChoiceField(label=_("Layout"), choices=[(code, each.name) for code, each in layouts.LAYOUTS.items()])


class BarForm(WordsForm):
    words_name = "texts"
    most = designing.BAR_TEXT_MAX


class LocalesForm(forms.Form):
    locales = forms.MultipleChoiceField(choices=settings.LANGUAGES, required=False)


class VariantForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Only colleagues see it."))
    states = forms.MultipleChoiceField(
        label=_("Who they are"), choices=MemberState.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    locales = forms.MultipleChoiceField(
        label=_("Which language they speak"),
        choices=list(sentences.OWN_NAMES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    brands = forms.ModelMultipleChoiceField(
        Brand.objects.filter(is_active=True).defer("icon"),
        to_field_name="public_id",
        label=_("Which brand they are with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    style = forms.ModelChoiceField(
        Brand.objects.filter(is_active=True).defer("icon"),
        to_field_name="public_id",
        label=_("In the colour of"),
        required=False,
        empty_label=_("The account's own brand"),
    )


def forms_for(scene: Scene) -> dict[str, forms.Form]:
    """The form of the pane that is shown, as the design is."""
    locales = list(scene.version.locales)
    match scene.place.pane:
        case "cell":
            return {"cell": cell_form(scene)}
        case "variant":
            row = scene.variant
            initial = {
                "name": row.name,
                "states": row.states,
                "locales": row.locales,
                "brands": [brand.public_id for brand in row.brands.all()],
                "style": row.style.public_id if row.style else "",
            }
            return {"variant": VariantForm(initial=initial, auto_id="variant-%s")}
        case "menu":
            return {"bar": BarForm(locales=locales, words=scene.version.bar_texts, auto_id="bar-%s")}
        case _:
            tab = scene.tab
            initial = {"layout": tab.layout}
            return {"tab": TabForm(locales=locales, words=tab.names, initial=initial, auto_id="tab-%s")}


def cell_form(scene: Scene, data: Mapping[str, Any] | None = None) -> CellForm:
    cell, locales = scene.cell, list(scene.version.locales)
    initial = (
        {
            "action": cell.action,
            "icon": cell.icon,
            "brand": cell.brand.public_id if cell.brand else "",
            "value": cell.value,
        }
        if cell
        else {"icon": ICONS.get(Action(data["action"]), "") if data and data.get("action") in Action.values else ""}
    )
    words = cell.labels if cell else {}
    return CellForm(data, locales=locales, words=words, initial=initial, auto_id="cell-%s")
