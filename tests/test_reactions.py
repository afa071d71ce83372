"""The table of reactions and the announcements of the code name the same things."""

import re
from pathlib import Path

from madoguchi.reactions.table import TABLE

PACKAGE = Path(__file__).parents[1] / "madoguchi"


def test_whatever_is_announced_has_its_line_in_the_table_and_nothing_else() -> None:
    call = re.compile(r"""\bannounce\(\s*["']([a-z_]+\.[a-z_]+)["']""")
    announced = {name for path in PACKAGE.rglob("*.py") for name in call.findall(path.read_text())}

    assert announced == set(TABLE)
