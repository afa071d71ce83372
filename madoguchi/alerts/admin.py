from __future__ import annotations

from django.contrib import admin

from madoguchi.alerts.models import ServerKey, Subscription
from madoguchi.kit.support import SupportAdmin


@admin.register(Subscription)
class SubscriptionAdmin(SupportAdmin):
    """Whether somebody's phone is told, and since when it has not been reached."""

    list_display = ("staff", "device", "created_at", "delivered_at", "failures")
    list_select_related = ("staff",)
    search_fields = ("=staff__username", "staff__display_name")
    ordering = ("-pk",)


@admin.register(ServerKey)
class ServerKeyAdmin(SupportAdmin):
    list_display = ("public_key", "is_current", "created_at")
