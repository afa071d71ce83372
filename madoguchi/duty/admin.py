from __future__ import annotations

from django.contrib import admin

from madoguchi.duty.models import DayException, Leave, OpeningHours, Seat, Shift
from madoguchi.kit.support import SupportAdmin


@admin.register(Seat)
class SeatAdmin(SupportAdmin):
    list_display = ("staff", "capacity", "is_on_duty", "said_until", "last_given_at")
    list_filter = ("is_on_duty",)
    list_select_related = ("staff",)
    search_fields = ("=staff__username", "staff__display_name")


@admin.register(Shift)
class ShiftAdmin(SupportAdmin):
    list_display = ("staff", "store", "department", "starts_at", "ends_at", "upload")
    list_select_related = ("staff", "store", "department", "upload")
    search_fields = ("=staff__username", "=store__code")
    ordering = ("-starts_at",)


@admin.register(Leave)
class LeaveAdmin(SupportAdmin):
    list_display = ("staff", "starts_at", "ends_at", "reason", "by", "at")
    list_select_related = ("staff", "by")
    search_fields = ("=staff__username",)
    ordering = ("-starts_at",)


@admin.register(OpeningHours)
class OpeningHoursAdmin(SupportAdmin):
    list_display = ("store", "department", "weekday", "opens_at", "closes_at")
    list_select_related = ("store", "department")
    search_fields = ("=store__code", "=department__code")


@admin.register(DayException)
class DayExceptionAdmin(SupportAdmin):
    list_display = ("on", "market", "store", "department", "opens_at", "closes_at", "reason")
    list_filter = ("market",)
    list_select_related = ("market", "store", "department")
    ordering = ("-on",)
