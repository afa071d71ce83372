"""A refusal must leave everything as it was: asserted on the rows, not only on the error."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Model

from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations.models import Conversation, Exchange, Handover, Mention, Message
from madoguchi.kit.errors import MadoguchiError


def _rows() -> list[list[Any]]:
    models: tuple[type[Model], ...] = (Conversation, Exchange, Handover, Message, Mention, OutboundMessage)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@contextlib.contextmanager
def refused(error: type[MadoguchiError], match: str | None = None) -> Iterator[None]:
    """The block raises this error and changes nothing."""
    before = _rows()
    with pytest.raises(error, match=match):
        yield
    assert _rows() == before
