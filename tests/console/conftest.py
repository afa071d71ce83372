from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:  # models can only be imported once Django is set up
    from madoguchi.organization.models import Staff

SignIn = Callable[..., Client]


@pytest.fixture
def sign_in() -> SignIn:
    """``sign_in(staff)`` is a browser in which this person is signed in; with ``htmx=True`` it asks for fragments."""

    def as_(staff: Staff, *, htmx: bool = False) -> Client:
        client = Client(headers={"hx-request": "true"} if htmx else {})
        client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_
