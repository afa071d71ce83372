"""What a browser has to load: nothing of ours is heavy."""

import gzip
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "madoguchi/console/static/console"


@pytest.mark.parametrize(("kind", "bytes_at_most"), [("js", 20_000), ("css", 30_000)])
def test_what_a_page_loads_is_light(kind: str, bytes_at_most: int) -> None:
    files = list((STATIC / kind).glob(f"*.{kind}"))

    assert files
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) <= bytes_at_most


def test_one_script_is_one_behaviour() -> None:
    long = {path.name: lines for path in (STATIC / "js").glob("*.js") if (lines := path.read_text().count("\n")) > 110}

    assert long == {}


def test_every_script_and_sheet_is_loaded() -> None:
    from madoguchi.console.base.context import SCRIPTS, STYLESHEETS

    assert {path.stem for path in (STATIC / "js").glob("*.js")} == set(SCRIPTS)
    assert {path.stem for path in (STATIC / "css").glob("*.css")} == set(STYLESHEETS)
