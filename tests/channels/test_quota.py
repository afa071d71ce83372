import datetime as dt

import pytest
from django.utils import timezone

from madoguchi.channels import actions, quota, tasks
from madoguchi.channels.errors import AccessTokenRefused
from madoguchi.channels.models import Account
from madoguchi.channels.quota import Level
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.line_sandbox import LineSandbox
from tests.make import World

pytestmark = pytest.mark.django_db
Health = Account.Health


@pytest.fixture(autouse=True)
def _open(world: World, sandbox: LineSandbox) -> None:
    sandbox.open_for(world.account, plan_limit=200)


def test_the_quota_is_asked_for_when_it_is_first_used(world: World, sandbox: LineSandbox) -> None:
    assert quota.state(world.account).level == Level.UNKNOWN

    tasks.refresh_quota(timestamp=0)

    world.account.refresh_from_db()
    now = quota.state(world.account)
    assert (now.used, now.limit, now.remaining, now.level) == (0, 200, 200, Level.FINE)


def test_it_is_asked_for_again_after_a_quarter_of_an_hour_only(world: World, sandbox: LineSandbox) -> None:
    tasks.refresh_quota(timestamp=0)
    before = len(sandbox.requests())

    tasks.refresh_quota(timestamp=0)
    assert len(sandbox.requests()) == before
    Account.objects.update(quota_checked_at=timezone.now() - dt.timedelta(minutes=15))
    tasks.refresh_quota(timestamp=0)

    assert len(sandbox.requests()) > before


def test_an_account_without_a_limit_has_none(world: World, sandbox: LineSandbox) -> None:
    sandbox.open_for(world.account, plan_limit=None)

    tasks.refresh_quota(timestamp=0)

    world.account.refresh_from_db()
    assert quota.state(world.account).remaining is None


@pytest.mark.parametrize(
    ("used", "level"),
    [(179, Level.FINE), (180, Level.NEARLY_USED_UP), (199, Level.NEARLY_USED_UP), (200, Level.USED_UP)],
)
def test_staff_are_warned_before_it_is_used_up(world: World, used: int, level: Level) -> None:
    world.account.quota_used, world.account.quota_limit = used, 200
    world.account.quota_checked_at = timezone.now()

    assert quota.state(world.account).level == level


def test_a_refused_token_is_noticed_without_sending_and_forgotten_when_it_works(
    world: World, sandbox: LineSandbox
) -> None:
    sandbox.use_token(world.account, "another-token")
    tasks.refresh_quota(timestamp=0)
    world.account.refresh_from_db()
    assert world.account.health == Health.TOKEN_REFUSED
    assert "Authentication failed" in world.account.health_detail

    sandbox.use_token(world.account, world.account.access_token)
    tasks.refresh_quota(timestamp=0)

    world.account.refresh_from_db()
    assert (world.account.health, world.account.health_detail) == (Health.OK, "")


def test_line_silent_changes_nothing(world: World, sandbox: LineSandbox) -> None:
    sandbox.fail("500", path="*", times=None)

    tasks.refresh_quota(timestamp=0)

    world.account.refresh_from_db()
    assert (world.account.quota_checked_at, world.account.health) == (None, Health.OK)


def test_a_new_token_is_taken_only_when_line_accepts_it(world: World, sandbox: LineSandbox) -> None:
    administrator = make.staff("admin", role=BuiltInRole.ADMINISTRATOR)
    before = world.account.access_token
    with pytest.raises(AccessTokenRefused):
        actions.change_access_token(account_id=world.account.pk, staff=administrator, access_token="wrong")
    world.account.refresh_from_db()
    assert world.account.access_token == before

    sandbox.use_token(world.account, "the-next-one")
    actions.change_access_token(account_id=world.account.pk, staff=administrator, access_token="the-next-one")

    world.account.refresh_from_db()
    assert world.account.access_token == "the-next-one"


def test_only_administrators_change_tokens(world: World, sandbox: LineSandbox) -> None:
    before = world.account.access_token

    with pytest.raises(NotAllowed):
        actions.change_access_token(account_id=world.account.pk, staff=world.mio, access_token="stolen")

    world.account.refresh_from_db()
    assert world.account.access_token == before
    assert sandbox.requests() == []
