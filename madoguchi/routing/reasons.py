"""Why a conversation went where it went: what a rule found, and what was decided, in one sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from madoguchi.duty.schedule import Absence
from madoguchi.routing.models import Decision, Rule
from madoguchi.routing.rules import Condition, Finding
from madoguchi.routing.sentences import NO_NAMES, language_name, quoted

_D = Decision
_MOVES: dict[tuple[Decision.Outcome, str], str | Promise] = {
    (_D.Outcome.ASSIGNED, _D.Choice.BOUND): lazy("To %(person)s: looks after this customer and is on duty"),
    (_D.Outcome.ASSIGNED, _D.Choice.LAST): lazy("To %(person)s at %(place)s: answered this customer last"),
    (_D.Outcome.ASSIGNED, _D.Choice.ROUND_ROBIN): lazy("To %(person)s at %(place)s: next in turn"),
    (_D.Outcome.ASSIGNED, _D.Choice.LEAST_LOADED): lazy(
        "To %(person)s at %(place)s: has the fewest open conversations"
    ),
    (_D.Outcome.QUEUED, _D.Choice.ALL_FULL): lazy("To the queue of %(place)s: everybody on duty is full"),
    (_D.Outcome.QUEUED, _D.Choice.NOBODY_ON_DUTY): lazy("To the queue of %(place)s: nobody is on duty"),
    (_D.Outcome.QUEUED, _D.Choice.NOBODY_ELSE): lazy("To the queue of %(place)s: nobody is on duty who has not had it"),
    (_D.Outcome.QUEUED, _D.Choice.NOBODY_CHOSEN): lazy(
        "To the queue of %(place)s: the team takes conversations itself"
    ),
    (_D.Outcome.OVERFLOWED, ""): lazy("On to %(place)s: it waited longer than the team allows"),
    (_D.Outcome.WITHDRAWN, ""): lazy("Back to the queue of %(place)s: %(person)s did not answer in time"),
    (_D.Outcome.RETURNED, ""): lazy("Back to %(person)s: looks after this customer and is on duty again"),
}
_REASONS: dict[Decision.Reason, str | Promise] = {
    _D.Reason.BOUND_PERSON: lazy("This person looks after the customer and is on duty."),
    _D.Reason.BOUND_STORE: lazy("The customer belongs to %(place)s."),
    _D.Reason.RULE: lazy("A written rule sends it to %(place)s."),
    _D.Reason.DEFAULT: lazy("No rule takes it, so it goes to the account's own department, %(place)s."),
    _D.Reason.HANDED_OVER: lazy("A colleague put it there."),
    _D.Reason.OVERFLOW: lazy("It waited longer than the team before allows."),
    _D.Reason.SILENT: lazy("Whoever had it did not answer within the team's limit."),
    _D.Reason.AWAY: lazy("Whoever had it is away."),
    _D.Reason.BACK_ON_DUTY: lazy("Whoever looks after the customer is back on duty."),
}
_LINES: dict[Decision.Choice, str | Promise] = {
    _D.Choice.BOUND: lazy("To %(person)s: looks after this customer and is on duty"),
    _D.Choice.LAST: lazy("To %(person)s at %(place)s (%(because)s): answered this customer last"),
    _D.Choice.ROUND_ROBIN: lazy("To %(person)s at %(place)s (%(because)s): next in turn"),
    _D.Choice.LEAST_LOADED: lazy("To %(person)s at %(place)s (%(because)s): has the fewest open conversations"),
    _D.Choice.ALL_FULL: lazy("To the queue of %(place)s (%(because)s): everybody on duty is full"),
    _D.Choice.NOBODY_ON_DUTY: lazy("To the queue of %(place)s (%(because)s): nobody is on duty"),
    _D.Choice.NOBODY_ELSE: lazy("To the queue of %(place)s (%(because)s): nobody is on duty who has not had it"),
    _D.Choice.NOBODY_CHOSEN: lazy("To the queue of %(place)s: %(because)s"),
}
_BECAUSE: dict[Decision.Reason, str | Promise] = {
    _D.Reason.BOUND_PERSON: lazy("looks after this customer"),
    _D.Reason.BOUND_STORE: lazy("the customer's store"),
    _D.Reason.RULE: lazy("by a written rule"),
    _D.Reason.DEFAULT: lazy("no rule takes it"),
    _D.Reason.HANDED_OVER: lazy("put there by a colleague"),
    _D.Reason.OVERFLOW: lazy("it waited too long"),
    _D.Reason.SILENT: lazy("no answer in time"),
    _D.Reason.AWAY: lazy("whoever had it is away"),
    _D.Reason.BACK_ON_DUTY: lazy("back on duty"),
}
_HOLDS: dict[Condition, tuple[str | Promise, str | Promise]] = {
    Condition.MARKET: (lazy("The account belongs to this market"), lazy("The account belongs to another market")),
    Condition.BOUND: (lazy("Somebody looks after the customer"), lazy("Nobody looks after the customer")),
    Condition.ON_DUTY: (lazy("That person is on duty"), lazy("That person is off duty")),
    Condition.HAS_ROOM: (
        lazy("That person has room for one more"),
        lazy("That person has as many conversations as they can carry"),
    ),
    Condition.KEYWORD: (lazy("The message says %(found)s"), lazy("None of the words is in the message")),
    Condition.CELL: (lazy("The customer tapped %(found)s"), lazy("The customer did not tap that in the menu")),
    Condition.BRAND: (lazy("It is about that brand"), lazy("It is not about that brand")),
    Condition.LOCALE: (lazy("The customer's language is %(found)s"), lazy("The customer's language is another")),
    Condition.CASE_TYPE: (lazy("A case of the kind %(found)s is open"), lazy("No case of that kind is open")),
    Condition.WEEKDAY: (lazy("It is one of those days"), lazy("It is another day of the week")),
    Condition.TIME: (lazy("%(found)s lies within those hours"), lazy("%(found)s lies outside those hours")),
    Condition.TARGET_OPEN: (lazy("%(place)s is open"), lazy("%(place)s is closed")),
    Condition.TARGET_CLOSED: (lazy("%(place)s is closed"), lazy("%(place)s is open")),
}


def of_finding(finding: Finding, rule: Rule, cells: Mapping[str, str] = NO_NAMES) -> str:
    """What one condition of a rule met. ``cells`` names the cells of menus by their keys."""
    if finding.condition is Condition.ON_DUTY and finding.found == Absence.ON_LEAVE:
        return _("That person is on leave")
    if finding.condition is Condition.BOUND and rule.kind == Rule.Kind.BOUND_STORE:
        return _("The customer belongs to a store") if finding.holds else _("The customer belongs to no store")
    found = finding.found
    match finding.condition:
        case Condition.KEYWORD | Condition.CASE_TYPE:
            found = quoted(found)
        case Condition.CELL:
            found = quoted(cells.get(found, found))
        case Condition.LOCALE:
            found = language_name(found)
    return str(_HOLDS[finding.condition][not finding.holds]) % {
        "found": found,
        "place": rule.to_store or rule.to_department,
    }


def of_line(choice: Decision.Choice, reason: Decision.Reason, *, person: str, place: str, rule: str = "") -> str:
    """Where it went, what sent it there and how the person was found: the one line in the thread. ``rule`` is its name."""
    because = _("by the rule “%(rule)s”") % {"rule": rule} if rule else str(_BECAUSE[reason])
    return str(_LINES[choice]) % {"person": person, "place": place, "because": because}


def of_move(outcome: Decision.Outcome, choice: Decision.Choice, *, person: str, place: str) -> str:
    """Where it went and how the person was found, in one sentence; ``of_reason`` says what sent it there."""
    said = _MOVES.get((outcome, choice)) or _MOVES.get((outcome, "")) or lazy("To %(place)s")
    return str(said) % {"person": person, "place": place}


def of_reason(reason: Decision.Reason, *, place: str) -> str:
    """Why it went to that desk at all, whoever there has it."""
    return str(_REASONS.get(reason, reason.label)) % {"place": place}
