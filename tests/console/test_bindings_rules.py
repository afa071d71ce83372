"""A market's rules as sentences, and the limits of writing first."""

from __future__ import annotations

import datetime as dt

import pytest

from madoguchi.bindings.models import FirstMessageLimit, Policy
from madoguchi.organization.models import Role, Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

VALUES = {
    "second_scan": "newest", "inactive_days": "", "leaving": "pool", "transfer": "keep", "cover_minutes": "20",
    "answer_hours": "48", "tries": "2", "days_between_tries": "5", "rest_days": "60",
    "quiet_from": "22:00", "quiet_until": "08:30",
}  # fmt: skip


@pytest.fixture
def keeper(world: World) -> Staff:
    """Manages the whole market."""
    return make.staff("keeper", role=BuiltInRole.MANAGER, market=world.market, locale="en")


def test_rules_stand_as_sentences_and_are_saved(world: World, keeper: Staff, sign_in: SignIn) -> None:
    client = sign_in(keeper)

    before = read(client.get("/bindings/rules").content)
    answer = client.post("/bindings/rules", VALUES)

    assert "When a customer scans a second person's code," in before.text
    assert answer.status_code == 302
    policy = Policy.objects.get(market=world.market)
    assert (policy.second_scan, policy.inactive_days, policy.answer_hours) == ("newest", None, 48)
    assert (policy.quiet_from, policy.quiet_until) == (dt.time(22), dt.time(8, 30))


def test_quiet_hours_are_both_given_or_none(world: World, keeper: Staff, sign_in: SignIn) -> None:
    client = sign_in(keeper)

    page = read(client.get("/bindings/rules").content)
    half = client.post("/bindings/rules", VALUES | {"quiet_until": ""})
    assert not Policy.objects.exists()
    client.post("/bindings/rules", VALUES | {"quiet_from": "", "quiet_until": ""})

    assert page.one("input", name="quiet_from").attributes["value"] == "21:00"
    assert page.one("input", name="quiet_until").attributes["value"] == "09:00"
    assert half.status_code == 422
    assert "Quiet hours need a beginning and an end that differ." in read(half.content).text
    assert Policy.objects.get().quiet_from is None


def test_nonsense_is_told_and_not_saved(world: World, keeper: Staff, sign_in: SignIn) -> None:
    answer = sign_in(keeper).post("/bindings/rules", VALUES | {"tries": "0"})

    assert answer.status_code == 422
    assert "Offers in all:" in read(answer.content).text
    assert not Policy.objects.exists()


def test_the_preview_is_what_customers_would_read(world: World, keeper: Staff, sign_in: SignIn) -> None:
    type(world.market).objects.update(locale="en")
    client = sign_in(keeper, htmx=True)

    ask = read(client.get("/bindings/rules", VALUES | {"second_scan": "ask"}).content)
    newest = read(client.get("/bindings/rules", VALUES).content)

    assert "Would you like to change? Yes, change No, stay as it is" in ask.text
    assert "Would you like to change?" not in newest.text
    assert "Welcome!" in newest.text
    assert not Policy.objects.exists()


def test_who_keeps_one_store_reads_the_rules_but_does_not_change_them(world: World, sign_in: SignIn) -> None:
    manager = make.staff("manager", role=BuiltInRole.MANAGER, store=world.store, locale="en")
    client = sign_in(manager)

    page = read(client.get("/bindings/rules").content)
    answer = client.post("/bindings/rules", VALUES)

    assert "disabled" in page.one("select", name="second_scan").attributes
    assert answer.status_code in (403, 422)
    assert not Policy.objects.exists()
    assert sign_in(world.aoi).get("/bindings/rules").status_code == 403


def test_a_stores_number_is_set_and_taken_away(world: World, sign_in: SignIn) -> None:
    manager = make.staff("manager", role=BuiltInRole.MANAGER, store=world.store, locale="en")
    client, store = sign_in(manager), world.store.public_id

    client.post("/bindings/limits", {"store": store, "per_month": "40", "market": "tw"})
    kept = FirstMessageLimit.objects.get().per_month
    page = read(client.get("/bindings/rules").content)
    client.post("/bindings/limits", {"store": store, "remove": "1"})

    assert kept == 40
    assert page.all("input", value="40")
    assert not FirstMessageLimit.objects.exists()


def test_a_roles_number_is_for_those_who_keep_the_whole_company(world: World, keeper: Staff, sign_in: SignIn) -> None:
    administrator = make.staff("administrator", role=BuiltInRole.ADMINISTRATOR)
    role = Role.objects.get(code=BuiltInRole.SALESPERSON)

    refused = sign_in(keeper).post("/bindings/limits", {"role": role.code, "per_month": "9"})
    foreign = sign_in(keeper).post("/bindings/limits", {"store": "no-such-store", "per_month": "9"})
    nothing = FirstMessageLimit.objects.exists()
    sign_in(administrator).post("/bindings/limits", {"role": role.code, "per_month": "9"})

    assert (refused.status_code, foreign.status_code, nothing) == (403, 422, False)
    assert FirstMessageLimit.objects.get(role=role).per_month == 9
