"""What the scenario is made of, before anything is loaded."""

from __future__ import annotations

import random

import pytest

from madoguchi.sandbox.scenario.brands import BRANDS, KINDS, BrandSpec
from madoguchi.sandbox.scenario.exchange import STICKERS
from madoguchi.sandbox.scenario.phones import PHONES, blocks
from madoguchi.sandbox.scenario.pictures import picture
from madoguchi.sandbox.scenario.places import BRANCHES, CONCEPTS
from madoguchi.sandbox.scenario.script import Script, parse, scripts

LANGUAGES = ("zh", "ja", "en")
ALL = [(language, script) for language in LANGUAGES for script in scripts(language)]


def test_there_are_29_brands_and_78_counters() -> None:
    assert len({brand.code for brand in BRANDS}) == len({brand.color for brand in BRANDS}) == 29
    assert sum(len(branch.concepts.split()) for branch in BRANCHES) == 78
    assert {code for branch in BRANCHES for code in branch.concepts.split()} == {each.code for each in CONCEPTS}
    assert {code for concept in CONCEPTS for code in concept.brands} == {brand.code for brand in BRANDS}


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.code)
def test_a_brand_can_speak_through_line(brand: BrandSpec) -> None:
    assert len(brand.sender_name) <= 20  # developers.line.biz/en/reference/messaging-api/#icon-nickname-switch
    assert "line" not in brand.sender_name.lower()
    assert 1 <= len(brand.mark) <= 2
    assert _contrast_to_white(brand.color) >= 4.5  # WCAG 2.2, 1.4.3
    assert brand.kind in KINDS
    if brand.in_japan:
        assert all(each.ja and each.en for each in (brand.part, *brand.products[:1]))


@pytest.mark.parametrize(("language", "script"), ALL, ids=lambda value: getattr(value, "name", value))
def test_a_dialogue_can_be_performed(language: str, script: Script) -> None:
    brands = [brand for brand in BRANDS if any(script.fits(brand, place) for place in script.at)]
    lines = list(script.play(random.Random(1)))

    assert brands, "nobody sells what it is about"
    assert {line.speaker for line in lines} <= {"customer", "staff", "note", "hand_over", "pause"}
    assert any(line.speaker == "customer" for line in lines)
    for line in script.lines:
        if line.kind == "image":
            assert picture(line.text, random.Random(1)).data.startswith(b"\xff\xd8")
        elif line.kind == "sticker":
            assert line.text in STICKERS
        elif line.kind == "text":
            assert line.text.count("[") == line.text.count("]")


def test_there_is_something_to_say_about_every_kind_of_brand() -> None:
    for kind in KINDS:
        assert sum(kind in script.kinds for script in scripts("zh")) >= 2, kind


def test_alternatives_and_optional_lines() -> None:
    (script,) = parse("== x weight=2\n< [a|b]\n<? c\n>? d\n~ 2h\n=no_reaction\n", "zh")

    played = {tuple(line.text for line in script.play(random.Random(seed))) for seed in range(40)}

    assert played == {("a", ""), ("b", ""), ("a", "c", "d", ""), ("b", "c", "d", "")}
    assert (script.weight, script.outcome) == (2, "no_reaction")


@pytest.mark.parametrize("text", ["== x\n? what\n", "== x color=red\n"])
def test_a_line_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"no (line|option) of a dialogue"):
        parse(text, "zh")


def test_the_phones_have_their_own_words() -> None:
    assert {episode.block for spec in PHONES for episode in spec.episodes} == blocks().keys()
    assert all(line.text for block in blocks().values() for line in block.lines)


def _contrast_to_white(color: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(color[start : start + 2]) for start in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
