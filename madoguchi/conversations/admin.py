from __future__ import annotations

from django.contrib import admin

from madoguchi.conversations.models import Conversation, Exchange, Handover, QuickPhrase
from madoguchi.kit.support import SupportAdmin, SupportInline


class ExchangeInline(SupportInline):
    model = Exchange


class HandoverInline(SupportInline):
    model = Handover


@admin.register(Conversation)
class ConversationAdmin(SupportAdmin):
    """Whose conversation it is and where it stands. What was said is read in the console."""

    list_display = ("public_id", "state", "store", "department", "holder", "waiting_since", "last_message_at")
    list_filter = ("state",)
    list_select_related = ("store", "department", "holder")
    search_fields = ("=public_id", "=contact__external_id")
    search_help_text = "public id, LINE user id"
    ordering = ("-pk",)
    inlines = (ExchangeInline, HandoverInline)


@admin.register(QuickPhrase)
class QuickPhraseAdmin(SupportAdmin):
    list_display = ("title", "shortcut", "locale", "brand", "store", "owner")
    list_select_related = ("brand", "store", "owner")
    search_fields = ("title", "text", "shortcut")
