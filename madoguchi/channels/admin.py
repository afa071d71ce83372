from __future__ import annotations

from django.contrib import admin

from madoguchi.channels.models import Account, Contact, Media, OutboundMessage
from madoguchi.kit.support import SupportAdmin


@admin.register(Account)
class AccountAdmin(SupportAdmin):
    list_display = (
        "name",
        "kind",
        "basic_id",
        "channel_id",
        "health",
        "health_at",
        "quota_used",
        "quota_limit",
        "is_active",
    )
    list_filter = ("health", "is_active")


@admin.register(Contact)
class ContactAdmin(SupportAdmin):
    list_display = ("external_id", "profile_name", "account", "friendship", "last_inbound_at")
    list_select_related = ("account",)
    search_fields = ("=external_id",)
    search_help_text = "LINE user id"
    ordering = ("-pk",)


@admin.register(OutboundMessage)
class OutboundMessageAdmin(SupportAdmin):
    list_display = ("pk", "state", "route", "account", "attempts", "created_at", "settled_at", "refusal", "request_id")
    list_filter = ("state", "refusal", "account")
    list_select_related = ("account",)
    search_fields = ("=request_id", "=key")
    search_help_text = "x-line-request-id, X-Line-Retry-Key"
    ordering = ("-pk",)


@admin.register(Media)
class MediaAdmin(SupportAdmin):
    list_display = ("public_id", "kind", "state", "byte_size", "created_at", "stored_at")
    list_filter = ("state", "kind")
    ordering = ("-pk",)
