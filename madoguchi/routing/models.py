"""Rows of routing: the rules as the company wrote them, what teams want, and every decision with its reason.

A *team* is a store or a department. What it wants is one ``Team`` row; without one that of its market holds, else the
company's, else the defaults below.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.duty.sharing import Sharing


class Skill(models.Model):
    """Something a person can do that another cannot: a brand's machines, a language, repairs."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    staff: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        "organization.Staff", related_name="skills", blank=True
    )

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """One sentence: when all its conditions hold, the conversation goes there. In order of ``position``, first match.

    The two rules that every installation begins with (the bound person on duty; else their store's team) are rows of
    their own ``kind``, so that they can be moved or switched off; what no rule takes goes to the account's default
    department.
    """

    class Kind(models.TextChoices):
        BOUND_PERSON = "bound_person", _("To the person who looks after the customer, when on duty")
        BOUND_STORE = "bound_store", _("To the team of the customer's store")
        WRITTEN = "written", _("As written")

    class When(models.TextChoices):
        ALWAYS = "always", _("at any time")
        OPEN = "open", _("while the target is open")
        CLOSED = "closed", _("while the target is closed")

    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.WRITTEN)
    name = models.CharField(max_length=60, blank=True)
    market = models.ForeignKey("organization.Market", models.CASCADE, related_name="+", null=True, blank=True)
    """Null: all markets."""
    is_active = models.BooleanField(default=True)

    keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    """Any of them stands in the customer's words (case and width of letters do not matter)."""
    cells = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    """Any of these menu cells was tapped last before the words (``menus`` writes their keys)."""
    brands = models.ManyToManyField("organization.Brand", related_name="+", blank=True)
    locales = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    case_types = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    when = models.CharField(max_length=6, choices=When.choices, default=When.ALWAYS)
    from_time = models.TimeField(null=True, blank=True)
    until_time = models.TimeField(null=True, blank=True)
    """On the market's clock; over midnight when until is before from."""
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    """0 is Monday; empty: every day."""

    to_store = models.ForeignKey("organization.Store", models.CASCADE, related_name="+", null=True, blank=True)
    to_department = models.ForeignKey(
        "organization.Department", models.CASCADE, related_name="+", null=True, blank=True
    )
    skill = models.ForeignKey(Skill, models.SET_NULL, related_name="+", null=True, blank=True)
    """Wanted of whoever gets it; given to anybody of the team when nobody there has it."""
    is_urgent = models.BooleanField(default=False)
    """Goes before others in the waiting queue."""

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(~Q(kind="written") & Q(to_store__isnull=True, to_department__isnull=True))
                | (Q(kind="written") & Q(to_store__isnull=False, to_department__isnull=True))
                | (Q(kind="written") & Q(to_store__isnull=True, to_department__isnull=False)),
                name="rule_written_has_one_target",
            )
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.position}"


class Team(models.Model):
    """How a store or department shares out its work; of a market, or (all three empty) of the whole company: how those do
    that have no row of their own."""

    Method: TypeAlias = Sharing

    store = models.OneToOneField("organization.Store", models.CASCADE, related_name="team", null=True, blank=True)
    department = models.OneToOneField(
        "organization.Department", models.CASCADE, related_name="team", null=True, blank=True
    )
    market = models.OneToOneField("organization.Market", models.CASCADE, related_name="team", null=True, blank=True)
    method = models.CharField(max_length=12, choices=Method.choices, default=Method.NOBODY)
    prefers_last = models.BooleanField(default=True)
    """Whoever of the team answered the customer last goes first, within capacity."""
    answer_minutes = models.PositiveSmallIntegerField(null=True, blank=True, default=15)
    """Working minutes a person has before the team gets the conversation back; null: no limit."""
    overflow_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    """Working minutes in the waiting queue before it goes to the overflow team; null: never."""
    overflow_store = models.ForeignKey("organization.Store", models.SET_NULL, related_name="+", null=True, blank=True)
    overflow_department = models.ForeignKey(
        "organization.Department", models.SET_NULL, related_name="+", null=True, blank=True
    )
    tells_position = models.BooleanField(default=False)
    """Whether waiting customers are told their place in the queue and how long it takes."""
    supervisor = models.ForeignKey("organization.Staff", models.SET_NULL, related_name="+", null=True, blank=True)
    """Who is told when somebody lost a conversation for not answering."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(store__isnull=True, department__isnull=True)
                | Q(store__isnull=True, market__isnull=True)
                | Q(department__isnull=True, market__isnull=True),
                name="team_at_one_place_at_most",
            ),
            models.UniqueConstraint(
                fields=["store", "department", "market"], nulls_distinct=False, name="team_once_at_a_place"
            ),
            models.CheckConstraint(
                condition=Q(overflow_store__isnull=True) | Q(overflow_department__isnull=True),
                name="team_one_overflow",
            ),
        ]

    def __str__(self) -> str:
        return str(self.store or self.department or self.market or _("Everywhere"))

    @property
    def scope(self) -> tuple[int | None, int | None, int | None]:
        """Ids of store, department and market: at most one of them."""
        return self.store_id, self.department_id, self.market_id


class AwayReply(models.Model):
    """What customers are told while their desk is closed. A store's beats a department's, a market's, everybody's.

    ``{opens}`` is filled with when the desk opens again.
    """

    store = models.ForeignKey("organization.Store", models.CASCADE, related_name="+", null=True, blank=True)
    department = models.ForeignKey("organization.Department", models.CASCADE, related_name="+", null=True, blank=True)
    market = models.ForeignKey("organization.Market", models.CASCADE, related_name="+", null=True, blank=True)
    locale = models.CharField(max_length=10)
    text = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "department", "market", "locale"], nulls_distinct=False, name="away_reply_once"
            ),
            models.CheckConstraint(
                condition=Q(store__isnull=True, department__isnull=True)
                | Q(store__isnull=True, market__isnull=True)
                | Q(department__isnull=True, market__isnull=True),
                name="away_reply_at_one_place",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Cover(models.Model):
    """The team answers for a person who is away or silent. The binding stays; the person gets the thread back."""

    class Reason(models.TextChoices):
        OFF_DUTY = "off_duty", _("Off duty")
        ON_LEAVE = "on_leave", _("On leave")
        SILENT = "silent", _("Did not answer in time")
        FULL = "full", _("Has as many conversations as they can carry")

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="covers")
    binding = models.ForeignKey("bindings.Binding", models.CASCADE, related_name="covers")
    owner = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=8, choices=Reason.choices)
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When the owner got it back, or was told how it ended."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner"], condition=Q(ended_at__isnull=True), name="cover_running_by_owner")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(ended_at__isnull=True), name="cover_one_running"
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.reason}"


class Decision(models.Model):
    """What the router did with a conversation, and why: written with the move itself, never changed."""

    class Outcome(models.TextChoices):
        ASSIGNED = "assigned", _("Given to a person")
        QUEUED = "queued", _("Put into a team's waiting queue")
        OVERFLOWED = "overflowed", _("Passed on: it waited too long")
        WITHDRAWN = "withdrawn", _("Taken back from a person who did not answer")
        RETURNED = "returned", _("Given back to the person who looks after the customer")

    class Reason(models.TextChoices):
        BOUND_PERSON = "bound_person", _("Looks after this customer and is on duty")
        BOUND_STORE = "bound_store", _("Team of the customer's store")
        RULE = "rule", _("By a written rule")
        DEFAULT = "default", _("No rule applies: the account's own department")
        HANDED_OVER = "handed_over", _("A colleague put it there")
        OVERFLOW = "overflow", _("Waited longer than the team allows")
        SILENT = "silent", _("No answer within the time limit")
        AWAY = "away", _("The person who had it is away")
        BACK_ON_DUTY = "back_on_duty", _("Is back on duty")

    class Choice(models.TextChoices):
        """How the person was chosen within the team."""

        BOUND = "bound", _("the customer's own person")
        LAST = "last", _("answered this customer last")
        ROUND_ROBIN = "round_robin", _("next in turn")
        LEAST_LOADED = "least_loaded", _("fewest open conversations")
        ALL_FULL = "all_full", _("everybody on duty is full")
        NOBODY_ON_DUTY = "nobody_on_duty", _("nobody is on duty")
        NOBODY_ELSE = "nobody_else", _("nobody is on duty who has not had it")
        NOBODY_CHOSEN = "nobody_chosen", _("the team takes conversations itself")

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="decisions")
    exchange_number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    choice = models.CharField(max_length=14, choices=Choice.choices)
    rule = models.ForeignKey(Rule, models.SET_NULL, related_name="+", null=True, blank=True)
    rule_name = models.CharField(max_length=60, blank=True)
    """As it was called then."""
    is_skill_relaxed = models.BooleanField(default=False)
    """Somebody with a certain skill was wanted, and nobody there had it."""
    holder = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True, blank=True)
    """Who got it; of a withdrawal, who lost it."""
    store = models.ForeignKey("organization.Store", models.PROTECT, related_name="+", null=True, blank=True)
    department = models.ForeignKey("organization.Department", models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["conversation", "-at"], name="decision_by_conversation"),
            models.Index(fields=["at"], name="decision_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.outcome}"
