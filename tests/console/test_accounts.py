"""The accounts: reading how they are, connecting and mending them; and the banner when one does not work."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.channels import overview
from madoguchi.channels.models import Account, OutboundMessage
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.line_sandbox import LineSandbox, line_sandbox
from tests.make import World

Health = Account.Health


@pytest.fixture
def sandbox() -> Iterator[LineSandbox]:
    with line_sandbox() as running:
        yield running


@pytest.fixture
def administrator(world: World) -> Staff:
    return make.staff("administrator", role=BuiltInRole.ADMINISTRATOR, locale="en")


def _fields(account: Account, **changes: object) -> dict[str, object]:
    return {
        "name": account.name,
        "provider": account.provider.name,
        "channel_id": account.channel_id,
        "market": account.market_id,
        "default_brand": account.default_brand_id,
        "default_department": account.default_department_id,
        "is_active": "on",
        "api_base": account.api_base,
        "data_base": account.data_base,
    } | changes


def test_who_may_read_accounts_sees_them_and_nobody_sees_a_secret(
    world: World, sign_in: SignIn, administrator: Staff
) -> None:
    page = sign_in(world.mio).get("/accounts").content.decode()
    form = sign_in(administrator).get(f"/accounts/{world.account.public_id}").content.decode()

    assert world.account.name in page
    assert f"/hooks/line/{world.account.public_id}" in page
    for secret in (world.account.channel_secret, world.account.access_token):
        assert secret not in page + form
    assert sign_in(world.aoi).get("/accounts").status_code == 403


def test_who_only_reads_changes_nothing(world: World, sign_in: SignIn) -> None:
    client, address = sign_in(world.mio), f"/accounts/{world.account.public_id}"

    for path in (address, "/accounts/new"):
        assert client.post(path, _fields(world.account, name="other")).status_code == 403
    assert client.post(f"{address}/check").status_code == 403

    assert list(Account.objects.values_list("name", flat=True)) == [world.account.name]


def test_a_kept_token_does_not_go_to_another_address(world: World, sign_in: SignIn, administrator: Staff) -> None:
    address = f"/accounts/{world.account.public_id}"
    client = sign_in(administrator)

    for name in ("api_base", "data_base"):
        answer = client.post(address, _fields(world.account, **{name: "https://elsewhere.example"}))
        assert answer.status_code == 422

    before = world.account.api_base, world.account.data_base
    world.account.refresh_from_db()
    assert (world.account.api_base, world.account.data_base) == before


def test_configuring_a_store_is_not_configuring_everybodys_entrance(world: World, sign_in: SignIn) -> None:
    local = make.staff("local", role=BuiltInRole.ADMINISTRATOR, store=world.store)
    client = sign_in(local)

    answer = client.post(f"/accounts/{world.account.public_id}", _fields(world.account, name="other"))

    assert answer.status_code == 403
    assert client.get(f"/accounts/{world.account.public_id}").status_code == 302
    world.account.refresh_from_db()
    assert world.account.name != "other"


def test_an_account_is_connected_once_line_accepts_its_token(
    world: World, sign_in: SignIn, administrator: Staff, sandbox: LineSandbox
) -> None:
    other = make.account("其他", default_brand=world.brand, default_department=world.department)
    sandbox.open_for(other, plan_limit=500)
    secrets = {"channel_secret": other.channel_secret, "access_token": other.access_token}
    fields = _fields(other, name="新帳號") | secrets
    other.delete()
    client = sign_in(administrator)

    wrong = client.post("/accounts/new", fields | {"access_token": "wrong"})
    assert wrong.status_code == 422
    assert not Account.objects.filter(name="新帳號").exists()

    right = client.post("/accounts/new", fields)
    account = Account.objects.get(name="新帳號")
    assert right.headers["Location"] == f"/accounts/{account.public_id}"
    assert account.bot_user_id
    assert account.basic_id
    assert account.quota_limit == 500
    assert client.post("/accounts/new", fields).status_code == 422  # the channel is connected already


def test_empty_secrets_stay_and_a_new_token_is_proved(
    world: World, sign_in: SignIn, administrator: Staff, sandbox: LineSandbox
) -> None:
    sandbox.open_for(world.account)
    client, address = sign_in(administrator), f"/accounts/{world.account.public_id}"
    secret, token = world.account.channel_secret, world.account.access_token

    client.post(address, _fields(world.account, name="窓口二"))
    world.account.refresh_from_db()
    assert (world.account.name, world.account.channel_secret, world.account.access_token) == ("窓口二", secret, token)

    sandbox.use_token(world.account, "a-newer-token")
    both = {"channel_secret": "of another channel", "access_token": "wrong"}
    assert client.post(address, _fields(world.account, name="窓口三", **both)).status_code == 422
    world.account.refresh_from_db()
    assert (world.account.name, world.account.channel_secret, world.account.access_token) == ("窓口二", secret, token)

    answer = client.post(address, _fields(world.account, name="窓口三", access_token="a-newer-token"))
    assert answer.status_code == 302
    world.account.refresh_from_db()
    assert (world.account.name, world.account.access_token) == ("窓口三", "a-newer-token")


@pytest.mark.parametrize(
    "address", ["http://api.line.me", "ftp://localhost", "https://", "https://api.line.me/", "nonsense"]
)
def test_line_is_spoken_to_over_tls_only(world: World, sign_in: SignIn, administrator: Staff, address: str) -> None:
    answer = sign_in(administrator).post(
        f"/accounts/{world.account.public_id}", _fields(world.account, api_base=address)
    )

    assert answer.status_code == 422
    assert Account.objects.get().api_base == world.account.api_base


def test_check_now_finds_a_refused_token_and_its_recovery(
    world: World, sign_in: SignIn, administrator: Staff, sandbox: LineSandbox
) -> None:
    sandbox.open_for(world.account, plan_limit=300)
    client, address = sign_in(administrator, htmx=True), f"/accounts/{world.account.public_id}/check"

    sandbox.use_token(world.account, "replaced")
    client.post(address)
    world.account.refresh_from_db()
    assert world.account.health == Health.TOKEN_REFUSED

    sandbox.use_token(world.account, world.account.access_token)
    answer = client.post(address)
    world.account.refresh_from_db()
    assert (world.account.health, world.account.quota_limit) == (Health.OK, 300)
    assert "no webhook address is set" in read(answer.content).one(role="status").text


def test_check_now_says_when_line_does_not_answer(world: World, sign_in: SignIn, administrator: Staff) -> None:
    Account.objects.update(api_base="http://127.0.0.1:9", data_base="http://127.0.0.1:9")

    sign_in(administrator).post(f"/accounts/{world.account.public_id}/check")

    assert Account.objects.get().health == Health.UNREACHABLE


@pytest.mark.parametrize("health", [value for value in Health if value != Health.OK])
def test_an_account_that_does_not_work_is_named_on_every_page(
    world: World, sign_in: SignIn, administrator: Staff, health: Account.Health
) -> None:
    Account.objects.update(health=health)

    for address in ("/inbox", "/me"):
        banner = read(sign_in(administrator).get(address).content).one(id="account-banner")
        assert world.account.name in banner.one("p").text
    assert read(sign_in(world.aoi).get("/inbox").content).one(id="account-banner").all("p") == []
    assert world.account.name in sign_in(administrator).get("/accounts/banner").content.decode()
    assert sign_in(world.aoi).get("/accounts/banner").status_code == 403


def test_the_banner_goes_when_the_account_works_or_is_switched_off(
    world: World, sign_in: SignIn, administrator: Staff
) -> None:
    Account.objects.update(health=Health.TOKEN_REFUSED, is_active=False)
    assert read(sign_in(administrator).get("/accounts/banner").content).all("p") == []

    Account.objects.update(health=Health.OK, is_active=True)
    assert read(sign_in(administrator).get("/accounts/banner").content).all("p") == []


def test_figures_count_the_accounts_own(world: World) -> None:
    other = make.account("其他", default_brand=world.brand, default_department=world.department)
    make.contact(other, friendship="blocked")
    now = timezone.now()
    for state, settled_at in (
        ("queued", None), ("sending", None), ("refused", now), ("refused", now - dt.timedelta(days=2)), ("unknown", now)
    ):  # fmt: skip
        OutboundMessage.objects.create(
            account=world.account, contact=world.contact, thread=1, messages=[], state=state, settled_at=settled_at
        )

    by_name = {found.account.name: found for found in overview.overviews(overview.accounts())}

    ours, others = by_name[world.account.name], by_name["其他"]
    assert (ours.friends, ours.blocked, ours.waiting, ours.refused, ours.unknown) == (1, 0, 2, 1, 1)
    assert (others.friends, others.blocked, others.waiting, others.refused, others.unknown) == (0, 1, 0, 0, 0)


@pytest.mark.parametrize(("day", "used", "expected"), [(2, 50, None), (11, 100, 300), (30, 290, 300)])
def test_the_forecast_goes_by_the_pace_of_the_month(world: World, day: int, used: int, expected: int | None) -> None:
    world.account.quota_used, world.account.quota_checked_at = used, timezone.now()
    midnight_in_taipei = dt.datetime(2026, 11, day, tzinfo=dt.UTC) - dt.timedelta(hours=8)

    assert overview.forecast(world.account, midnight_in_taipei) == expected


def test_the_page_costs_the_same_for_many_accounts(
    world: World, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make.account(f"帳號{number}", default_brand=world.brand, default_department=world.department)
    client = sign_in(world.mio)

    with django_assert_max_num_queries(9):
        client.get("/accounts")


def test_pages_inside_line_are_switched_on_by_two_ids_that_belong_together(
    world: World, sign_in: SignIn, administrator: Staff
) -> None:
    address, client = f"/accounts/{world.account.public_id}", sign_in(administrator)

    foreign = client.post(address, _fields(world.account, login_channel_id="2001", liff_id="2002-abcd1234"))
    world.account.refresh_from_db()
    assert (foreign.status_code, world.account.login_channel_id, world.account.liff_id) == (422, "", "")
    assert "belong together" in foreign.content.decode()

    assert (
        client.post(address, _fields(world.account, login_channel_id="2001", liff_id="2001-abcd1234")).status_code
        == 302
    )
    world.account.refresh_from_db()
    assert (world.account.login_channel_id, world.account.liff_id) == ("2001", "2001-abcd1234")
    assert "/liff</code>" in client.get(address).content.decode()
