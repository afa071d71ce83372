"""Models can only be imported once Django is set up, so they are imported within the fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine

if TYPE_CHECKING:
    from madoguchi.conversations.models import Conversation
    from tests.make import World


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    from tests.routing.desk import NOON

    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def new(noon: time_machine.Traveller, world: World) -> Conversation:
    """Written at noon to the account of the world; nobody has looked at it yet."""
    from tests import make
    from tests.routing.desk import NOON

    world.conversation.delete()
    return make.conversation(world.account, name="林志豪", text="請問可以維修嗎？", at=NOON)
