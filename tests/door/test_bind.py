"""The page behind a QR code: one tap inside LINE, another way without it, and a sentence for whatever is wrong."""

import datetime as dt
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.bindings import links
from madoguchi.bindings.actions.codes import issue_code, revoke_code
from madoguchi.bindings.models import Binding, Code, Policy, Scan, Way
from madoguchi.bindings.tokens import shown
from madoguchi.channels.models import Account
from madoguchi.door import visits
from madoguchi.members.models import Member
from tests import make
from tests.console.page import read
from tests.line_sandbox import LineSandbox
from tests.make import World

pytestmark = pytest.mark.django_db
Outcome = Scan.Outcome


@pytest.fixture
def code(world: World) -> Code:
    return issue_code(by=world.aoi, account=world.account, staff=world.aoi, store=world.store)


@pytest.fixture
def newcomer(world: World, line: LineSandbox) -> str:
    """Somebody with LINE whom we do not know; their id at the sandbox."""
    line.call("POST", "/sandbox/people", {"personId": "anqi", "name": "許安琪", "language": "zh-TW"})
    return "anqi"


def tap(client: Client, code: Code, id_token: str, **more: str) -> tuple[int, str]:
    answer = client.post(f"/liff/bind/{code.token}", {"id_token": id_token, **more}, headers={"accept-language": "en"})
    return answer.status_code, read(answer.content).text


def outcomes() -> list[str]:
    return list(Scan.objects.order_by("pk").values_list("outcome", flat=True))


def test_one_tap_binds_somebody_we_did_not_know(
    client: Client, world: World, code: Code, line: LineSandbox, newcomer: str
) -> None:
    page = read(client.get(f"/liff/bind/{code.token}", headers={"accept-language": "en"}).content)
    assert "葵" in page.one("h1").text
    assert page.one("form", method="post").attributes["data-liff"] == world.account.liff_id

    status, text = tap(client, code, line.id_token(world.account, newcomer))

    binding = Binding.objects.get()
    contact = Scan.objects.latest("pk").contact
    assert (status, binding.staff, binding.store, binding.way) == (200, world.aoi, world.store, Way.LIFF)
    assert contact is not None
    assert contact.account == world.account
    assert "葵" in text
    assert "Add as a friend" in text, "they are none yet"
    assert outcomes() == [Outcome.OPENED, Outcome.BOUND]
    assert len(set(Scan.objects.values_list("visitor", flat=True))) == 1, "the two belong together"


def test_a_friend_is_not_asked_to_become_one(client: Client, world: World, code: Code, line: LineSandbox) -> None:
    person = line.befriend(world.contact)

    _status, text = tap(client, code, line.id_token(world.account, person))

    assert Binding.objects.get().member == world.member
    assert "Add as a friend" not in text
    assert "To the chat" in text


def test_tapping_twice_is_one_binding(
    client: Client, world: World, code: Code, line: LineSandbox, newcomer: str
) -> None:
    token = line.id_token(world.account, newcomer)

    for _time in range(2):
        assert tap(client, code, token)[0] == 200

    assert Binding.objects.count() == 1
    assert outcomes() == [Outcome.BOUND, Outcome.ALREADY]


@pytest.mark.parametrize(
    ("rule", "outcome", "words"),
    [("ask", Outcome.ASKED, "您想更換嗎？"), ("first", Outcome.KEPT, "會繼續為您服務")],
)
def test_a_second_scan_goes_by_the_markets_rule(
    client: Client, world: World, code: Code, line: LineSandbox, newcomer: str, rule: str, outcome: Outcome, words: str
) -> None:
    Policy.objects.create(market=world.market, second_scan=rule)
    token = line.id_token(world.account, newcomer)
    tap(client, code, token)
    other = issue_code(by=world.ren, account=world.account, staff=world.ren, store=world.other_store)

    status, text = tap(client, other, token)

    assert (status, outcomes()[-1]) == (200, outcome)
    assert words in text
    assert Binding.objects.current().get().staff == world.aoi


def test_a_token_too_old_is_told_so_and_nothing_is_done(
    client: Client, world: World, code: Code, line: LineSandbox, newcomer: str
) -> None:
    token, members = line.id_token(world.account, newcomer), Member.objects.count()
    line.call("POST", "/sandbox/clock/advance", {"seconds": 3_601})

    status, text = tap(client, code, token)

    assert status == 422
    assert "open for too long" in text
    assert (Binding.objects.count(), outcomes(), Member.objects.count()) == (0, [], members)


def test_a_token_of_another_channel_is_told_so_and_nothing_is_done(
    client: Client, world: World, code: Code, line: LineSandbox, newcomer: str
) -> None:
    other = make.account(default_brand=world.brand, market=world.market)
    line.open_for(other)
    line.open_login_for(other)

    status, text = tap(client, code, line.id_token(other, newcomer))

    assert status == 422
    assert "another official account" in text
    assert (Binding.objects.count(), outcomes()) == (0, [])


def test_when_line_is_silent_the_customer_can_tap_again(
    client: Client, world: World, code: Code, line: LineSandbox, newcomer: str
) -> None:
    token = line.id_token(world.account, newcomer)
    line.fail("500", path="/oauth2/v2.1/verify")

    status, text = tap(client, code, token)
    assert (status, Binding.objects.count()) == (502, 0)
    assert "tap again" in text
    assert tap(client, code, token)[0] == 200
    assert Binding.objects.count() == 1


@pytest.mark.parametrize("id_token", ["", "made.up.token"])
def test_a_page_cannot_say_by_itself_who_it_is(client: Client, code: Code, line: LineSandbox, id_token: str) -> None:
    status, _text = tap(client, code, id_token, sub="U123", user_id="U123")

    assert (status, Binding.objects.count(), outcomes()) == (422, 0, [])


def test_a_form_of_another_site_is_refused(code: Code, line: LineSandbox) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(f"/liff/bind/{code.token}", {"id_token": "a.b.c"}).status_code == 403
    assert not Scan.objects.exists()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("revoked", "withdrawn"),
        ("expired", "no longer valid"),
        ("left", "Nobody can be reached"),
        ("account off", "Nobody can be reached"),
    ],
)
def test_a_code_that_does_not_work_says_why(
    client: Client, world: World, code: Code, line: LineSandbox, newcomer: str, what: str, words: str
) -> None:
    if what == "revoked":
        revoke_code(by=world.aoi, code=code)
    elif what == "expired":
        Code.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    elif what == "left":
        world.aoi.postings.all().delete()
    else:
        Account.objects.update(is_active=False)

    answer = client.get(f"/liff/bind/{code.token}", headers={"accept-language": "en"})
    tapped, _text = tap(client, code, line.id_token(world.account, newcomer))

    assert (answer.status_code, tapped) == (410, 410)
    assert words in read(answer.content).text
    assert not Binding.objects.exists()


def test_an_unknown_code_says_so_in_the_browsers_language(client: Client, world: World) -> None:
    answer = client.get("/liff/bind/K7QF3-M2X9T", headers={"accept-language": "fr, en;q=0.8"})

    assert answer.status_code == 410
    assert "do not know this code" in read(answer.content).text
    assert not Scan.objects.exists()


def test_the_code_may_be_written_as_people_write_it(client: Client, code: Code) -> None:
    assert client.get(f"/liff/bind/{shown(code.token).lower()}").status_code == 200


def test_line_opens_the_endpoint_with_the_path_aside(client: Client, code: Code, line: LineSandbox) -> None:
    straight = client.get(f"/liff/bind/{code.token}")
    through = client.get(f"/liff?liff.state={quote(f'/bind/{code.token}?x=1')}")

    assert read(through.content).one("h1").text == read(straight.content).one("h1").text
    for state in ("", "/nowhere", "/../console", "//example.com/bind"):
        assert client.get(f"/liff?liff.state={quote(state)}").status_code == 404


def test_without_liff_the_code_goes_by_message(client: Client, world: World, code: Code) -> None:
    world.account.basic_id = "@one-life"
    world.account.save()

    page = read(client.get(f"/liff/bind/{code.token}").content)

    assert page.all("form") == []
    assert page.all("script") == []
    link = page.one("a", class_="primary").attributes["href"]
    assert link.startswith("https://line.me/R/oaMessage/%40one-life/?")
    assert shown(code.token) in link
    assert links.code_url(code).endswith(f"/liff/bind/{code.token}")


def test_only_this_page_lets_lines_script_run(client: Client, world: World, code: Code, line: LineSandbox) -> None:
    policy = client.get(f"/liff/bind/{code.token}")["Content-Security-Policy"]
    assert f"script-src 'self' {line.url}" in policy
    assert f"frame-ancestors {line.url}" in policy, "the sandbox's phones show it in a frame"
    assert line.url not in client.get("/sign-in")["Content-Security-Policy"]

    world.account.api_base = links.LINE_API
    world.account.save()
    answer = client.get(f"/liff/bind/{code.token}")
    assert "script-src 'self' https://static.line-scdn.net" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    code.refresh_from_db()
    assert links.code_url(code) == f"https://liff.line.me/{world.account.liff_id}/bind/{code.token}"


def test_opening_is_counted_once_per_visitor(client: Client, code: Code) -> None:
    for _time in range(3):
        client.get(f"/liff/bind/{code.token}")
    client.head(f"/liff/bind/{code.token}")
    Client().get(f"/liff/bind/{code.token}", headers={"user-agent": "facebookexternalhit/1.1;line-poker/1.0"})
    Client().get(f"/liff/bind/{code.token}")

    assert outcomes() == [Outcome.OPENED, Outcome.OPENED]


def test_a_machine_that_opens_it_all_the_time_is_not_counted(code: Code) -> None:
    for _time in range(visits.MOST_PER_MINUTE + 5):
        assert Client().get(f"/liff/bind/{code.token}").status_code == 200

    assert len(outcomes()) == visits.MOST_PER_MINUTE


def test_a_member_of_staff_says_who_they_are(client: Client, world: World, line: LineSandbox, newcomer: str) -> None:
    code = issue_code(
        by=world.aoi, account=world.account, staff=world.aoi, store=world.store, purpose=Code.Purpose.KNOW_STAFF
    )
    page = read(client.get(f"/liff/bind/{code.token}", headers={"accept-language": "en"}).content)
    assert "Is this you?" in page.text

    _status, text = tap(client, code, line.id_token(world.account, newcomer))

    assert outcomes() == [Outcome.OPENED, Outcome.KNOWN]
    assert "這是您本人的 LINE" in text
    own = issue_code(by=world.aoi, account=world.account, staff=world.aoi, store=world.store)
    assert "這是您自己的專屬碼" in tap(client, own, line.id_token(world.account, newcomer))[1]
    assert not Binding.objects.exists()


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [("", "ja", "ja"), ("?lang=en", "ja", "en"), ("", "", "zh-hant"), ("", "fr", "zh-hant")],
)
def test_the_page_speaks_the_readers_language(
    client: Client, code: Code, query: str, accepted: str, language: str
) -> None:
    headers = {"accept-language": accepted} if accepted else {}

    page = read(client.get(f"/liff/bind/{code.token}{query}", headers=headers).content)

    assert page.one("html").attributes["lang"] == language


def test_a_chosen_language_stays(client: Client, code: Code) -> None:
    client.get(f"/liff/bind/{code.token}?lang=ja")

    page = read(client.get(f"/liff/bind/{code.token}", headers={"accept-language": "en"}).content)

    assert page.one("html").attributes["lang"] == "ja"


def test_links_of_an_account_at_a_sandbox_stay_there(world: World, code: Code, line: LineSandbox) -> None:
    code.refresh_from_db()
    for address in (links.code_url(code), links.message_url(code), links.add_friend_url(code.account)):
        assert address.startswith(line.url)
    assert urlsplit(links.code_url(code)).path == f"/liff/{world.account.liff_id}/bind/{code.token}"
