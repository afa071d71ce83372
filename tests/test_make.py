import pytest

from madoguchi.conversations.models import Conversation
from tests import make

pytestmark = pytest.mark.django_db


def test_the_world_is_seen_by_its_store_and_headquarters_only() -> None:
    world = make.world()

    assert list(Conversation.objects.visible_to(world.aoi)) == [world.conversation]
    assert list(Conversation.objects.visible_to(world.mio)) == [world.conversation]
    assert list(Conversation.objects.visible_to(world.ren)) == []
