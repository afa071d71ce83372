"""Quick phrases: one's own, and those that are everybody's at a place."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from madoguchi.conversations.models import QuickPhrase
from madoguchi.organization.models import Staff, Store
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

TEXT = {"title": "晨間招呼", "text": "{customer}您好，我是{store}的{me}。", "shortcut": "hi", "locale": ""}


def _phrase(title: str, *, owner: Staff | None = None, store: Store | None = None, position: int = 0) -> QuickPhrase:
    return QuickPhrase.objects.create(title=title, text=title, owner=owner, store=store, position=position)


def test_everybody_writes_their_own_and_only_they_see_it(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.aoi).post("/phrases/new", TEXT)

    phrase = QuickPhrase.objects.get()
    assert (answer.status_code, phrase.owner, phrase.shortcut) == (302, world.aoi, "hi")
    assert "您好，我是" in sign_in(world.aoi).get("/phrases").content.decode()
    assert "晨間招呼" not in sign_in(world.ren).get("/phrases").content.decode()
    assert sign_in(world.ren).get(f"/phrases/{phrase.pk}").status_code == 404
    assert sign_in(world.ren).post(f"/phrases/{phrase.pk}/removal").status_code == 404
    assert QuickPhrase.objects.exists()


def test_who_keeps_phrases_of_a_store_shares_them_there_and_nowhere_else(world: World, sign_in: SignIn) -> None:
    manager = make.staff("manager", role=BuiltInRole.MANAGER, store=world.store)
    client = sign_in(manager)
    shared = TEXT | {"is_shared": "on"}

    assert client.post("/phrases/new", shared | {"store": world.store.pk}).status_code == 302
    assert client.post("/phrases/new", shared).status_code == 403
    assert client.post("/phrases/new", shared | {"store": world.other_store.pk}).status_code == 422

    assert [(phrase.owner, phrase.store) for phrase in QuickPhrase.objects.all()] == [(None, world.store)]
    assert "晨間招呼" in sign_in(world.aoi).get("/phrases").content.decode()
    assert "晨間招呼" not in sign_in(world.ren).get("/phrases").content.decode()


def test_without_the_permission_a_shared_phrase_can_only_be_read(world: World, sign_in: SignIn) -> None:
    phrase = _phrase("營業時間")
    client = sign_in(world.aoi)

    assert client.get(f"/phrases/{phrase.pk}").status_code == 200
    assert read(client.get(f"/phrases/{phrase.pk}").content).all("textarea") == []
    assert client.post(f"/phrases/{phrase.pk}", TEXT).status_code == 403
    assert client.post(f"/phrases/{phrase.pk}/removal").status_code == 403
    assert client.post(f"/phrases/{phrase.pk}/up").status_code == 403
    client.post("/phrases/new", TEXT | {"is_shared": "on"})

    phrase.refresh_from_db()
    assert phrase.text == "營業時間"
    assert list(QuickPhrase.objects.filter(owner=None)) == [phrase]


def test_the_order_is_changed_by_one_step(world: World, sign_in: SignIn) -> None:
    first, second, third = (_phrase(title, owner=world.aoi) for title in "abc")
    client = sign_in(world.aoi)

    client.post(f"/phrases/{third.pk}/up")
    assert list(QuickPhrase.objects.all()) == [first, third, second]

    client.post(f"/phrases/{first.pk}/up")
    client.post(f"/phrases/{first.pk}/down")
    assert list(QuickPhrase.objects.all()) == [third, first, second]


def test_a_shortcut_is_unique_where_it_would_be_offered(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi)
    client.post("/phrases/new", TEXT)

    assert client.post("/phrases/new", TEXT).status_code == 422
    assert QuickPhrase.objects.count() == 1
    assert sign_in(world.ren).post("/phrases/new", TEXT).status_code == 302


@pytest.mark.parametrize("missing", ["title", "text"])
def test_a_phrase_has_a_title_and_a_text(world: World, sign_in: SignIn, missing: str) -> None:
    assert sign_in(world.aoi).post("/phrases/new", TEXT | {missing: " "}).status_code == 422
    assert not QuickPhrase.objects.exists()


def test_the_preview_fills_in_the_names(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.aoi).post("/phrases/preview", TEXT | {"store": world.store.pk})

    assert f"我是{world.store.name}的{world.aoi.display_name}。" in answer.content.decode()
    assert Client().post("/phrases/preview", TEXT).status_code == 302


def test_the_page_costs_the_same_for_many_phrases(
    world: World, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        _phrase(f"句{number}", store=world.store)
    client = sign_in(world.aoi)

    with django_assert_max_num_queries(10):
        page = client.get("/phrases")

    assert page.content.decode().count("句2") >= 10


def test_a_preview_names_no_brand_out_of_reach(world: World, sign_in: SignIn) -> None:
    form = TEXT | {"text": "我們是{brand}"}
    client = sign_in(world.ren, htmx=True)

    own = client.post("/phrases/preview", form | {"brand": world.brand.pk}).content.decode()
    others = client.post("/phrases/preview", form | {"brand": world.other_brand.pk}).content.decode()

    assert world.brand.name in own
    assert world.other_brand.name not in others
