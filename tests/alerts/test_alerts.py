import base64
import json
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidTag
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.alerts import actions
from madoguchi.alerts.errors import BadSubscription
from madoguchi.alerts.keys import current_key
from madoguchi.alerts.models import ServerKey, Subscription
from madoguchi.alerts.sending import FAILURES_MAX, Alert, Outcome, send
from madoguchi.alerts.subjects import Subject
from tests.alerts.push_service import Browser, PushService, running
from tests.make import World

ALERT = Alert(title="窓口", body="陳美玲 寫了訊息給你", url="/inbox", tag="conversation-1")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service() -> Iterator[PushService]:
    with running() as started:
        yield started


def anywhere(_address: str) -> bool:
    return True


def test_an_alert_can_be_read_by_the_browser_alone_and_says_who_we_are(world: World, service: PushService) -> None:
    browser, stranger = Browser(), Browser()
    row = service.subscription(world.aoi, browser)

    outcomes = send([row], ALERT, is_allowed=anywhere)

    assert outcomes == {row.pk: Outcome.DELIVERED}
    headers, body = service.received[0]
    assert browser.read(body) == {"title": "窓口", "body": ALERT.body, "url": "/inbox", "tag": "conversation-1"}
    with pytest.raises(InvalidTag):
        stranger.read(body)
    claims = headers["authorization"].split("t=")[1].split(",")[0].split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert said["aud"] == "http://127.0.0.1"  # real push services have no port
    assert said["sub"] == "mailto:webmaster@localhost"
    assert current_key().public_key in headers["authorization"]
    row.refresh_from_db()
    assert row.delivered_at is not None


def test_a_browser_that_is_gone_is_forgotten_and_one_that_fails_too_often_too(
    world: World, service: PushService
) -> None:
    gone, failing = service.subscription(world.aoi, Browser()), service.subscription(world.ren, Browser())

    service.status = 410
    assert send([gone], ALERT, is_allowed=anywhere) == {gone.pk: Outcome.GONE}
    assert not Subscription.objects.filter(pk=gone.pk).exists()

    service.status = 500
    for failures in range(1, FAILURES_MAX):
        assert send([failing], ALERT, is_allowed=anywhere) == {failing.pk: Outcome.FAILED}
        failing.refresh_from_db()
        assert failing.failures == failures
    send([failing], ALERT, is_allowed=anywhere)
    assert not Subscription.objects.filter(pk=failing.pk).exists()


def test_an_endpoint_inside_our_own_network_is_not_connected_to(world: World, service: PushService) -> None:
    row = service.subscription(world.aoi, Browser())

    assert send([row], ALERT) == {row.pk: Outcome.FAILED}
    assert service.received == []


def test_only_what_a_browser_gives_is_taken(world: World) -> None:
    browser = Browser()
    good = {"endpoint": "https://push.example.com/1", "p256dh": browser.p256dh, "auth": browser.auth}

    for wrong in (
        {"endpoint": "http://push.example.com/1"},
        {"endpoint": "file:///etc/passwd"},
        {"p256dh": "short"},
        {"auth": "***"},
    ):
        with pytest.raises(BadSubscription):
            actions.subscribe(staff=world.aoi, **(good | wrong))
    assert Subscription.objects.count() == 0

    actions.subscribe(staff=world.aoi, **good)
    actions.subscribe(staff=world.ren, **good)  # the same browser, another person signed in

    assert list(Subscription.objects.values_list("staff__username", flat=True)) == ["ren"]


def test_only_those_with_a_device_cost_a_job(world: World) -> None:
    actions.alert(staff_ids=[world.aoi.pk], subject=Subject.WROTE, name="陳美玲", url="/inbox", tag="x")
    assert not ProcrastinateJob.objects.exists()

    browser = Browser()
    endpoint = "https://push.example.com/1"
    actions.subscribe(staff=world.aoi, endpoint=endpoint, p256dh=browser.p256dh, auth=browser.auth)
    actions.alert(staff_ids=[world.aoi.pk, world.ren.pk], subject=Subject.WROTE, name="陳美玲", url="/", tag="x")

    assert ProcrastinateJob.objects.get().args["staff_ids"] == [world.aoi.pk]


def test_an_installation_has_one_key(world: World) -> None:
    first = current_key()

    assert current_key() == first
    assert ServerKey.objects.count() == 1
    assert len(base64.urlsafe_b64decode(first.public_key + "=")) == 65


def test_a_browser_subscribes_and_leaves_through_the_console(world: World, client: Client) -> None:
    browser = Browser()
    body = {"endpoint": "https://push.example.com/1", "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    address = "/alerts/subscription"

    assert client.post(address, body, "application/json").status_code == 302  # nobody is signed in
    client.force_login(world.aoi)
    assert client.post(address, {"endpoint": "nonsense"}, "application/json").status_code == 422
    assert client.post(address, "[]", "application/json").status_code == 422
    assert Subscription.objects.count() == 0

    assert client.post(address, body, "application/json").status_code == 204
    assert client.get("/alerts/key").json() == {"key": current_key().public_key}
    client.force_login(world.ren)
    client.delete(address, {"endpoint": body["endpoint"]}, "application/json")
    assert Subscription.objects.get().staff == world.aoi  # not Ren's to end

    client.force_login(world.aoi)
    assert client.delete(address, {"endpoint": body["endpoint"]}, "application/json").status_code == 204
    assert Subscription.objects.count() == 0
