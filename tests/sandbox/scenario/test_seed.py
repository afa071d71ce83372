"""Loading into an empty installation: the same every time, and all or nothing."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from madoguchi.kit.setup import SetupError
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand
from madoguchi.sandbox.scenario import load, organisation
from madoguchi.sandbox.scenario.load import SEED, people
from tests import make
from tests.line_sandbox import line_sandbox
from tests.sandbox.scenario.conftest import NOW

pytestmark = pytest.mark.django_db


def _story(now: dt.datetime) -> list[tuple[dt.timedelta, str, str]]:
    """How long ago who was told what. Nothing stays in the database but higher numbers."""
    with transaction.atomic():
        company = organisation.create(
            today=timezone.localdate(now), dice=random.Random(SEED), password="demo", sandbox_url="http://localhost:1"
        )
        customers, _ = people(company, 60, now, lambda *_: None)
        transaction.set_rollback(True)
    return [
        (now - message.occurred_at, customer.thread.conversation.public_id, message.text)
        for customer in customers
        for message in customer.thread.messages
    ]


def test_the_same_seed_and_moment_give_the_same_story(db: None) -> None:
    assert _story(NOW) == _story(NOW)


def test_an_interrupted_load_is_named_and_leaves_the_database_empty(db: None, tmp_path: Path) -> None:
    """The sandbox keeps the chats of a load whose rows were never committed: they would show twice."""
    with override_settings(VAR=tmp_path, MEDIA_ROOT=tmp_path / "media"), line_sandbox() as sandbox:
        with transaction.atomic():
            load(sandbox_url=sandbox.url, console_url="http://localhost:8000", members=20, now=NOW)
            transaction.set_rollback(True)

        with pytest.raises(SetupError, match="FRESH=1"):
            load(sandbox_url=sandbox.url, console_url="http://localhost:8000", members=20, now=NOW)

    assert not Brand.objects.exists()
    assert not Member.objects.exists()


def test_a_company_that_is_there_already_is_left_alone(world: make.World, tmp_path: Path) -> None:
    with override_settings(VAR=tmp_path), pytest.raises(SetupError, match="empty database"):
        load(sandbox_url="http://localhost:1", console_url="http://localhost:8000", members=20, now=NOW)

    assert Brand.objects.count() == 2
