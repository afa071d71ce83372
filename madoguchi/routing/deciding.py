"""What becomes of each conversation of a batch. Nothing is written here, and nobody is given more than they can carry.

Of what somebody holds, only what its holder must lose or get back is touched. What nobody holds is put where the rules
say, once in an exchange; from then on it waits there for somebody with room, or for too long.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from madoguchi.bindings.models import Policy
from madoguchi.conversations.models import Conversation
from madoguchi.duty.schedule import Absence, Place, Schedule
from madoguchi.organization.reach import Reach
from madoguchi.routing import rules
from madoguchi.routing.models import Cover, Decision, Team
from madoguchi.routing.rules import Bound, Facts, Ready, Verdict
from madoguchi.routing.staffing import NO_ROW, Chosen, Staffing, overflow_of, reaches, teams
from madoguchi.routing.standing import Standing, answering, place_number

LOOK_AGAIN = dt.timedelta(minutes=5)
"""At what waits for somebody with room. The sweep looks sooner when somebody has; this is the net below it."""
TELL_AGAIN = dt.timedelta(minutes=1)
"""At what waits where customers are told how long it takes."""
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
    teams: Mapping[Place, Team]
    schedule: Schedule
    """Of all places that may be spoken of, and of everybody with customers of their own."""
    reaches: Mapping[int, Reach]
    """Of everybody with customers of their own: where they may answer."""
    cover_minutes: Mapping[int, int]
    """By market."""
    answering: Mapping[int, Collection[int]]
    """Who is writing an answer right now, by conversation."""
    staffing: Staffing = field(default_factory=Staffing)
    _verdicts: dict[tuple[int, bool], Verdict] = field(default_factory=dict)

    @classmethod
    def load(cls, now: dt.datetime, standings: Sequence[Standing], *, locked: bool) -> Desk:
        """In a constant number of statements. ``locked``: the seats of all who may get something are locked."""
        ready, wanted = rules.load(), teams()
        persons = {pk for s in standings for pk in (s.bound_staff_id, s.owner_id) if pk is not None}
        places = {place for s in standings for place in (s.place, s.bound_place, Place(None, s.default_department_id))}
        places |= {rule.target for rule in ready}
        places |= {overflow_of(wanted[place]) for place in places if place in wanted}
        desk = cls(
            now=now,
            rules=ready,
            teams=wanted,
            schedule=Schedule.load(now, staff_ids=persons, places=places),
            reaches=reaches(now, persons),
            cover_minutes=dict(Policy.objects.values_list("market", "cover_minutes")),
            answering=answering(now, [s.pk for s in standings if s.is_covered]),
        )
        desk.staffing = Staffing.load(
            now,
            places=desk._places_to_give_at(standings),
            persons={pk for s in standings for pk in (s.bound_staff_id, s.owner_id) if pk and _may_get(s)},
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
        return self._waiting(standing) if standing.is_placed else self._routed(standing)

    # -- what nobody has looked at yet -----------------------------------------------------------------------------

    def facts(self, standing: Standing, *, is_full: bool) -> Facts:
        """``is_full``: of the customer's own person."""
        bound = None
        if standing.binding_id is not None:
            bound = Bound(
                standing.binding_id, standing.bound_place, standing.bound_staff_id, self._absence(standing), is_full
            )
        return Facts(
            local_time=self.now.astimezone(ZoneInfo(standing.time_zone)),
            default=Place(None, standing.default_department_id),
            market_id=standing.market_id,
            brand_id=standing.brand_id,
            locale=standing.locale,
            text=standing.words,
            cell=standing.cell,
            bound=bound,
        )

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
        since, overflow = self._queued_since(standing), self._overflow_due(standing)
        if overflow is not None:
            chosen = self._choose(standing, overflow, None)
            return self._put(
                standing, overflow, chosen, Outcome.OVERFLOWED, Reason.OVERFLOW, is_urgent=standing.is_urgent
            )
        ready = next((ready for ready in self.rules if ready.rule.pk == standing.rule_id), None)
        chosen = self._choose(standing, standing.place, ready.rule.skill_id if ready else None)
        if chosen.staff_id is None:
            return self._stays(standing, self._look_again(standing.place, since))
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

    def _overflow_due(self, standing: Standing) -> Place | None:
        """Where it goes that has waited too long; nowhere it has been before in this exchange."""
        limit = self._overflow_at(standing.place, self._queued_since(standing))
        target = overflow_of(self._team(standing.place))
        if limit is None or limit > self.now or place_number(target) in standing.visited:
            return None
        return target

    def _choose(self, standing: Standing, place: Place, skill_id: int | None) -> Chosen:
        return self.staffing.choose(
            place,
            self._team(place),
            brand_id=standing.brand_id,
            skill_id=skill_id,
            last_answerers=standing.last_answerers,
            losers=standing.losers,
        )

    def _queued_since(self, standing: Standing) -> dt.datetime:
        moved = max((at for at in (standing.decided_at, standing.unowned_since) if at), default=None)
        return moved or standing.waiting_since or self.now

    def _overflow_at(self, place: Place, since: dt.datetime) -> dt.datetime | None:
        team = self._team(place)
        if team.overflow_minutes is None or overflow_of(team) == Place():
            return None
        return self.schedule.after_working_minutes(place, since, team.overflow_minutes)

    def _look_again(self, place: Place, since: dt.datetime) -> dt.datetime:
        team = self._team(place)
        moments = [self.now + (TELL_AGAIN if team.tells_position else LOOK_AGAIN)]
        limit = self._overflow_at(place, since)
        if limit is not None and limit > self.now:
            moments.append(limit)
        return min(moments)

    # -- what somebody holds ---------------------------------------------------------------------------------------

    def _held(self, standing: Standing) -> Move:
        assert standing.holder_id is not None
        if standing.waiting_since is None:
            return self._stays(standing, self._calm_at(standing))
        is_own = standing.holder_id == standing.bound_staff_id
        held_since = standing.held_since or standing.waiting_since
        if not standing.holder_is_active:
            return self._lost(standing, Outcome.QUEUED, Reason.AWAY, None)
        if is_own and held_since <= standing.waiting_since and (absence := self._absence(standing)):
            return self._lost(standing, Outcome.QUEUED, Reason.AWAY, Cover.Reason(absence.value))
        since = max(standing.waiting_since, held_since)
        deadline = self._answer_by(standing, standing.holder_id, standing.place, since)
        if deadline is None or deadline > self.now:
            return self._stays(standing, deadline)
        return self._lost(standing, Outcome.WITHDRAWN, Reason.SILENT, Cover.Reason.SILENT if is_own else None)

    def _answer_by(self, standing: Standing, holder_id: int, place: Place, since: dt.datetime) -> dt.datetime | None:
        """In the working time of the place."""
        if holder_id == standing.bound_staff_id:
            minutes: int | None = self.cover_minutes.get(standing.market_id, Policy().cover_minutes)
        else:
            minutes = self._team(place).answer_minutes
        return None if minutes is None else self.schedule.after_working_minutes(place, since, minutes)

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
        place = standing.bound_place if standing.bound_staff_id == owner_id else standing.place
        return self._put(
            standing,
            place,
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

    def _is_back(self, standing: Standing, owner_id: int) -> bool:
        if self.schedule.absence(owner_id) is not None or not self.staffing.has_room(owner_id):
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
            attention_at: dt.datetime | None = self._look_again(place, self.now)
        else:
            self.staffing.give(chosen.staff_id, self.now)
            is_waiting = standing.waiting_since is not None
            attention_at = self._answer_by(standing, chosen.staff_id, place, self.now) if is_waiting else None
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

    def _team(self, place: Place) -> Team:
        return self.teams.get(place, NO_ROW)

    # -- the customer's own person -----------------------------------------------------------------------------------

    def _absence(self, standing: Standing) -> Absence | None:
        """Why they cannot have it now: whoever may no longer answer there is as good as off duty."""
        staff_id = standing.bound_staff_id
        if staff_id is None:
            return None
        reach = self.reaches.get(staff_id)
        may_answer = reach and reach.covers(**standing.bound_place._asdict(), brand_id=standing.brand_id)
        return self.schedule.absence(staff_id) if may_answer else Absence.OFF_DUTY

    def _is_bound_person_full(self, standing: Standing) -> bool:
        return standing.bound_staff_id is not None and not self.staffing.has_room(standing.bound_staff_id)

    def _places_to_give_at(self, standings: Sequence[Standing]) -> set[Place]:
        """Where somebody may be chosen, whoever turns out to be full."""
        places = set[Place]()
        for standing in standings:
            if standing.holder_id is not None or standing.state != Conversation.State.OPEN:
                continue
            if standing.is_placed:
                places |= {standing.place, overflow_of(self._team(standing.place))}
            else:
                persons_room = (False, True) if standing.bound_staff_id else (False,)
                places |= {self.verdict(standing, is_full=is_full).place for is_full in persons_room}
        return {place for place in places if self._team(place).method != Team.Method.NOBODY}


def _may_get(standing: Standing) -> bool:
    """Whether the customer's own person may be given it now."""
    return standing.is_covered or (standing.holder_id is None and not standing.is_placed)
