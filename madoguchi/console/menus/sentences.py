"""A design in words: whom a variant is for, and what a customer experiences by tapping a cell."""

from __future__ import annotations

from babel.lists import format_list
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from madoguchi.menus.models import Action, Cell, MemberState, Variant

_STATES: dict[str, str | Promise] = {
    MemberState.NOT_BOUND: gettext_lazy("customers whom nobody looks after yet"),
    MemberState.BOUND: gettext_lazy("customers whom somebody looks after"),
    MemberState.HAS_OPEN_CASE: gettext_lazy("customers who have something open with us"),
}
_BABEL = {"zh-hant": "zh_Hant_TW", "zh-hans": "zh_Hans_CN", "ja": "ja_JP", "en": "en_GB"}


def audience(variant: Variant) -> str:
    """Whom the variant is for, as a sentence. Its brands are prefetched."""
    if variant.is_fallback:
        return _("Everybody else, and whoever has just become a friend.")
    if variant.is_for_anybody:
        return _("It is not said yet whom this is for.")
    who = either([str(_STATES[state]) for state in variant.states if state in _STATES]) or _("customers")
    languages = either([language(locale) for locale in variant.locales])
    brands = either([brand.name for brand in variant.brands.all()])
    if languages and brands:
        return _("For {who}, in {languages}, who are with {brands}.").format(
            who=who, languages=languages, brands=brands
        )
    if languages:
        return _("For {who}, in {languages}.").format(who=who, languages=languages)
    if brands:
        return _("For {who} who are with {brands}.").format(who=who, brands=brands)
    return _("For {who}.").format(who=who)


def either(names: list[str]) -> str:
    """A, B or C."""
    return str(format_list(names, style="or", locale=_BABEL.get(get_language() or "", "zh_Hant_TW"))) if names else ""


def language(locale: str) -> str:
    """In its own words: 繁體中文."""
    return str(OWN_NAMES.get(locale, dict(settings.LANGUAGES).get(locale, locale)))


OWN_NAMES = {"zh-hant": "繁體中文", "zh-hans": "简体中文", "ja": "日本語", "en": "English"}

_EXPERIENCES: dict[str, str | Promise] = {
    Action.MY_SALESPERSON: gettext_lazy(
        "The customer sees who looks after them and at which store, writes to this person, chooses another or stops it. "
        "Whom nobody looks after yet learns how to begin."
    ),
    Action.NEAREST_STORE: gettext_lazy(
        "The customer gets our stores, by region where there are many, or those around a place they send."
    ),
    Action.TALK_TO_US: gettext_lazy(
        "The customer is asked which brand it is about; then somebody answers in this chat."
    ),
    Action.MY_CASES: gettext_lazy(
        "The customer hears whether something is open with us, since when, and who takes care of it."
    ),
    Action.MY_DEVICES: gettext_lazy(
        "The customer is asked for a photo of the device's plate, and somebody looks the device up."
    ),
    Action.MEMBER_CARD: gettext_lazy("The customer sees their member number, to show it at the till."),
    Action.REPAIR_REQUEST: gettext_lazy(
        "The customer is asked what happens and for a photo of the device; somebody answers in this chat."
    ),
    Action.SHOP_LINK: gettext_lazy(
        "The page of the shop opens inside LINE. We count the tap, but LINE does not say whose."
    ),
    Action.ARTICLE: gettext_lazy("The article opens inside LINE. We count the tap, but LINE does not say whose."),
    Action.TEXT: gettext_lazy(
        "These words stand in the chat as if the customer had written them, and are answered like that."
    ),
    Action.POSTBACK: gettext_lazy("The customer sees nothing; another program receives the data."),
}


def experience(cell: Cell) -> str:
    if cell.action == Action.TALK_TO_US and cell.brand:
        return _(
            "Somebody answers in this chat in the voice of {brand}, without asking which brand it is about."
        ).format(brand=cell.brand.name)
    return str(_EXPERIENCES[cell.action])


def of_action(action: str) -> str:
    return str(_EXPERIENCES[action])
