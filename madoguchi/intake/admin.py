from __future__ import annotations

from django.contrib import admin

from madoguchi.intake.models import RawEvent, Rejection
from madoguchi.kit.support import SupportAdmin


@admin.register(RawEvent)
class RawEventAdmin(SupportAdmin):
    list_display = ("pk", "account", "kind", "state", "attempts", "received_at", "handled_at")
    list_filter = ("state", "account")
    list_select_related = ("account",)
    search_fields = ("=event_id",)
    search_help_text = "webhookEventId"
    ordering = ("-pk",)


@admin.register(Rejection)
class RejectionAdmin(SupportAdmin):
    list_display = ("day", "account", "reason", "count")
    list_filter = ("reason",)
    list_select_related = ("account",)
    ordering = ("-day",)
