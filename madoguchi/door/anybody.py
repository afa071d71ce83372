from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def for_anybody(view: View) -> View:
    """Says that a view needs no permission, as every view has to say something."""
    view.declared_permissions = ()  # type: ignore[attr-defined] # read by the test that walks all views
    return view
