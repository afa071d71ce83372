"""What one can do to a draft, and what is refused."""

from typing import Any

import pytest
from django.utils import translation

from madoguchi.kit.errors import Invalid, NotAllowed, NotFound
from madoguchi.menus import designing, drafts, layouts
from madoguchi.menus.designing import Audience
from madoguchi.menus.drafts import AlreadyPublished
from madoguchi.menus.models import Cell, DraftStep, Menu, Tab, Variant, Version
from madoguchi.menus.problems import problems
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.make import World


@pytest.fixture
def nana(world: World) -> Staff:
    """A marketer."""
    return make.staff("nana", role=BuiltInRole.MARKETER)


@pytest.fixture
def draft(world: World, nana: Staff) -> Version:
    return drafts.begin(by=nana, account=world.account)


def test_the_first_proposal_can_be_published_as_it_is(draft: Version) -> None:
    assert problems(draft) == []
    assert [tab.layout for tab in Tab.objects.order_by("position")] == ["large-3x2", "large-2x2", "large-wide-3"]


@pytest.mark.parametrize("locale", ["zh-hant", "zh-hans", "ja", "en"])
def test_the_proposal_speaks_every_language(world: World, nana: Staff, locale: str) -> None:
    type(world.market).objects.update(locale=locale)
    world.account.market.refresh_from_db()

    draft = drafts.begin(by=nana, account=world.account)

    assert problems(draft) == []
    assert draft.locales == [locale]


def test_there_is_one_draft_and_it_copies_what_is_live(world: World, nana: Staff, draft: Version) -> None:
    assert drafts.begin(by=nana, account=world.account) == draft

    _publish(draft)
    copy = drafts.begin(by=nana, account=world.account)

    assert copy.number == 2
    assert drafts.read(copy) == drafts.read(draft)


def test_what_is_published_stays(world: World, nana: Staff, draft: Version) -> None:
    _publish(draft)
    before = drafts.read(draft)

    for act in (
        lambda: designing.set_bar_texts(by=nana, version_id=draft.pk, texts={"zh-hant": "x"}),
        lambda: designing.remove_tab(by=nana, version_id=draft.pk, variant="everyone", tab=1),
        lambda: drafts.discard(by=nana, version_id=draft.pk),
        lambda: drafts.step_back(by=nana, version_id=draft.pk),
    ):
        with pytest.raises(AlreadyPublished):
            act()

    assert drafts.read(draft) == before


def test_who_may_not_edit_changes_nothing(world: World, draft: Version) -> None:
    before = drafts.read(draft)
    reader = make.staff("reader", role=make.role(Permission.MENU_READ))

    with pytest.raises(NotAllowed):
        designing.set_bar_texts(by=reader, version_id=draft.pk, texts={"zh-hant": "x"})
    with pytest.raises(NotFound):
        designing.set_bar_texts(by=world.aoi, version_id=draft.pk, texts={"zh-hant": "x"})
    with pytest.raises(NotFound):
        drafts.begin(by=world.aoi, account=world.account)

    assert drafts.read(draft) == before
    assert not DraftStep.objects.exists()


def test_every_change_can_be_taken_back_in_turn(nana: Staff, draft: Version) -> None:
    first = drafts.read(draft)
    designing.set_bar_texts(by=nana, version_id=draft.pk, texts={"zh-hant": "點我"})
    second = drafts.read(_fresh(draft))
    designing.remove_tab(by=nana, version_id=draft.pk, variant="everyone", tab=2)

    assert drafts.step_back(by=nana, version_id=draft.pk)
    assert drafts.read(_fresh(draft)) == second
    assert drafts.step_back(by=nana, version_id=draft.pk)
    assert drafts.read(_fresh(draft)) == first
    assert not drafts.step_back(by=nana, version_id=draft.pk)


def test_what_changes_nothing_is_no_step(nana: Staff, draft: Version) -> None:
    designing.set_bar_texts(by=nana, version_id=draft.pk, texts=dict(draft.bar_texts))

    assert not DraftStep.objects.exists()


def test_only_so_many_steps_are_kept(nana: Staff, draft: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DraftStep, "MOST", 3)

    for number in range(5):
        designing.set_bar_texts(by=nana, version_id=draft.pk, texts={"zh-hant": f"選單 {number}"})

    steps = list(draft.draft_steps.values_list("design__bar_texts", flat=True))
    assert [each["zh-hant"] for each in steps] == ["選單 3", "選單 2", "選單 1"]


def test_variants_keep_their_order_with_everybody_else_last(world: World, nana: Staff, draft: Version) -> None:
    one = _variant(nana, draft, "one", Audience(states=["bound"]))
    two = _variant(nana, draft, "two", Audience(locales=["ja"]))
    assert _names(draft)[:2] == ["one", "two"]

    designing.move_variant(by=nana, version_id=draft.pk, variant=two, up=True)
    designing.move_variant(by=nana, version_id=draft.pk, variant=two, up=True)
    designing.move_variant(by=nana, version_id=draft.pk, variant="everyone", up=True)
    assert _names(draft)[:2] == ["two", "one"]
    assert draft.variants.last() == draft.variants.get(is_fallback=True)

    designing.remove_variant(by=nana, version_id=draft.pk, variant=two)
    assert _names(draft)[0] == "one"
    with pytest.raises(Invalid):
        designing.remove_variant(by=nana, version_id=draft.pk, variant="everyone")
    assert [row.position for row in draft.variants.all()] == [1, 2]
    assert one in {row.code for row in draft.variants.all()}


def test_a_duplicate_has_all_that_the_other_has(nana: Staff, draft: Version) -> None:
    copy = designing.add_variant(by=nana, version_id=draft.pk, copy_of="everyone")

    one, other = (drafts.read_variant(row) for row in draft.variants.order_by("position"))
    assert one["tabs"] == other["tabs"]
    assert (copy.is_fallback, one["name"]) == (False, copy.name)
    assert one["code"] != other["code"]


def test_a_variant_keeps_its_name(nana: Staff, draft: Version) -> None:
    copy = designing.add_variant(by=nana, version_id=draft.pk, copy_of="everyone")

    with translation.override("en"), pytest.raises(Invalid, match="name"):
        designing.change_variant(
            by=nana, version_id=draft.pk, variant=copy.code, name=" ", audience=Audience(states=["bound"]), style=None
        )

    copy.refresh_from_db()
    assert copy.name
    assert copy.states == []


def test_tabs_are_added_moved_and_removed(nana: Staff, draft: Version) -> None:
    act: dict[str, Any] = {"by": nana, "version_id": draft.pk, "variant": "everyone"}
    with translation.override("en"), pytest.raises(Invalid, match="three"):
        designing.add_tab(**act)

    first = Tab.objects.get(position=1).pk
    assert designing.move_tab(**act, tab=1, left=False) == 2
    assert Tab.objects.get(position=2).pk == first
    assert designing.move_tab(**act, tab=1, left=True) == 1  # at the end of the way

    designing.remove_tab(**act, tab=1)
    designing.remove_tab(**act, tab=2)
    assert [(tab.pk, tab.position) for tab in Tab.objects.all()] == [(first, 1)]
    with pytest.raises(Invalid):
        designing.remove_tab(**act, tab=1)


def test_cells_wait_for_a_layout_that_has_room(nana: Staff, draft: Version) -> None:
    act: dict[str, Any] = {"by": nana, "version_id": draft.pk, "variant": "everyone", "tab": 1}
    designing.change_tab(**act, names={}, layout="large-1x1")
    assert Cell.objects.filter(tab__position=1).count() == 6
    with pytest.raises(NotFound):
        designing.save_cell(**act, index=3, action="my_cases", labels={}, icon="")

    designing.change_tab(**act, names={}, layout="large-3x2")
    with pytest.raises(Invalid):
        designing.change_tab(**act, names={}, layout="small-3x1")

    assert Tab.objects.get(position=1).layout == "large-3x2"


@pytest.mark.parametrize("layout", list(layouts.LAYOUTS))
def test_another_size_finds_a_layout_for_every_tab(nana: Staff, draft: Version, layout: str) -> None:
    size = layouts.LAYOUTS[layout].size
    Variant.objects.update(size=size)
    Tab.objects.update(layout=layout)
    other = "small" if size == "large" else "large"

    designing.set_size(by=nana, version_id=draft.pk, variant="everyone", size=other)

    assert all(tab.layout in layouts.of_size(other) for tab in Tab.objects.all())


def test_cells_change_places_also_with_an_empty_one(nana: Staff, draft: Version) -> None:
    act: dict[str, Any] = {"by": nana, "version_id": draft.pk, "variant": "everyone", "tab": 1}
    first, second = (Cell.objects.get(tab__position=1, index=index) for index in (0, 1))

    designing.swap_cells(**act, index=0, other=1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.index, second.index) == (1, 0)

    designing.empty_cell(**act, index=0)
    designing.swap_cells(**act, index=1, other=0)
    first.refresh_from_db()
    assert first.index == 0
    with pytest.raises(NotFound):
        designing.swap_cells(**act, index=0, other=6)


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("shop_link", ""),
        ("shop_link", "http://shop.example.com"),
        ("shop_link", "https://shop"),
        ("shop_link", "javascript:alert(1)"),
        ("article", "https://shop.example.com/a b"),
        ("article", "https://shop.example.com/" + "a" * 1000),
        ("text", ""),
        ("text", "x" * 301),
        ("postback", " "),
    ],
)
def test_a_value_that_would_not_work_is_refused(nana: Staff, draft: Version, action: str, value: str) -> None:
    act: dict[str, Any] = {"by": nana, "version_id": draft.pk, "variant": "everyone", "tab": 1}

    with pytest.raises(Invalid):
        designing.save_cell(**act, index=0, action=action, labels={}, icon="", value=value)

    assert Cell.objects.get(tab__position=1, index=0).action == "my_salesperson"


def test_words_that_are_too_long_are_refused(nana: Staff, draft: Version) -> None:
    with pytest.raises(Invalid, match="14"):
        designing.set_bar_texts(by=nana, version_id=draft.pk, texts={"zh-hant": "選" * 15})

    assert _fresh(draft).bar_texts == draft.bar_texts


def test_a_picture_of_another_menu_is_not_found(world: World, nana: Staff, draft: Version) -> None:
    other = Menu.objects.create(account=make.account(default_brand=world.brand, default_department=world.department))
    picture = other.pictures.create(name="x", sha256="x", content=b"x", width=1, height=1)

    with pytest.raises(NotFound):
        designing.set_tab_picture(by=nana, version_id=draft.pk, variant="everyone", tab=1, picture=picture)

    assert Tab.objects.get(position=1).picture is None


def test_words_of_a_language_that_is_taken_away_come_back_with_it(nana: Staff, draft: Version) -> None:
    act: dict[str, Any] = {"by": nana, "version_id": draft.pk}
    designing.set_locales(**act, locales=["zh-hant", "ja"])
    designing.set_bar_texts(**act, texts={"ja": "メニュー"})
    designing.set_locales(**act, locales=["zh-hant"])
    designing.set_locales(**act, locales=["ja", "zh-hant", "ja", "xx"])

    assert _fresh(draft).locales == ["ja", "zh-hant"]
    assert _fresh(draft).bar_texts["ja"] == "メニュー"
    with pytest.raises(Invalid):
        designing.set_locales(**act, locales=[])


def test_a_new_language_gets_the_words_that_are_still_ours(nana: Staff, draft: Version) -> None:
    act: dict[str, Any] = {"by": nana, "version_id": draft.pk}
    cell: dict[str, Any] = {"variant": "everyone", "tab": 1, "index": 1, "action": "nearest_store", "icon": "map-pin"}
    designing.save_cell(**act, **cell, labels={"zh-hant": "來店裡坐坐"})

    designing.set_locales(**act, locales=["zh-hant", "en"])

    assert Tab.objects.get(position=1).names["en"] == "In store"
    assert Cell.objects.get(tab__position=1, index=0).labels["en"] == "My salesperson"
    assert "en" not in Cell.objects.get(tab__position=1, index=1).labels  # a person's own words


def _fresh(draft: Version) -> Version:
    return Version.objects.get(pk=draft.pk)


def _publish(draft: Version) -> None:
    draft.published_at = draft.created_at
    draft.save()
    Menu.objects.update(live=draft)


def _variant(by: Staff, draft: Version, name: str, audience: Audience) -> str:
    made = designing.add_variant(by=by, version_id=draft.pk, copy_of="everyone")
    designing.change_variant(by=by, version_id=draft.pk, variant=made.code, name=name, audience=audience, style=None)
    return made.code


def _names(draft: Version) -> list[str]:
    return [row.name for row in draft.variants.order_by("position")]
