from __future__ import annotations

from django.contrib import admin

from madoguchi.kit.support import SupportAdmin, SupportInline
from madoguchi.menus.models import MemberMenu, Menu, Publication, RichMenu, Step, Tap, Version


class VersionInline(SupportInline):
    model = Version


class StepInline(SupportInline):
    model = Step


@admin.register(Menu)
class MenuAdmin(SupportAdmin):
    list_display = ("account", "live")
    list_select_related = ("account", "live")
    inlines = (VersionInline,)


@admin.register(Publication)
class PublicationAdmin(SupportAdmin):
    """How far a run has come and why it waits: LINE's own words are in its reason."""

    list_display = ("public_id", "version", "state", "reason", "resumes_at", "relinked", "to_relink", "created_at")
    list_filter = ("state",)
    list_select_related = ("version",)
    search_fields = ("=public_id",)
    inlines = (StepInline,)


@admin.register(RichMenu)
class RichMenuAdmin(SupportAdmin):
    list_display = ("line_id", "account", "created_at", "uploaded_at", "deleted_at")
    list_filter = ("account",)
    list_select_related = ("account",)
    search_fields = ("=line_id",)
    search_help_text = "richMenuId"
    ordering = ("-pk",)


@admin.register(MemberMenu)
class MemberMenuAdmin(SupportAdmin):
    """Which menu somebody is to see, and which one LINE has been told."""

    list_display = ("contact", "account", "wanted", "linked", "is_due")
    list_select_related = ("contact", "account", "wanted", "linked")
    search_fields = ("=contact__external_id",)
    search_help_text = "LINE user id"
    ordering = ("-pk",)


@admin.register(Tap)
class TapAdmin(SupportAdmin):
    list_display = ("at", "account", "contact", "key", "variant_code", "tab_position")
    list_filter = ("account",)
    list_select_related = ("account", "contact")
    search_fields = ("=contact__external_id",)
    search_help_text = "LINE user id"
    ordering = ("-pk",)
