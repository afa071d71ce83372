"""Changing a draft from the designer: each small form does one deed, and what changed comes back piece by piece.

The form one is typing in is not drawn anew unless the deed makes it another form, so that nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.menus.access import find_account, find_version
from madoguchi.console.menus.forms import BarForm, LocalesForm, TabForm, VariantForm, cell_form, forms_for
from madoguchi.console.menus.scene import Scene
from madoguchi.kit.errors import Invalid, NotFound
from madoguchi.menus import designing, drafts, pictures
from madoguchi.menus.designing import Audience
from madoguchi.menus.models import Action, Picture
from madoguchi.organization.permissions import Permission


@dataclass(slots=True)
class Edit:
    """A deed asked for: who, where in which draft, with which input. Handlers say what is to be shown afterwards."""

    request: StaffRequest
    scene: Scene
    redraws_form: bool = False
    moves_to: dict[str, Any] = field(default_factory=dict)
    """Other parts of the place to look at."""
    form: forms.Form | None = None

    @property
    def data(self) -> QueryDict:
        return self.request.POST

    @property
    def draft(self) -> dict[str, Any]:
        return {"by": self.request.user, "version_id": self.scene.version.pk}

    @property
    def variant(self) -> dict[str, Any]:
        return self.draft | {"variant": self.scene.place.variant}

    @property
    def tab(self) -> dict[str, Any]:
        return self.variant | {"tab": self.scene.place.tab}

    @property
    def cell(self) -> dict[str, Any]:
        if self.scene.place.cell is None:
            raise NotFound
        return self.tab | {"index": self.scene.place.cell}

    def go(self, **place: Any) -> None:
        self.moves_to = place
        self.redraws_form = True


@require_POST
@requires(Permission.MENU_EDIT)
def edit(request: StaffRequest, public_id: str, number: int, deed: str) -> HttpResponseBase:
    """422 with the reason beside the form when the deed was refused."""
    version = find_version(find_account(request.user, public_id), number)
    act = DEEDS.get(deed)
    if act is None:
        raise NotFound
    edit = Edit(request, Scene(request.user, version, request.POST))
    error = ""
    try:
        act(edit)
    except Invalid as refusal:
        error, edit.moves_to = refusal.message, {}
    return _answer(edit, public_id, number, error)


def _answer(edit: Edit, public_id: str, number: int, error: str) -> HttpResponseBase:
    place = {name: edit.data.get(name) for name in ("variant", "tab", "cell", "locale", "pane")} | edit.moves_to
    version = find_version(edit.scene.account, number)
    scene = Scene(edit.request.user, version, place)
    if not edit.request.htmx and not error:
        return redirect(scene.url())
    shown = forms_for(scene)
    if error and edit.redraws_form and edit.form is not None:
        shown = {scene.place.pane: edit.form}
    context = {
        "section": "menus",
        "scene": scene,
        "forms": shown,
        "error": error,
        "redraws_form": edit.redraws_form,
        "oob": True,
    }
    status = 422 if error else 200
    if not edit.request.htmx:
        return render(edit.request, "console/menus/designer.html", context | {"oob": False}, status=status)
    response = render(edit.request, "console/menus/_changed.html", context, status=status)
    if edit.moves_to and not error:
        response.headers["HX-Push-Url"] = scene.url()
    return response


def _cleaned(form: forms.Form) -> dict[str, Any]:
    """Raises Invalid with all that is wrong, as one sentence after the other."""
    if not form.is_valid():
        raise Invalid(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return form.cleaned_data


# -- the whole menu ------------------------------------------------------------------------------------------------


def _languages(edit: Edit) -> None:
    edit.redraws_form = True
    wanted = _cleaned(LocalesForm(edit.data))["locales"]
    present = [locale for locale in edit.scene.version.locales if locale in wanted]
    added = [locale for locale in wanted if locale not in present]
    designing.set_locales(**edit.draft, locales=[*present, *added])


def _first_language(edit: Edit) -> None:
    edit.redraws_form = True
    first = edit.data.get("first", "")
    others = [locale for locale in edit.scene.version.locales if locale != first]
    designing.set_locales(**edit.draft, locales=[first, *others])


def _bar(edit: Edit) -> None:
    form = BarForm(edit.data, locales=list(edit.scene.version.locales), words={})
    _cleaned(form)
    designing.set_bar_texts(**edit.draft, texts=form.words)


def _back(edit: Edit) -> None:
    edit.redraws_form = True
    if not drafts.step_back(by=edit.request.user, version_id=edit.scene.version.pk):
        raise Invalid(_("There is no earlier step to go back to."))


# -- variants ------------------------------------------------------------------------------------------------------


def _variant(edit: Edit) -> None:
    data = _cleaned(VariantForm(edit.data))
    audience = Audience(brands=list(data["brands"]), locales=data["locales"], states=data["states"])
    designing.change_variant(**edit.variant, name=data["name"], audience=audience, style=data["style"])


def _size(edit: Edit) -> None:
    designing.set_size(**edit.variant, size=edit.data.get("size", ""))
    edit.go(cell=None, pane="tab")


def _variant_copy(edit: Edit) -> None:
    made = designing.add_variant(**edit.draft, copy_of=edit.scene.place.variant)
    edit.go(variant=made.code, tab=1, cell=None, pane="variant")


def _variant_up(edit: Edit) -> None:
    designing.move_variant(**edit.variant, up=True)


def _variant_down(edit: Edit) -> None:
    designing.move_variant(**edit.variant, up=False)


def _variant_removal(edit: Edit) -> None:
    designing.remove_variant(**edit.variant)
    edit.go(variant=None, tab=1, cell=None, pane="tab")


# -- tabs ----------------------------------------------------------------------------------------------------------


def _tab(edit: Edit) -> None:
    form = TabForm(edit.data, locales=list(edit.scene.version.locales), words={})
    layout = _cleaned(form)["layout"]
    designing.change_tab(**edit.tab, names=form.words, layout=layout)


def _tab_new(edit: Edit) -> None:
    made = designing.add_tab(**edit.variant)
    edit.go(tab=made.position, cell=None, pane="tab")


def _tab_left(edit: Edit) -> None:
    edit.go(tab=designing.move_tab(**edit.tab, left=True))


def _tab_right(edit: Edit) -> None:
    edit.go(tab=designing.move_tab(**edit.tab, left=False))


def _tab_removal(edit: Edit) -> None:
    designing.remove_tab(**edit.tab)
    edit.go(tab=1, cell=None, pane="tab")


# -- cells ---------------------------------------------------------------------------------------------------------


def _cell(edit: Edit) -> None:
    """A cell gets the words and the icon of its action until somebody gives it others."""
    scene, cell, data = edit.scene, edit.scene.cell, edit.data
    action = data.get("action", "")
    if action not in Action.values:
        raise Invalid(_("Choose what a tap does."))
    is_other = cell is None or cell.action != action
    edit.redraws_form = is_other or data.get("shown_action", action) != action
    edit.form = form = cell_form(scene, data)
    given = _cleaned(form)
    words, icon = form.words, given["icon"]
    if is_other:
        words = _own_words(scene, words, Action(action))
        icon = icon if icon and icon != _usual_icon(scene) else drafts.ICONS[Action(action)]
    designing.save_cell(**edit.cell, action=action, labels=words, icon=icon, brand=given["brand"], value=given["value"])


def _own_words(scene: Scene, words: dict[str, str], action: Action) -> dict[str, str]:
    locales = scene.version.locales
    usual = drafts.label_of(action, locales)
    before = drafts.label_of(Action(scene.cell.action), locales) if scene.cell else {}
    return {
        locale: usual[locale] if words.get(locale, "") in ("", before.get(locale)) else words[locale]
        for locale in locales
    }


def _usual_icon(scene: Scene) -> str:
    return drafts.ICONS[Action(scene.cell.action)] if scene.cell else ""


def _cell_swap(edit: Edit) -> None:
    place = edit.cell
    other = place["index"] + (1 if edit.data.get("to") == "next" else -1)
    designing.swap_cells(**place, other=other)
    edit.go(cell=other)


def _cell_removal(edit: Edit) -> None:
    designing.empty_cell(**edit.cell)
    edit.redraws_form = True


# -- pictures ------------------------------------------------------------------------------------------------------


def _picture(edit: Edit) -> None:
    """For the chosen cell, or for the whole tab: a file, one that was used before, or none."""
    edit.redraws_form = True
    picture = _chosen_picture(edit)
    if edit.scene.place.cell is None:
        designing.set_tab_picture(**edit.tab, picture=picture)
    else:
        designing.set_cell_picture(**edit.cell, picture=picture)


def _chosen_picture(edit: Edit) -> Picture | None:
    if file := edit.request.FILES.get("file"):
        return pictures.keep(
            by=edit.request.user,
            menu_id=edit.scene.menu.pk,
            name=file.name or "",
            file=cast("Any", file),
            box=edit.scene.picture_box,
        )
    if chosen := edit.data.get("picture"):
        found = edit.scene.menu.pictures.filter(public_id=chosen).first()
        if found is None:
            raise NotFound
        return found
    return None


DEEDS: dict[str, Callable[[Edit], None]] = {
    "languages": _languages,
    "first-language": _first_language,
    "bar": _bar,
    "back": _back,
    "variant": _variant,
    "size": _size,
    "variant-copy": _variant_copy,
    "variant-up": _variant_up,
    "variant-down": _variant_down,
    "variant-removal": _variant_removal,
    "tab": _tab,
    "tab-new": _tab_new,
    "tab-left": _tab_left,
    "tab-right": _tab_right,
    "tab-removal": _tab_removal,
    "cell": _cell,
    "cell-swap": _cell_swap,
    "cell-removal": _cell_removal,
    "picture": _picture,
}
