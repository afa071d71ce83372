"""Who may say how a team works, and what makes no sense is refused."""

from dataclasses import replace
from typing import Any

import pytest

from madoguchi.duty.schedule import Place
from madoguchi.kit.errors import Invalid, NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from madoguchi.routing import errors
from madoguchi.routing.fields import TeamFields
from madoguchi.routing.models import AwayReply, Skill, Team
from madoguchi.routing.team_administration import (
    Scope,
    delete_skill,
    reset_team,
    save_away_replies,
    save_skill,
    save_team,
    set_people_with,
)
from madoguchi.routing.teams import Teams
from tests import make
from tests.make import World

P = Permission


@pytest.fixture
def boss(world: World) -> Staff:
    return make.staff("boss", role=make.role(P.ROUTING_EDIT))


@pytest.fixture
def manager(world: World) -> Staff:
    """Edits the routing at Aoi's store."""
    return make.staff("manager", role=make.role(P.ROUTING_EDIT), store=world.store)


def test_a_manager_settles_their_own_store_and_no_other(world: World, manager: Staff) -> None:
    fields = TeamFields(method=Team.Method.ROUND_ROBIN, supervisor=manager, answer_minutes=None)

    save_team(by=manager, scope=Scope(store=world.store), fields=fields)
    team = save_team(by=manager, scope=Scope(store=world.store), fields=replace(fields, tells_position=True))
    for elsewhere in (world.other_store, world.department, world.market, None):
        with pytest.raises(NotAllowed):
            save_team(by=manager, scope=Scope.at(elsewhere), fields=fields)

    assert TeamFields.of(team) == replace(fields, tells_position=True)
    assert list(Team.objects.all()) == [team]


def test_a_team_goes_back_to_the_defaults(world: World, manager: Staff, boss: Staff) -> None:
    save_team(by=boss, scope=Scope(store=world.store), fields=TeamFields())
    save_team(by=boss, scope=Scope(store=world.other_store), fields=TeamFields())

    reset_team(by=manager, scope=Scope(store=world.store))
    with pytest.raises(NotAllowed):
        reset_team(by=manager, scope=Scope(store=world.other_store))

    assert [team.store for team in Team.objects.all()] == [world.other_store]


def test_where_nothing_is_settled_the_markets_defaults_hold_else_the_companys(world: World, boss: Staff) -> None:
    here, elsewhere = Place(store_id=world.store.pk), Place(store_id=make.store(market=make.market("jp")).pk)
    care = Place(department_id=world.department.pk)

    def minutes() -> list[int | None]:
        teams = Teams.load()
        return [teams.of(place).answer_minutes for place in (here, care, elsewhere)]

    assert minutes() == [15, 15, 15]
    save_team(by=boss, scope=Scope(), fields=TeamFields(answer_minutes=60))
    assert minutes() == [60, 60, 60]
    save_team(by=boss, scope=Scope(market=world.market), fields=TeamFields(answer_minutes=30))
    assert minutes() == [30, 30, 60]
    save_team(by=boss, scope=Scope(store=world.store), fields=TeamFields(answer_minutes=None))
    assert minutes() == [None, 30, 60]

    reset_team(by=boss, scope=Scope(store=world.store))
    reset_team(by=boss, scope=Scope())
    assert minutes() == [30, 30, 15]


def test_whoever_keeps_a_market_settles_its_defaults_and_no_others(world: World, boss: Staff) -> None:
    taiwan = make.staff("taiwan", role=make.role(P.ROUTING_EDIT), market=world.market)
    save_team(by=taiwan, scope=Scope(market=world.market), fields=TeamFields(answer_minutes=30))
    save_team(by=boss, scope=Scope(), fields=TeamFields())

    for scope in (Scope(), Scope(market=make.market("jp"))):
        with pytest.raises(NotAllowed):
            save_team(by=taiwan, scope=scope, fields=TeamFields(answer_minutes=5))
        with pytest.raises(NotAllowed):
            reset_team(by=taiwan, scope=scope)

    assert set(Team.objects.values_list("market", "answer_minutes")) == {(world.market.pk, 30), (None, 15)}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"overflow_minutes": 30}, errors.OverflowIncomplete),
        ({"answer_minutes": 0}, errors.MinutesOutOfRange),
        ({"answer_minutes": 1_441}, errors.MinutesOutOfRange),
    ],
)
def test_what_makes_no_team_is_refused(world: World, boss: Staff, change: dict[str, Any], error: type[Invalid]) -> None:
    with pytest.raises(error):
        save_team(by=boss, scope=Scope(store=world.store), fields=replace(TeamFields(), **change))

    assert not Team.objects.exists()


def test_a_team_passes_nothing_on_without_a_limit_or_to_itself(world: World, boss: Staff) -> None:
    with pytest.raises(errors.OverflowIncomplete):
        save_team(by=boss, scope=Scope(store=world.store), fields=TeamFields(overflow_store=world.other_store))
    with pytest.raises(errors.OverflowToItself):
        save_team(
            by=boss, scope=Scope(store=world.store), fields=TeamFields(overflow_store=world.store, overflow_minutes=5)
        )

    assert not Team.objects.exists()


def test_skills_are_the_whole_companys(world: World, boss: Staff, manager: Staff) -> None:
    skill = save_skill(by=boss, skill_id=None, name="咖啡機")
    save_skill(by=boss, skill_id=skill.pk, name=" Coffee ")
    with pytest.raises(errors.SkillTaken):
        save_skill(by=boss, skill_id=None, name="coffee")
    with pytest.raises(errors.SkillNameMissing):
        save_skill(by=boss, skill_id=None, name=" ")
    with pytest.raises(NotAllowed):
        save_skill(by=manager, skill_id=None, name="Tea")
    with pytest.raises(NotAllowed):
        delete_skill(by=manager, skill_id=skill.pk)
    assert [s.name for s in Skill.objects.all()] == ["Coffee"]

    delete_skill(by=boss, skill_id=skill.pk)
    with pytest.raises(NotFound):
        delete_skill(by=boss, skill_id=skill.pk)
    assert not Skill.objects.exists()


def test_skills_of_the_same_latin_beginning_are_different(world: World, boss: Staff) -> None:
    long = "a very long name of something that"
    first = save_skill(by=boss, skill_id=None, name=f"{long} one can do")
    second = save_skill(by=boss, skill_id=None, name=f"{long} others can do")

    assert first.code != second.code


def test_a_manager_gives_skills_to_the_people_of_their_store_only(world: World, boss: Staff, manager: Staff) -> None:
    skill = save_skill(by=boss, skill_id=None, name="Repairs")
    set_people_with(by=boss, skill_id=skill.pk, staff_ids=[world.ren.pk, manager.pk])

    set_people_with(by=manager, skill_id=skill.pk, staff_ids=[world.aoi.pk])
    with pytest.raises(NotAllowed):
        set_people_with(by=manager, skill_id=skill.pk, staff_ids=[world.mio.pk])
    with pytest.raises(NotAllowed):
        set_people_with(by=world.aoi, skill_id=skill.pk, staff_ids=[world.aoi.pk])

    assert set(skill.staff.all()) == {world.ren, world.aoi}


def test_away_replies_are_kept_by_place_and_language(world: World, boss: Staff, manager: Staff) -> None:
    here = Scope(store=world.store)
    save_away_replies(by=boss, scope=Scope(), texts={"en": "Closed until {opens}."})
    save_away_replies(by=manager, scope=here, texts={"en": "We open at {opens}.", "ja": "{opens}に開店します。"})
    save_away_replies(by=manager, scope=here, texts={"en": " ", "ja": "{opens}から。"})
    for scope in (Scope(), Scope(market=world.market), Scope(store=world.other_store)):
        with pytest.raises(NotAllowed):
            save_away_replies(by=manager, scope=scope, texts={"en": "Mine"})

    assert sorted(AwayReply.objects.values_list("store", "locale", "text"), key=str) == sorted(
        [(None, "en", "Closed until {opens}."), (world.store.pk, "ja", "{opens}から。")], key=str
    )


@pytest.mark.parametrize(
    ("texts", "error"),
    [
        ({"en": "x" * 501}, errors.ReplyTooLong),
        ({"en": "{name}, we are closed"}, errors.UnknownPlaceholder),
        ({"en": "until {opens"}, errors.UnknownPlaceholder),
        ({"ko": "x"}, errors.UnknownLanguage),
    ],
)
def test_what_cannot_be_told_is_refused(world: World, boss: Staff, texts: dict[str, str], error: type[Invalid]) -> None:
    with pytest.raises(error):
        save_away_replies(by=boss, scope=Scope(), texts=texts)

    assert not AwayReply.objects.exists()
