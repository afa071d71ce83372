"""What a browser has to load: nothing of ours is heavy."""

import gzip
from pathlib import Path

import pytest

from madoguchi.console.base.context import SCRIPTS, SECTION_SCRIPTS, SECTION_STYLESHEETS, STYLESHEETS

STATIC = Path(__file__).parents[2] / "madoguchi/console/static/console"


@pytest.mark.parametrize(
    ("kind", "everywhere", "bytes_at_most"), [("js", SCRIPTS, 20_000), ("css", STYLESHEETS, 30_000)]
)
def test_what_every_page_loads_is_light(kind: str, everywhere: tuple[str, ...], bytes_at_most: int) -> None:
    assert sum(_weight(kind, name) for name in everywhere) <= bytes_at_most


@pytest.mark.parametrize(("kind", "by_section"), [("js", SECTION_SCRIPTS), ("css", SECTION_STYLESHEETS)])
def test_what_a_section_adds_is_lighter(kind: str, by_section: dict[str, tuple[str, ...]]) -> None:
    for section, names in by_section.items():
        assert sum(_weight(kind, name) for name in names) <= 5_000, section


def test_one_script_is_one_behaviour() -> None:
    long = {path.name: lines for path in (STATIC / "js").glob("*.js") if (lines := path.read_text().count("\n")) > 110}

    assert long == {}


def test_every_script_and_sheet_is_loaded() -> None:
    scripts = {*SCRIPTS, *(name for names in SECTION_SCRIPTS.values() for name in names)}
    sheets = {*STYLESHEETS, *(name for names in SECTION_STYLESHEETS.values() for name in names)}

    assert {path.stem for path in (STATIC / "js").glob("*.js")} == scripts
    assert {path.stem for path in (STATIC / "css").glob("*.css")} == sheets


def _weight(kind: str, name: str) -> int:
    return len(gzip.compress((STATIC / kind / f"{name}.{kind}").read_bytes()))
