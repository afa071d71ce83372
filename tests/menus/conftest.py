from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.line_sandbox import LineSandbox, line_sandbox

if TYPE_CHECKING:
    from madoguchi.organization.models import Staff
    from tests.make import World


@pytest.fixture
def line(world: World) -> Iterator[LineSandbox]:
    """A LINE of which the world's account is a channel."""
    with line_sandbox() as sandbox:
        sandbox.open_for(world.account)
        yield sandbox


@pytest.fixture
def kai(world: World) -> Staff:
    """May do everything with menus. Imported here, because models can only be imported once Django is set up."""
    from madoguchi.organization.permissions import BuiltInRole
    from tests import make

    return make.staff("kai", name="櫂", role=BuiltInRole.ADMINISTRATOR)
