"""Whose id token it is, asked at the wire: LINE's answers become sentences for the customer."""

from collections.abc import Iterator

import pytest

from madoguchi.channels import errors, sign_in
from tests import make
from tests.line_sandbox import LineSandbox, line_sandbox
from tests.make import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(world: World) -> Iterator[LineSandbox]:
    with line_sandbox() as running:
        running.open_for(world.account)
        running.open_login_for(world.account)
        yield running


def test_a_token_tells_the_user_id_of_the_accounts_own_provider(world: World, line: LineSandbox) -> None:
    person = line.befriend(world.contact)

    assert sign_in.user_of(world.account, line.id_token(world.account, person)) == world.contact.external_id


def test_a_token_for_another_channel_is_refused(world: World, line: LineSandbox) -> None:
    person = line.befriend(world.contact)
    other = make.account(default_brand=world.brand, market=world.market, api_base=line.url)
    line.open_for(other)
    line.open_login_for(other)

    with pytest.raises(errors.SignInForAnotherAccount):
        sign_in.user_of(world.account, line.id_token(other, person))


def test_an_expired_token_is_refused(world: World, line: LineSandbox) -> None:
    token = line.id_token(world.account, line.befriend(world.contact))
    line.call("POST", "/sandbox/clock/advance", {"seconds": 3_601})

    with pytest.raises(errors.SignInExpired):
        sign_in.user_of(world.account, token)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 4_001])
def test_what_is_no_token_is_refused(world: World, line: LineSandbox, token: str) -> None:
    with pytest.raises(errors.SignInRefused):
        sign_in.user_of(world.account, token)


def test_an_account_without_login_channel_asks_nobody(world: World) -> None:
    with pytest.raises(errors.SignInRefused):
        sign_in.user_of(world.account, "a.b.c")


@pytest.mark.parametrize("kind", ["drop", "500", "429"])
def test_when_line_does_not_answer_nothing_is_said_of_the_token(world: World, line: LineSandbox, kind: str) -> None:
    token = line.id_token(world.account, line.befriend(world.contact))
    line.fail(kind, path="/oauth2/v2.1/verify", times=None)

    with pytest.raises(errors.SignInUnanswered):
        sign_in.user_of(world.account, token)
