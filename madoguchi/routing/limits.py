"""How long things may take: an answer, waiting in a queue; and when to look again. In the working time of the place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from madoguchi.bindings.models import Policy
from madoguchi.duty.schedule import NOWHERE, Place, Schedule
from madoguchi.routing.standing import Standing, place_number
from madoguchi.routing.teams import Teams, overflow_of

LOOK_AGAIN = dt.timedelta(minutes=5)
"""At what waits for somebody with room. The sweep looks sooner when somebody has; this is the net below it."""
TELL_AGAIN = dt.timedelta(minutes=1)
"""At what waits where customers are told how long it takes."""
_COVER_MINUTES = Policy().cover_minutes
"""Of markets that have written down no policy."""


@dataclass(frozen=True, slots=True)
class Limits:
    now: dt.datetime
    teams: Teams
    schedule: Schedule
    cover_minutes: Mapping[int, int]
    """By market."""
    _after: dict[tuple[Place, dt.datetime, int], dt.datetime] = field(default_factory=dict)
    """What is given out in one batch has the same limits."""

    def answer_by(self, standing: Standing, holder_id: int, place: Place, since: dt.datetime) -> dt.datetime | None:
        """None: no limit."""
        if holder_id == standing.bound_staff_id:
            minutes: int | None = self.cover_minutes.get(standing.market_id, _COVER_MINUTES)
        else:
            minutes = self.teams.of(place).answer_minutes
        return None if minutes is None else self._after_working_minutes(place, since, minutes)

    def overflow(self, standing: Standing) -> Place | None:
        """Where it goes that has waited too long; nowhere it has been before in this exchange."""
        limit = self._overflow_at(standing.place, self._queued_since(standing))
        target = overflow_of(self.teams.of(standing.place))
        if limit is None or limit > self.now or self.schedule.is_gone(target):
            return None
        return None if place_number(target) in {*standing.visited, place_number(standing.place)} else target

    def look_again(self, standing: Standing) -> dt.datetime:
        """At what stays in its queue."""
        return self.look_at_queued(standing.place, self._queued_since(standing))

    def look_at_queued(self, place: Place, since: dt.datetime) -> dt.datetime:
        moments = [self.now + (TELL_AGAIN if self.teams.of(place).tells_position else LOOK_AGAIN)]
        limit = self._overflow_at(place, since)
        if limit is not None and limit > self.now:
            moments.append(limit)
        return min(moments)

    def _overflow_at(self, place: Place, since: dt.datetime) -> dt.datetime | None:
        team = self.teams.of(place)
        if team.overflow_minutes is None or overflow_of(team) == NOWHERE:
            return None
        return self._after_working_minutes(place, since, team.overflow_minutes)

    def _after_working_minutes(self, place: Place, since: dt.datetime, minutes: int) -> dt.datetime:
        key = (place, since, minutes)
        if key not in self._after:
            self._after[key] = self.schedule.after_working_minutes(place, since, minutes)
        return self._after[key]

    def _queued_since(self, standing: Standing) -> dt.datetime:
        moved = max((at for at in (standing.decided_at, standing.unowned_since) if at), default=None)
        return moved or standing.waiting_since or self.now
