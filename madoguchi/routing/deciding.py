"""What becomes of each conversation of a batch. Nothing is written here, and nobody is given more than they can carry.

Of what somebody holds, only what its holder must lose or get back is touched. What nobody holds is put where the rules
say, once in an exchange; from then on it waits there for somebody with room, or for too long, or until the place is no
more: then the rules are asked again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from madoguchi.bindings.models import Policy
from madoguchi.conversations.models import Conversation
from madoguchi.duty.schedule import NOWHERE, Absence, Place, Schedule
from madoguchi.organization.reach import Reach
from madoguchi.routing import rules
from madoguchi.routing.limits import Limits
from madoguchi.routing.models import Cover, Decision, Team
from madoguchi.routing.rules import Bound, Facts, Ready, Verdict
from madoguchi.routing.staffing import Chosen, Staffing, reaches
from madoguchi.routing.standing import Standing, answering
from madoguchi.routing.teams import Teams, overflow_of

LOOK_AFTER_ANSWER = dt.timedelta(seconds=30)
"""When a covered conversation is not given back, because somebody is in the middle of it."""
CALM = dt.timedelta(minutes=5)
"""So long after the last word somebody who was silent gets back what others have answered."""

Outcome, Reason, Choice = Decision.Outcome, Decision.Reason, Decision.Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What happens to one conversation; ``outcome`` None: only its timer moves."""

    standing: Standing
    holder_id: int | None
    place: Place
    attention_at: dt.datetime | None
    outcome: Decision.Outcome | None = None
    reason: Decision.Reason = Reason.DEFAULT
    choice: Decision.Choice = Choice.NOBODY_CHOSEN
    rule_id: int | None = None
    rule_name: str = ""
    is_urgent: bool = False
    is_skill_relaxed: bool = False
    covers: Cover.Reason | None = None
    """From now on the team answers for the customer's own person, for this reason."""
    ends_cover: bool = False


@dataclass
class Desk:
    """All that the decisions of one batch go by."""

    now: dt.datetime
    rules: Sequence[Ready]
    teams: Teams
    schedule: Schedule
    """Of all places that may be spoken of, and of everybody with customers of their own."""
    reaches: Mapping[int, Reach]
    """Of everybody with customers of their own, and of everybody who holds something: where they may answer."""
    limits: Limits
    answering: Mapping[int, Collection[int]]
    """Who is writing an answer right now, by conversation."""
    staffing: Staffing = field(default_factory=Staffing)
    _verdicts: dict[tuple[int, bool], Verdict] = field(default_factory=dict)
    _clocks: dict[str, dt.datetime] = field(default_factory=dict)

    @classmethod
    def load(cls, now: dt.datetime, standings: Sequence[Standing], *, locked: bool) -> Desk:
        """In a constant number of statements. ``locked``: the seats of all who may get something are locked."""
        ready, teams = rules.load(now), Teams.load()
        persons = {pk for s in standings for pk in (s.bound_staff_id, s.owner_id) if pk is not None}
        places = {place for s in standings for place in (s.place, s.bound_place, Place(None, s.default_department_id))}
        places |= {rule.target for rule in ready}
        places |= {overflow_of(teams.of(place)) for place in places}
        holders = {standing.holder_id for standing in standings if standing.holder_id is not None}
        schedule = Schedule.load(now, staff_ids=persons, places=places)
        desk = cls(
            now=now,
            rules=ready,
            teams=teams,
            schedule=schedule,
            reaches=reaches(now, persons | holders),
            limits=Limits(now, teams, schedule, dict(Policy.objects.values_list("market", "cover_minutes"))),
            answering=answering(now, [s.pk for s in standings if s.is_covered]),
        )
        desk.staffing = Staffing.load(
            now,
            places=desk._places_to_give_at(standings),
            persons={pk for s in standings for pk in (s.bound_staff_id, s.owner_id) if pk and desk._may_get(s)},
            skill_ids={rule.rule.skill_id for rule in ready if rule.rule.skill_id},
            locked=locked,
        )
        return desk

    def decide(self, standing: Standing) -> Move:
        """For one after the other, in the order in which they are to be served."""
        if standing.state != Conversation.State.OPEN:
            return self._stays(standing, None)
        if standing.is_covered and (back := self._given_back(standing)):
            return back
        if standing.holder_id is not None:
            return self._held(standing)
        return self._waiting(standing) if self._stands_where_it_belongs(standing) else self._routed(standing)

    # -- what nobody has looked at yet -----------------------------------------------------------------------------

    def facts(self, standing: Standing, *, is_full: bool) -> Facts:
        """``is_full``: of the customer's own person."""
        bound = None
        if standing.binding_id is not None and not self.schedule.is_gone(standing.bound_place):
            bound = Bound(
                standing.binding_id, standing.bound_place, standing.bound_staff_id, self._absence(standing), is_full
            )
        return Facts(
            local_time=self._local_time(standing.time_zone),
            default=Place(None, standing.default_department_id),
            market_id=standing.market_id,
            brand_id=standing.brand_id,
            locale=standing.locale,
            text=standing.words,
            cell=standing.cell,
            bound=bound,
        )

    def _local_time(self, zone: str) -> dt.datetime:
        if zone not in self._clocks:
            self._clocks[zone] = self.now.astimezone(ZoneInfo(zone))
        return self._clocks[zone]

    def verdict(self, standing: Standing, *, is_full: bool | None = None) -> Verdict:
        """``is_full``: whether the customer's own person is, should that be supposed."""
        is_full = self._is_bound_person_full(standing) if is_full is None else is_full
        key = (standing.pk, is_full)
        if key not in self._verdicts:
            facts = self.facts(standing, is_full=is_full)
            self._verdicts[key] = rules.evaluate(self.rules, facts, is_open=self.schedule.is_open)
        return self._verdicts[key]

    def _routed(self, standing: Standing) -> Move:
        verdict = self.verdict(standing)
        if verdict.staff_id is not None:
            chosen = Chosen(verdict.staff_id, Choice.BOUND)
        else:
            chosen = self._choose(standing, verdict.place, verdict.skill_id)
        rule = verdict.rule if verdict.reason == Reason.RULE else None
        covers = self._covers(standing) if verdict.reason == Reason.BOUND_STORE else None
        return self._put(
            standing,
            verdict.place,
            chosen,
            Outcome.ASSIGNED if chosen.staff_id else Outcome.QUEUED,
            verdict.reason,
            rule_id=rule.pk if rule else None,
            rule_name=rule.name if rule else "",
            is_urgent=verdict.is_urgent,
            covers=None if standing.is_covered else covers,
            ends_cover=standing.is_covered and covers is None,
        )

    def _covers(self, standing: Standing) -> Cover.Reason | None:
        if standing.bound_staff_id is None:
            return None
        if absence := self._absence(standing):
            return Cover.Reason(absence.value)
        return Cover.Reason.FULL if self._is_bound_person_full(standing) else None

    # -- what waits in a team's queue ------------------------------------------------------------------------------

    def _waiting(self, standing: Standing) -> Move:
        if (overflow := self.limits.overflow(standing)) is not None:
            chosen = self._choose(standing, overflow, None)
            return self._put(
                standing, overflow, chosen, Outcome.OVERFLOWED, Reason.OVERFLOW, is_urgent=standing.is_urgent
            )
        ready = next((ready for ready in self.rules if ready.rule.pk == standing.rule_id), None)
        chosen = self._choose(standing, standing.place, ready.rule.skill_id if ready else None)
        if chosen.staff_id is None:
            return self._stays(standing, self.limits.look_again(standing))
        reason = None if standing.was_put_by_hand else standing.reason
        return self._put(
            standing,
            standing.place,
            chosen,
            Outcome.ASSIGNED,
            Reason(reason or Reason.HANDED_OVER),
            rule_id=ready.rule.pk if ready and reason else None,
            rule_name=standing.rule_name or "" if reason else "",
            is_urgent=standing.is_urgent,
        )

    def _choose(self, standing: Standing, place: Place, skill_id: int | None) -> Chosen:
        return self.staffing.choose(
            place,
            self.teams.of(place),
            brand_id=standing.brand_id,
            skill_id=skill_id,
            last_answerers=standing.last_answerers,
            losers=standing.losers,
        )

    # -- what somebody holds ---------------------------------------------------------------------------------------

    def _held(self, standing: Standing) -> Move:
        assert standing.holder_id is not None
        if not self._may_answer(standing.holder_id, standing.place, standing.brand_id):
            return self._lost(standing, Outcome.QUEUED, Reason.AWAY, None)
        if standing.waiting_since is None:
            return self._stays(standing, self._calm_at(standing))
        is_own = standing.holder_id == standing.bound_staff_id
        held_since = standing.held_since or standing.waiting_since
        if is_own and held_since <= standing.waiting_since and (absence := self._absence(standing)):
            return self._lost(standing, Outcome.QUEUED, Reason.AWAY, Cover.Reason(absence.value))
        since = max(standing.waiting_since, held_since)
        deadline = self.limits.answer_by(standing, standing.holder_id, standing.place, since)
        if deadline is None or deadline > self.now:
            return self._stays(standing, deadline)
        return self._lost(standing, Outcome.WITHDRAWN, Reason.SILENT, Cover.Reason.SILENT if is_own else None)

    def _lost(
        self, standing: Standing, outcome: Decision.Outcome, reason: Decision.Reason, covers: Cover.Reason | None
    ) -> Move:
        """To the team; who of them gets it is decided at the next look, which is due at once."""
        assert standing.holder_id is not None
        self.staffing.take(standing.holder_id)
        return Move(
            standing=standing,
            holder_id=None,
            place=standing.place,
            attention_at=self.now,
            outcome=outcome,
            reason=reason,
            is_urgent=standing.is_urgent,
            covers=None if standing.is_covered else covers,
        )

    # -- what others answer for somebody ---------------------------------------------------------------------------

    def _given_back(self, standing: Standing) -> Move | None:
        owner_id = standing.owner_id
        assert owner_id is not None
        if not standing.cover_binding_runs or standing.holder_id == owner_id:
            return self._put_down(standing)
        if not self._is_back(standing, owner_id):
            return None
        if standing.holder_id is not None:
            self.staffing.take(standing.holder_id)
        chosen = Chosen(owner_id, Choice.BOUND)
        return self._put(
            standing,
            self._home(standing),
            chosen,
            Outcome.RETURNED,
            Reason.BACK_ON_DUTY,
            is_urgent=standing.is_urgent,
            ends_cover=True,
        )

    def _put_down(self, standing: Standing) -> Move:
        """The cover is over without anything to give back; the conversation is looked at again as it is."""
        return Move(
            standing=standing,
            holder_id=standing.holder_id,
            place=standing.place,
            attention_at=self.now,
            is_urgent=standing.is_urgent,
            ends_cover=True,
        )

    def _home(self, standing: Standing) -> Place:
        """Where the owner of what others answer for gets it back."""
        return standing.bound_place if standing.bound_staff_id == standing.owner_id else standing.place

    def _is_back(self, standing: Standing, owner_id: int) -> bool:
        if self.schedule.absence(owner_id) is not None or not self.staffing.has_room(owner_id):
            return False
        if not self._may_answer(owner_id, self._home(standing), standing.brand_id):
            return False
        if any(pk != owner_id for pk in self.answering.get(standing.pk, ())):
            return False
        if standing.cover_reason != Cover.Reason.SILENT:
            return True
        is_calm = standing.waiting_since is None and standing.last_message_at <= self.now - CALM
        return is_calm and standing.answered_for_owner

    def _calm_at(self, standing: Standing) -> dt.datetime | None:
        """When to look whether the owner of what somebody else holds can have it back."""
        if not standing.is_covered or self.schedule.absence(standing.owner_id or 0) is not None:
            return None
        return max(standing.last_message_at + CALM, self.now + LOOK_AFTER_ANSWER)

    # -- moving ----------------------------------------------------------------------------------------------------

    def _put(
        self,
        standing: Standing,
        place: Place,
        chosen: Chosen,
        outcome: Decision.Outcome,
        reason: Decision.Reason,
        *,
        is_urgent: bool,
        rule_id: int | None = None,
        rule_name: str = "",
        covers: Cover.Reason | None = None,
        ends_cover: bool = False,
    ) -> Move:
        if chosen.staff_id is None:
            attention_at: dt.datetime | None = self.limits.look_at_queued(place, self.now)
        else:
            self.staffing.give(chosen.staff_id, self.now)
            is_waiting = standing.waiting_since is not None
            attention_at = self.limits.answer_by(standing, chosen.staff_id, place, self.now) if is_waiting else None
        return Move(
            standing=standing,
            holder_id=chosen.staff_id,
            place=place,
            attention_at=attention_at,
            outcome=outcome,
            reason=reason,
            choice=chosen.choice,
            rule_id=rule_id,
            rule_name=rule_name,
            is_urgent=is_urgent,
            is_skill_relaxed=chosen.is_skill_relaxed,
            covers=covers,
            ends_cover=ends_cover,
        )

    def _stays(self, standing: Standing, attention_at: dt.datetime | None) -> Move:
        return Move(
            standing=standing,
            holder_id=standing.holder_id,
            place=standing.place,
            attention_at=attention_at,
            is_urgent=standing.is_urgent,
        )

    # -- the customer's own person -----------------------------------------------------------------------------------

    def _absence(self, standing: Standing) -> Absence | None:
        """Why they cannot have it now: whoever may no longer answer there is as good as off duty."""
        staff_id = standing.bound_staff_id
        if staff_id is None:
            return None
        may_answer = self._may_answer(staff_id, standing.bound_place, standing.brand_id)
        return self.schedule.absence(staff_id) if may_answer else Absence.OFF_DUTY

    def _is_bound_person_full(self, standing: Standing) -> bool:
        return standing.bound_staff_id is not None and not self.staffing.has_room(standing.bound_staff_id)

    def _places_to_give_at(self, standings: Sequence[Standing]) -> set[Place]:
        """Where somebody may be chosen, whoever turns out to be full."""
        places = set[Place]()
        for standing in standings:
            if standing.holder_id is not None or standing.state != Conversation.State.OPEN:
                continue
            if self._stands_where_it_belongs(standing):
                places |= {standing.place, overflow_of(self.teams.of(standing.place))}
            else:
                persons_room = (False, True) if standing.bound_staff_id else (False,)
                places |= {self.verdict(standing, is_full=is_full).place for is_full in persons_room}
        return {place for place in places - {NOWHERE} if self.teams.of(place).method != Team.Method.NOBODY}

    def _may_get(self, standing: Standing) -> bool:
        """Whether the customer's own person may be given it now."""
        is_free = standing.holder_id is None and not self._stands_where_it_belongs(standing)
        return standing.is_covered or is_free

    def _stands_where_it_belongs(self, standing: Standing) -> bool:
        return standing.is_placed and not self.schedule.is_gone(standing.place)

    def _may_answer(self, staff_id: int, place: Place, brand_id: int | None) -> bool:
        reach = self.reaches.get(staff_id)
        return reach is not None and reach.covers(**place._asdict(), brand_id=brand_id)
