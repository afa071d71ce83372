from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.line_sandbox import LineSandbox, line_sandbox

if TYPE_CHECKING:  # models can only be imported once Django is set up
    from tests.make import World


@pytest.fixture
def line(world: World) -> Iterator[LineSandbox]:
    """The account lives at a sandbox, with a login channel and a LIFF app."""
    with line_sandbox() as running:
        world.account.basic_id = "@one-life"
        running.open_for(world.account)
        running.open_login_for(world.account)
        yield running
