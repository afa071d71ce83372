from __future__ import annotations

import django.contrib.auth.admin  # noqa: F401  # registers Group, so that it can be taken out again
from django.contrib import admin
from django.contrib.auth.models import Group

from madoguchi.kit.support import SupportAdmin, SupportInline
from madoguchi.organization.models import Brand, BrandPresence, Department, Market, Posting, Role, Staff, Store

admin.site.unregister(Group)  # rights come from postings


class PostingInline(SupportInline):
    model = Posting
    fk_name = "staff"


class PresenceInline(SupportInline):
    model = BrandPresence


@admin.register(Staff)
class StaffAdmin(SupportAdmin):
    list_display = ("username", "display_name", "email", "locale", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "locale")
    search_fields = ("username", "display_name", "email")
    inlines = (PostingInline,)


@admin.register(Posting)
class PostingAdmin(SupportAdmin):
    list_display = ("staff", "role", "market", "store", "department", "since", "until")
    list_filter = ("role", "market")
    list_select_related = ("staff", "role", "market", "store", "department")
    search_fields = ("staff__username", "staff__display_name", "store__code", "store__name")


@admin.register(Store)
class StoreAdmin(SupportAdmin):
    list_display = ("code", "name", "kind", "market", "region", "opened_on", "closed_on")
    list_filter = ("kind", "market", "region")
    list_select_related = ("market",)
    search_fields = ("code", "name")
    inlines = (PresenceInline,)


@admin.register(Brand)
class BrandAdmin(SupportAdmin):
    list_display = ("code", "name", "sender_name", "category", "color", "is_active")
    list_filter = ("is_active", "category")
    search_fields = ("code", "name", "sender_name")


@admin.register(Role)
class RoleAdmin(SupportAdmin):
    list_display = ("code", "__str__", "permissions")


@admin.register(Department)
class DepartmentAdmin(SupportAdmin):
    list_display = ("code", "name", "market")


@admin.register(Market)
class MarketAdmin(SupportAdmin):
    list_display = ("code", "name", "locale", "time_zone", "currency")
