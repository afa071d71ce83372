"""How a form says what the action behind it refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madoguchi.channels.errors import ChannelError
from madoguchi.kit.errors import Conflict, Invalid

Refusable = (Invalid, Conflict, ChannelError)


@contextmanager
def told_in(form: forms.Form) -> Iterator[None]:
    """A refusal that the person can do something about stands above their input. Others (403, 404) go on as they are."""
    try:
        yield
    except Refusable as error:
        form.add_error(None, error.message)


def render_form(request: HttpRequest, template: str, context: dict[str, Any], *forms_shown: forms.Form) -> HttpResponse:
    """422 when one of the forms has something to correct."""
    is_wrong = any(form.is_bound and form.errors for form in forms_shown)
    return render(request, template, context, status=422 if is_wrong else 200)
