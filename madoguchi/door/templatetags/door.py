from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from madoguchi.kit.names import initial

register = template.Library()
register.filter("initial", initial)


@register.simple_tag
@lru_cache(maxsize=64)
def drawing(name: str, size: int = 20) -> SafeString:
    """A stroked icon beside words that say the same."""
    return mark_safe(lucide(str(name), size=size, stroke_width="1.7", aria_hidden="true", focusable="false"))  # noqa: S308 (drawn from constants)
