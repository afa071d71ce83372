from __future__ import annotations

from django.contrib import admin

from madoguchi.kit.support import SupportAdmin
from madoguchi.routing.models import AwayReply, Cover, Decision, Rule, Skill, Team


@admin.register(Decision)
class DecisionAdmin(SupportAdmin):
    list_display = (
        "at", "conversation", "exchange_number", "outcome", "reason", "choice", "rule_name", "holder", "store", "department",
    )  # fmt: skip
    list_filter = ("outcome", "reason", "choice")
    list_select_related = ("conversation", "holder", "store", "department")
    search_fields = ("=conversation__public_id", "=holder__username")
    search_help_text = "public id of the conversation, user name"
    ordering = ("-pk",)


@admin.register(Cover)
class CoverAdmin(SupportAdmin):
    list_display = ("conversation", "owner", "reason", "since", "ended_at")
    list_filter = ("reason",)
    list_select_related = ("conversation", "owner")
    search_fields = ("=conversation__public_id", "=owner__username")
    ordering = ("-pk",)


@admin.register(Rule)
class RuleAdmin(SupportAdmin):
    list_display = ("position", "kind", "name", "market", "to_store", "to_department", "skill", "is_active")
    list_filter = ("is_active", "market")
    list_select_related = ("market", "to_store", "to_department", "skill")


@admin.register(Team)
class TeamAdmin(SupportAdmin):
    list_display = ("__str__", "method", "prefers_last", "answer_minutes", "overflow_minutes", "supervisor")
    list_filter = ("method",)
    list_select_related = ("store", "department", "market", "supervisor")
    search_fields = ("=store__code", "=department__code")


@admin.register(Skill)
class SkillAdmin(SupportAdmin):
    list_display = ("code", "name")


@admin.register(AwayReply)
class AwayReplyAdmin(SupportAdmin):
    list_display = ("store", "department", "market", "locale", "text")
    list_filter = ("locale",)
    list_select_related = ("store", "department", "market")
