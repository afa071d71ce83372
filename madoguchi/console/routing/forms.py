from __future__ import annotations

import re
from typing import Any

from babel import Locale
from babel.dates import get_day_names
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from madoguchi.console.routing.choices import ClockTime, PlaceField, cell_names, token
from madoguchi.organization.directory import people_of
from madoguchi.organization.models import Brand, Department, Market, Posting, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.routing.fields import RuleFields, TeamFields
from madoguchi.routing.models import Rule, Skill, Team
from madoguchi.routing.team_administration import MINUTES_MAX, Scope

_BETWEEN_WORDS = re.compile(r"[,，、;；\n]+")


class WordsField(forms.CharField):
    """Words with commas between them, of any language; cleaned to a tuple without repeats."""

    def clean(self, value: Any) -> Any:
        words = (word.strip() for word in _BETWEEN_WORDS.split(super().clean(value)))
        return tuple(dict.fromkeys(word for word in words if word))


class RuleForm(forms.Form):
    """The parts of a sentence. Markets are those whose rules the person may change."""

    keywords = WordsField(
        label=_("The customer writes one of these words"),
        required=False,
        help_text=_("Separate them with commas. Large and small letters count as the same."),
    )
    brands = forms.ModelMultipleChoiceField(
        Brand.objects.filter(is_active=True).defer("icon"),
        label=_("It is about one of these brands"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    locales = forms.MultipleChoiceField(
        label=_("The customer's language is one of these"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    cells = forms.MultipleChoiceField(
        label=_("The customer tapped one of these in the menu"), required=False, widget=forms.CheckboxSelectMultiple
    )
    case_types = WordsField(label=_("A case of one of these kinds is open"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these days"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    from_time = forms.TimeField(label=_("From"), required=False, widget=ClockTime)
    until_time = forms.TimeField(
        label=_("Until"), required=False, widget=ClockTime, help_text=_("On the market's clock; may go over midnight.")
    )
    when = forms.ChoiceField(
        label=_("The place it goes to is"),
        choices=[
            (Rule.When.ALWAYS, _("open or closed")),
            (Rule.When.OPEN, _("open")),
            (Rule.When.CLOSED, _("closed")),
        ],
        widget=forms.RadioSelect,
        initial=Rule.When.ALWAYS,
    )
    to = PlaceField(label=_("Then it goes to"), required=False)
    skill = forms.ModelChoiceField(
        Skill.objects.all(),
        label=_("To somebody with the skill"),
        required=False,
        empty_label=_("Any"),
        help_text=_("When nobody there has it, it goes to anybody of the team."),
    )
    is_urgent = forms.BooleanField(
        label=_("Urgent"), required=False, help_text=_("Goes before others in the waiting queue.")
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("Stands in the decisions that go by this rule.")
    )
    market = forms.ModelChoiceField(Market.objects.none(), label=_("Market"), required=False)

    def __init__(self, *args: Any, by: Staff, rule: Rule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = Rule.Kind(rule.kind) if rule else Rule.Kind.WRITTEN
        self.fields["market"] = _market_field(by, rule)
        self.cell_names = cell_names()
        known = self.cell_names | {key: key for key in (rule.cells if rule else ()) if key not in self.cell_names}
        self.fields["cells"].choices = list(known.items())  # type: ignore[attr-defined] # a MultipleChoiceField
        self.fields["weekdays"].choices = list(_day_names())  # type: ignore[attr-defined] # as above
        if rule is not None:
            self.initial = _initial(rule)
        if rule is None or not rule.case_types:  # nothing here has kinds of cases to choose from
            del self.fields["case_types"]
        if self.kind is not Rule.Kind.WRITTEN:
            for name in set(self.fields) - {"name", "market"}:
                del self.fields[name]

    def rule_fields(self) -> RuleFields:
        """Of whatever is right so far in a form that was sent: the sentence is shown while it is being filled in."""
        data = dict(self.cleaned_data)
        to = data.pop("to", None)
        if self.kind is not Rule.Kind.WRITTEN:
            return RuleFields(kind=self.kind, name=data.get("name", ""), market=data.get("market"))
        return RuleFields(
            name=data.get("name", ""),
            market=data.get("market"),
            keywords=data.get("keywords", ()),
            cells=tuple(data.get("cells", ())),
            brands=tuple(data.get("brands", ())),
            locales=tuple(data.get("locales", ())),
            case_types=data.get("case_types", ()),
            weekdays=tuple(data.get("weekdays", ())),
            from_time=data.get("from_time"),
            until_time=data.get("until_time"),
            when=Rule.When(data.get("when", Rule.When.ALWAYS)),
            to_store=to if isinstance(to, Store) else None,
            to_department=to if isinstance(to, Department) else None,
            skill=data.get("skill"),
            is_urgent=data.get("is_urgent", False),
        )


class TeamForm(forms.Form):
    method = forms.ChoiceField(
        label=_("Who gets a new conversation"), choices=Team.Method.choices, widget=forms.RadioSelect
    )
    prefers_last = forms.BooleanField(
        label=_("Whoever answered the customer last comes first"),
        required=False,
        help_text=_("While they are on duty and have room."),
    )
    answer_minutes = forms.IntegerField(
        label=_("Minutes to answer"),
        min_value=1,
        max_value=MINUTES_MAX,
        required=False,
        help_text=_("Working minutes until the team gets it back. Empty: no limit."),
    )
    supervisor = forms.ModelChoiceField(
        Staff.objects.none(),
        label=_("Who is told then"),
        required=False,
        empty_label=_("Nobody"),
    )
    overflow_minutes = forms.IntegerField(
        label=_("Minutes in the waiting queue"),
        min_value=1,
        max_value=MINUTES_MAX,
        required=False,
        help_text=_("Working minutes until it is passed on. Empty: never."),
    )
    overflow = PlaceField(label=_("Then it goes to"), required=False, empty=_("Nowhere"))  # type: ignore[arg-type] # lazy
    tells_position = forms.BooleanField(
        label=_("Tell who waits their place in the queue"),
        required=False,
        help_text=_("And how long it takes, from how long it took lately."),
    )

    def __init__(self, *args: Any, by: Staff, scope: Scope, team: TeamFields, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posted = people_of(by, Permission.ROUTING_READ).filter(is_active=True)
        here = posted.filter(postings__in=Posting.objects.current().filter(scope.condition)).distinct()
        if team.supervisor:
            here = here | posted.filter(pk=team.supervisor.pk).distinct()
        self.fields["supervisor"].queryset = here  # type: ignore[attr-defined] # a ModelChoiceField
        self.initial = {name: getattr(team, name) for name in self.fields if name != "overflow"} | {
            "overflow": token(team.overflow)
        }

    def team_fields(self) -> TeamFields:
        data = dict(self.cleaned_data)
        overflow = data.pop("overflow")
        return TeamFields(
            **data | {"method": Team.Method(data["method"])},
            overflow_store=overflow if isinstance(overflow, Store) else None,
            overflow_department=overflow if isinstance(overflow, Department) else None,
        )


def _market_field(by: Staff, rule: Rule | None) -> forms.ModelChoiceField[Market]:
    """Whose rules the person may change, and the rule's own, so that everybody can read it."""
    reach = by.reach(Permission.ROUTING_EDIT)
    is_everywhere = any(place.is_whole_company for place in reach.places)
    own = [place.market_id for place in reach.places if place.market_id] + [rule.market_id if rule else None]
    markets = Market.objects.all() if is_everywhere else Market.objects.filter(pk__in=filter(None, own))
    is_of_all = is_everywhere or (rule is not None and rule.market_id is None)
    return forms.ModelChoiceField(
        markets, label=_("Market"), required=not is_of_all, empty_label=_("All markets") if is_of_all else None
    )


def _day_names() -> Any:
    return get_day_names("wide", "stand-alone", Locale.parse(get_language() or "zh-hant", sep="-")).items()


def _initial(rule: Rule) -> dict[str, Any]:
    same = ("name", "market", "cells", "locales", "weekdays", "from_time", "until_time", "when", "skill", "is_urgent")
    joined = {name: ", ".join(getattr(rule, name)) for name in ("keywords", "case_types")}
    brands = [brand.pk for brand in rule.brands.all()]
    target = rule.to_store or rule.to_department
    return {name: getattr(rule, name) for name in same} | joined | {"brands": brands, "to": token(target)}
