"""What the message box says to somebody who would write first."""

import datetime as dt

import pytest
from django.utils import timezone

from madoguchi.bindings.models import Binding, FirstMessageLimit
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.models import Exchange, Message
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World


@pytest.fixture
def quiet(world: World) -> World:
    """What the customer asked was answered and closed two days ago."""
    type(world.aoi).objects.update(locale="en")
    close(conversation_id=world.conversation.pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED)
    Exchange.objects.update(closed_at=timezone.now() - dt.timedelta(days=2))
    return world


def limit(per_month: int) -> None:
    FirstMessageLimit.objects.create(role=make.built_in_role(BuiltInRole.SALESPERSON), per_month=per_month)


def composer(world: World, sign_in: SignIn) -> str:
    page = read(sign_in(world.aoi).get(f"/conversations/{world.conversation.public_id}").content)
    return page.one(id="composer-state").text


def test_what_is_left_this_month_is_shown_before_sending(quiet: World, sign_in: SignIn) -> None:
    make.binding(quiet.member, staff=quiet.aoi, store=quiet.store, account=quiet.account)
    limit(5)

    assert "5 of 5 left this month" in composer(quiet, sign_in)

    sent = sign_in(quiet.aoi).post(
        f"/conversations/{quiet.conversation.public_id}/messages",
        {"client_key": "0b6f2a1e-6a52-4f0d-9d06-0c3c7f5b8a11", "text": "新品到了，要不要幫您留一台？", "mode": "reply"},
    )

    assert sent.status_code == 302
    assert Message.objects.filter(author=quiet.aoi, text__contains="新品到了").exists()


def test_whoever_may_not_is_told_why_and_nothing_is_sent(quiet: World, sign_in: SignIn) -> None:
    assert "customers whom you look after" in composer(quiet, sign_in)

    binding = make.binding(quiet.member, staff=quiet.aoi, store=quiet.store, account=quiet.account)
    Binding.objects.filter(pk=binding.pk).update(may_write_first=False)
    assert "does not want to be written to first" in composer(quiet, sign_in)

    before = Message.objects.count()
    refused = sign_in(quiet.aoi, htmx=True).post(
        f"/conversations/{quiet.conversation.public_id}/messages",
        {"client_key": "0b6f2a1e-6a52-4f0d-9d06-0c3c7f5b8a12", "text": "在嗎？", "mode": "reply"},
    )
    assert refused.status_code == 403
    assert Message.objects.count() == before
