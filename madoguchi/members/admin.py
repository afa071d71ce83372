from __future__ import annotations

from django.contrib import admin

from madoguchi.kit.support import SupportAdmin, SupportInline
from madoguchi.members.models import Identity, Member


class IdentityInline(SupportInline):
    model = Identity


@admin.register(Member)
class MemberAdmin(SupportAdmin):
    list_display = ("number", "display_name", "phone", "locale", "created_at")
    search_fields = ("=public_id", "=phone", "=identities__value")
    search_help_text = "public id, telephone as +886…, LINE user id"
    ordering = ("-pk",)
    inlines = (IdentityInline,)
