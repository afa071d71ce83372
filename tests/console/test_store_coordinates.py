"""Where a store is, entered as people have it at hand."""

from __future__ import annotations

import pytest

from madoguchi.organization.coordinates import Coordinates
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World


@pytest.fixture
def administrator(world: World) -> Staff:
    return make.staff("administrator", role=BuiltInRole.ADMINISTRATOR, locale="en")


def test_a_map_link_says_where_a_store_is(world: World, sign_in: SignIn, administrator: Staff) -> None:
    client, address = sign_in(administrator), f"/organization/stores/{world.store.public_id}"
    fields = {"name": world.store.name, "kind": "counter", "market": world.market.pk, "brands": [world.brand.pk]}

    saved = client.post(address, fields | {"coordinates": "https://www.google.com/maps/@25.036,121.567,17z"})
    world.store.refresh_from_db()
    page = read(client.get(address).content)

    assert saved.status_code == 302
    assert world.store.coordinates == Coordinates(25.036, 121.567)
    assert page.one("input", id="id_coordinates").attributes["value"] == "25.036000, 121.567000"
    assert "query=25.036000,121.567000" in page.one("a", class_="link").attributes["href"]

    client.post(address, fields | {"coordinates": ""})
    world.store.refresh_from_db()
    assert world.store.coordinates is None


def test_what_says_nothing_is_refused_and_kept_in_the_form(world: World, sign_in: SignIn, administrator: Staff) -> None:
    fields = {"name": "新名字", "kind": "counter", "market": world.market.pk}

    answer = sign_in(administrator).post(
        f"/organization/stores/{world.store.public_id}", fields | {"coordinates": "https://maps.app.goo.gl/x"}
    )
    page = read(answer.content)

    assert answer.status_code == 422
    assert "short link" in page.one("small", class_="problem").text
    assert page.one("input", id="id_coordinates").attributes["value"] == "https://maps.app.goo.gl/x"
    world.store.refresh_from_db()
    assert (world.store.name, world.store.coordinates) == ("台北信義店", None)
