"""What each team wants: as its own row says, else its market's, else the company's, else as the fields begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet

from madoguchi.duty.schedule import Place
from madoguchi.organization.models import Department, Store
from madoguchi.routing.models import Team

BUILT_IN = Team()
"""What holds where nobody has written anything."""


@dataclass(frozen=True, slots=True)
class Teams:
    own: Mapping[Place, Team]
    of_market: Mapping[Place, Team]
    """By place of a market that has a row."""
    company: Team = BUILT_IN

    @classmethod
    def load(cls, rows: QuerySet[Team] | None = None) -> Self:
        """In one statement; in three where markets have rows. ``rows``: all of ``Team``, joined as the caller needs."""
        found = list(Team.objects.all() if rows is None else rows)
        by_market = {team.market_id: team for team in found if team.market_id is not None}
        everywhere = (team for team in found if team.scope == (None, None, None))
        return cls(
            own={
                Place(team.store_id, team.department_id): team for team in found if team.store_id or team.department_id
            },
            of_market={place: by_market[market_id] for place, market_id in _places(list(by_market))},
            company=next(everywhere, BUILT_IN),
        )

    def of(self, place: Place) -> Team:
        return self.own.get(place) or self.of_market.get(place) or self.company

    @property
    def anybody_is_chosen(self) -> bool:
        """Whether there may be a team that chooses who gets a conversation."""
        rows = (*self.own.values(), *self.of_market.values(), self.company)
        return any(team.method != Team.Method.NOBODY for team in rows)


def overflow_of(team: Team) -> Place:
    return Place(team.overflow_store_id, team.overflow_department_id)


def _places(market_ids: list[int]) -> Iterator[tuple[Place, int]]:
    if not market_ids:
        return
    for pk, market_id in Store.objects.filter(market__in=market_ids).order_by().values_list("pk", "market"):
        yield Place(store_id=pk), market_id
    departments = Department.objects.filter(market__in=market_ids).order_by()
    for pk, market_id in departments.values_list("pk", "market_id"):
        assert market_id is not None
        yield Place(department_id=pk), market_id
