import base64
import datetime as dt
import json
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidTag
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.alerts import actions
from madoguchi.alerts.actions import DEVICES_MAX
from madoguchi.alerts.errors import BadSubscription
from madoguchi.alerts.keys import current_key
from madoguchi.alerts.models import ServerKey, Subscription
from madoguchi.alerts.sending import FAILURES_MAX, SILENCE_MAX, TTL_SECONDS, Alert, Answer, Outcome, send
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

    answers = send([row], ALERT, is_allowed=anywhere)

    assert answers == {row.pk: Answer(Outcome.DELIVERED)}
    headers, body = service.received[0]
    assert browser.read(body) == {"title": "窓口", "body": ALERT.body, "url": "/inbox", "tag": "conversation-1"}
    with pytest.raises(InvalidTag):
        stranger.read(body)
    claims = headers["authorization"].split("t=")[1].split(",")[0].split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert said["aud"] == "http://127.0.0.1"  # real push services have no port
    assert said["sub"] == "mailto:webmaster@localhost"
    assert current_key().public_key in headers["authorization"]
    assert headers["ttl"] == str(TTL_SECONDS)
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["urgency"] == "high"
    assert headers["topic"] == "conversation-1"
    row.refresh_from_db()
    assert row.delivered_at is not None


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(world: World, service: PushService, status: int) -> None:
    gone = service.subscription(world.aoi, Browser())
    service.status = status

    assert send([gone], ALERT, is_allowed=anywhere) == {gone.pk: Answer(Outcome.GONE)}
    assert not Subscription.objects.exists()


def test_a_device_is_forgotten_after_many_failures_in_a_long_silence_only(world: World, service: PushService) -> None:
    recent, silent = service.subscription(world.aoi, Browser()), service.subscription(world.ren, Browser())
    long_ago = timezone.now() - SILENCE_MAX - dt.timedelta(hours=1)
    Subscription.objects.filter(pk=silent.pk).update(created_at=long_ago - SILENCE_MAX, delivered_at=long_ago)
    service.status = 500

    for failures in range(1, FAILURES_MAX):
        send([recent, silent], ALERT, is_allowed=anywhere)
        assert {*Subscription.objects.values_list("failures", flat=True)} == {failures}
    send([recent, silent], ALERT, is_allowed=anywhere)

    assert Subscription.objects.get() == recent  # a bad hour takes nobody's notifications away
    service.status = 201
    send([recent], ALERT, is_allowed=anywhere)
    recent.refresh_from_db()
    assert recent.failures == 0


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (429, {"Retry-After": "90"}, Answer(Outcome.LATER, 90)),
        (429, {}, Answer(Outcome.LATER)),
        (503, {"Retry-After": "Sun, 22 Nov 2026 03:00:00 GMT"}, Answer(Outcome.LATER)),
        (403, {}, Answer(Outcome.REFUSED)),
        (413, {}, Answer(Outcome.REFUSED)),
        (307, {"Location": "http://127.0.0.1/elsewhere"}, Answer(Outcome.REFUSED)),
    ],
)
def test_what_a_push_service_says_decides_whether_to_try_again(
    world: World, service: PushService, status: int, headers: dict[str, str], answer: Answer
) -> None:
    row = service.subscription(world.aoi, Browser())
    service.status, service.headers = status, headers

    assert send([row], ALERT, is_allowed=anywhere) == {row.pk: answer}
    assert len(service.received) == 1  # redirects are not followed


def test_a_push_service_out_of_reach_is_tried_again(world: World, service: PushService) -> None:
    row = service.subscription(world.aoi, Browser())
    Subscription.objects.update(endpoint="http://127.0.0.1:1/push")

    assert send([Subscription.objects.get()], ALERT, is_allowed=anywhere) == {row.pk: Answer(Outcome.LATER)}


def test_an_endpoint_inside_our_own_network_is_not_connected_to(world: World, service: PushService) -> None:
    row = service.subscription(world.aoi, Browser())

    assert send([row], ALERT) == {row.pk: Answer(Outcome.REFUSED)}
    assert service.received == []


def test_only_what_a_browser_gives_is_taken(world: World) -> None:
    browser = Browser()
    good = {"endpoint": "https://push.example.com/1", "p256dh": browser.p256dh, "auth": browser.auth}

    for wrong in (
        {"endpoint": "http://push.example.com/1"},
        {"endpoint": "file:///etc/passwd"},
        {"p256dh": "short"},
        {"auth": "***"},
        {"endpoint": "https://"},
        {"endpoint": "https://[push"},
        {"endpoint": f"https://push.example.com/{'x' * 1_000}"},
        {"p256dh": base64.urlsafe_b64encode(b"\x04" + bytes(64)).decode()},  # not on the curve
    ):
        with pytest.raises(BadSubscription):
            actions.subscribe(staff=world.aoi, **(good | wrong))
    assert Subscription.objects.count() == 0

    actions.subscribe(staff=world.aoi, **good)
    actions.subscribe(staff=world.ren, **good)  # the same browser, another person signed in

    assert list(Subscription.objects.values_list("staff__username", flat=True)) == ["ren"]


def test_a_person_has_so_many_devices_and_no_more(world: World) -> None:
    browser = Browser()
    for number in range(DEVICES_MAX + 2):
        endpoint = f"https://push.example.com/{number}"
        actions.subscribe(staff=world.aoi, endpoint=endpoint, p256dh=browser.p256dh, auth=browser.auth)

    kept = world.aoi.subscriptions.order_by("pk").values_list("endpoint", flat=True)
    assert [endpoint.rpartition("/")[2] for endpoint in kept] == [str(n) for n in range(2, DEVICES_MAX + 2)]


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
