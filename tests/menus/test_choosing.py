"""Conditions of variants: in order, first match."""

import pytest

from madoguchi.channels.languages import spoken
from madoguchi.menus.choosing import Choice, Facts, Rules
from madoguchi.menus.models import MemberState, Version
from madoguchi.organization.models import Staff
from tests import make
from tests.menus.building import add_variant, draft


def facts(brand_id: int, locale: str = "zh-hant", *, bound: bool = False, open_case: bool = False) -> Facts:
    return Facts(brand_id, locale, bound, open_case)


@pytest.fixture
def version(world: make.World, kai: Staff) -> Version:
    return draft(kai, world.account)


def test_the_first_variant_whose_conditions_all_hold_is_chosen(world: make.World, kai: Staff, version: Version) -> None:
    lune_bound = add_variant(kai, version, "Lune, bound", brands=(world.other_brand,), states=(MemberState.BOUND,))
    lune = add_variant(kai, version, "Lune", brands=(world.other_brand,))
    rules = Rules.of(version)

    assert rules.choose(facts(world.other_brand.pk, bound=True)).code == lune_bound
    assert rules.choose(facts(world.other_brand.pk)).code == lune
    assert rules.choose(facts(world.brand.pk, bound=True)) == rules.default == Choice("everyone", "zh-hant")


def test_a_customer_with_something_open_is_bound_or_not_as_well(
    world: make.World, kai: Staff, version: Version
) -> None:
    code = add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
    unbound = add_variant(kai, version, "not bound", states=(MemberState.NOT_BOUND,))
    rules = Rules.of(version)

    assert rules.choose(facts(world.brand.pk, bound=True, open_case=True)).code == code
    assert rules.choose(facts(world.brand.pk, open_case=False)).code == unbound


def test_a_language_the_menu_is_not_drawn_in_becomes_its_first(world: make.World, kai: Staff, version: Version) -> None:
    version.locales = ["zh-hant", "ja"]
    rules = Rules.of(version)

    assert rules.choose(facts(world.brand.pk, "ja")).locale == "ja"
    assert rules.choose(facts(world.brand.pk, "en")).locale == "zh-hant"


def test_line_says_languages_in_its_own_way() -> None:
    said = {language: spoken(language) for language in ("zh-TW", "zh-CN", "en-GB", "th", "")}

    assert said == {"zh-TW": "zh-hant", "zh-CN": "zh-hans", "en-GB": "en", "th": "", "": ""}


def test_the_table_says_for_everybody_what_the_rules_say(world: make.World, kai: Staff, version: Version) -> None:
    add_variant(kai, version, "Lune", brands=(world.other_brand,))
    rules = Rules.of(version)

    rows = list(rules.table([world.brand.pk, world.other_brand.pk], ["zh-TW", "ja"], "zh-hant"))

    assert len(rows) == 2 * 2 * 2 * 2
    for brand_id, language, is_bound, is_open, choice in rows:
        assert choice == rules.choose(Facts(brand_id, spoken(language), is_bound, is_open))


def test_a_variant_without_conditions_takes_whoever_is_left(world: make.World, kai: Staff, version: Version) -> None:
    lune = add_variant(kai, version, "Lune", brands=(world.other_brand,))
    everybody = add_variant(kai, version, "says not yet whom it is for")
    rules = Rules.of(version)

    assert rules.choose(facts(world.other_brand.pk)).code == lune
    assert rules.choose(facts(world.brand.pk)).code == everybody
