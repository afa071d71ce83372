from __future__ import annotations

from django.urls import path

from madoguchi.console.inbox import actions, composer, customer, decisions, media, palette, queue, thread

_thread = "conversations/<str:public_id>"

urlpatterns = [
    path("", queue.home, name="home"),
    path("inbox", queue.inbox, name="inbox"),
    path("inbox/rows", queue.rows, name="queue_rows"),
    path("inbox/more", queue.more, name="queue_more"),
    path("palette", palette.palette, name="palette"),
    path(_thread, thread.conversation, name="conversation"),
    path(f"{_thread}/older", thread.older, name="older"),
    path(f"{_thread}/changes", thread.changes, name="changes"),
    path(f"{_thread}/messages", composer.reply, name="reply"),
    path(f"{_thread}/notes", composer.note, name="note"),
    path(f"{_thread}/messages/<int:message_id>/sending", composer.send_again, name="send_again"),
    path(f"{_thread}/messages/<int:message_id>/giving-up", composer.give_up, name="give_up"),
    path(f"{_thread}/messages/<int:message_id>/decision", decisions.decision, name="decision"),
    path(f"{_thread}/phrases", composer.phrases, name="phrases"),
    path(f"{_thread}/colleagues", composer.colleagues, name="colleagues"),
    path(f"{_thread}/holder", actions.holder, name="holder"),
    path(f"{_thread}/release", actions.give_back, name="release"),
    path(f"{_thread}/handover", actions.handover, name="handover"),
    path(f"{_thread}/handover/targets", actions.handover_targets, name="handover_targets"),
    path(f"{_thread}/snooze", actions.snoozing, name="snooze"),
    path(f"{_thread}/closure", actions.closure, name="closure"),
    path(f"{_thread}/brand", actions.brand, name="brand"),
    path(f"{_thread}/presence", actions.presence, name="presence"),
    path(f"{_thread}/customer", customer.customer, name="customer"),
    path(f"{_thread}/customer/details", customer.details, name="customer_details"),
    path(f"{_thread}/customer/tags", customer.tags, name="customer_tags"),
    path(f"{_thread}/customer/tags/<int:tag_id>/removal", customer.untag, name="customer_untag"),
    path(f"{_thread}/customer/notes", customer.notes, name="customer_notes"),
    path("media/<str:public_id>", media.media, name="media"),
    path("media/<str:public_id>/preview", media.media, {"preview": True}, name="media_preview"),
]
