"""The support admin: looking at rows when something is unclear. Work is done in the console, by actions.

Secrets are never shown: a field named here stays out of every page, and a test looks for the values.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

SECRET = frozenset(
    {
        "access_token", "auth", "channel_secret", "content", "endpoint", "icon", "p256dh", "password", "private_key",
        "quote_token", "reply_token", "search", "token",
    }
)  # fmt: skip
"""What gives access to something, and what is of no use to a reader."""


class _ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def _fields(model: type[models.Model]) -> list[str]:
    shown = (*model._meta.local_concrete_fields, *model._meta.local_many_to_many)
    return [field.name for field in shown if field.name not in SECRET]


class SupportAdmin(_ReadOnly, ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Every field but the secret ones, for reading. Lists of millions of rows are not counted."""

    show_full_result_count = False
    list_per_page = 50

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return _fields(self.model)


class SupportInline(_ReadOnly, TabularInline):  # type: ignore[misc]  # unfold has no types
    extra = 0
    can_delete = False
    show_change_link: ClassVar[bool] = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in _fields(self.model) if name != self.fk_name]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Else Django looks for a form field for each, and there is none for what is not editable."""
        return self.get_fields(request, obj)
