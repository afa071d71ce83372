from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Conflict, Invalid


class TargetMissing(Invalid):
    default = _("Choose the store or department it goes to.")


class TargetClosed(Invalid):
    default = _("This store has closed for good. Choose another place.")


class ElsewhereMarket(Invalid):
    default = _("The place it goes to belongs to another market than the rule.")


class WordsTooLong(Invalid):
    default = _("A word to look for has at most 40 characters, and a rule at most 30 of them.")


class HoursIncomplete(Invalid):
    default = _("Give both times, from and until, or neither; they must differ.")


class UnknownWeekday(Invalid):
    default = _("Choose days from Monday to Sunday.")


class UnknownLanguage(Invalid):
    default = _("This language is not available.")


class RuleStays(Conflict):
    default = _("This rule came with the installation: it can be moved and switched off, but not deleted.")


class OverflowIncomplete(Invalid):
    default = _("To pass waiting conversations on, give both: after how many minutes, and where.")


class OverflowToItself(Invalid):
    default = _("A team cannot pass conversations on to itself.")


class MinutesOutOfRange(Invalid):
    default = _("Give between 1 and 1,440 minutes, or leave it empty.")


class SkillTaken(Conflict):
    default = _("Another skill has this name already.")


class SkillNameMissing(Invalid):
    default = _("A skill needs a name of at most 60 characters.")


class ReplyTooLong(Invalid):
    default = _("An away reply has at most 500 characters.")


class UnknownPlaceholder(Invalid):
    default = _("Only {opens} is filled in. Write other braces differently.")
