from __future__ import annotations

from django.contrib import admin

from madoguchi.bindings.models import Binding, Code, Departure, Offer, Policy, Scan
from madoguchi.kit.support import SupportAdmin, SupportInline


class OfferInline(SupportInline):
    model = Offer
    fk_name = "binding"


@admin.register(Binding)
class BindingAdmin(SupportAdmin):
    list_display = ("public_id", "member", "staff", "store", "department", "way", "started_at", "ended_at", "end")
    list_filter = ("way", "end")
    list_select_related = ("member", "staff", "store", "department")
    search_fields = ("=public_id", "=member__public_id", "=staff__username", "=store__code")
    search_help_text = "public id of the binding or the customer, user name, code of the store"
    ordering = ("-pk",)
    inlines = (OfferInline,)


@admin.register(Code)
class CodeAdmin(SupportAdmin):
    list_display = ("token", "purpose", "staff", "store", "department", "label", "expires_at", "revoked_at")
    list_filter = ("purpose", "account")
    list_select_related = ("staff", "store", "department")
    search_fields = ("=token", "=staff__username", "=store__code", "label")
    ordering = ("-pk",)


@admin.register(Scan)
class ScanAdmin(SupportAdmin):
    list_display = ("at", "code", "way", "outcome", "contact", "member", "binding")
    list_filter = ("outcome", "way")
    list_select_related = ("code", "contact", "member", "binding")
    search_fields = ("=code__token", "=contact__external_id", "=member__public_id")
    search_help_text = "code, LINE user id, public id of the customer"
    ordering = ("-pk",)


@admin.register(Departure)
class DepartureAdmin(SupportAdmin):
    list_display = ("staff", "kind", "rule", "successor", "leaves_on", "state", "at", "ended_at")
    list_filter = ("state", "kind")
    list_select_related = ("staff", "successor")
    search_fields = ("=public_id", "=staff__username")


@admin.register(Offer)
class OfferAdmin(SupportAdmin):
    list_display = (
        "public_id", "binding", "cause", "to_staff", "to_store", "try_number", "state", "due_at", "told_at", "answer_by",
    )  # fmt: skip
    list_filter = ("state", "cause")
    list_select_related = ("binding", "to_staff", "to_store")
    search_fields = ("=public_id", "=binding__public_id", "=binding__member__public_id")
    search_help_text = "public id of the offer, the binding or the customer"
    ordering = ("-pk",)


@admin.register(Policy)
class PolicyAdmin(SupportAdmin):
    list_display = ("market", "second_scan", "inactive_days", "leaving", "transfer", "cover_minutes", "answer_hours")
    list_select_related = ("market",)
