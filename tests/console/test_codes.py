"""Codes: one's own, those of the places one keeps, and what they can be taken away as."""

import datetime as dt

import pytest
from django.utils import timezone

from madoguchi.bindings.actions.codes import issue_code, revoke_code
from madoguchi.bindings.models import Code, Scan, StaffMember, Way
from madoguchi.bindings.tokens import shown
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from madoguchi.routing.models import Team
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World


@pytest.fixture
def code(world: World) -> Code:
    return issue_code(by=world.aoi, account=world.account, staff=world.aoi, store=world.store)


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("manager", name="凜", role=BuiltInRole.MANAGER, store=world.store, locale="en")


def test_everybody_who_may_hold_customers_makes_a_code_of_their_own_by_one_press(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi)
    button = read(client.get("/codes").content).one("button", name="place")

    for _press in range(2):
        assert client.post("/codes/mine", {"place": button.attributes["value"]}).status_code == 302

    made = Code.objects.get()
    page = read(client.get("/codes").content)
    assert (made.staff, made.store, made.account) == (world.aoi, world.store, world.account)
    assert shown(made.token) in page.text
    assert page.all("button", name="place") == []
    assert page.one("div", class_="code-qr").all("svg")


def test_one_tells_which_line_is_ones_own(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi)
    button = read(client.get("/codes").content).one("button", name="account")

    answer = client.post("/codes/own-line", {"account": button.attributes["value"]})

    made = Code.objects.get()
    page = read(client.get(answer["Location"]).content)
    assert (made.purpose, made.staff) == (Code.Purpose.KNOW_STAFF, world.aoi)
    assert made.expires_at
    assert made.expires_at < timezone.now() + dt.timedelta(hours=1)
    assert page.one("div", class_="code-qr").all("svg")
    assert page.all("a", href=f"/codes/{made.token}/card.pdf") == []
    assert read(client.get("/codes").content).all("div", class_="code-qr") == [], "it is none for customers"
    assert client.post("/codes/own-line", {"account": "nowhere"}).status_code == 404


def test_who_is_known_on_line_is_told_so(world: World, sign_in: SignIn) -> None:
    StaffMember.objects.create(staff=world.aoi, member=world.member)

    assert (
        world.member.display_name
        in read(sign_in(world.aoi).get("/codes").content).one("section", class_="own-line").text
    )


def test_a_place_where_one_does_not_work_gives_no_code(world: World, sign_in: SignIn) -> None:
    key = f"{world.account.public_id}-store-{world.other_store.pk}"

    assert sign_in(world.aoi).post("/codes/mine", {"place": key}).status_code == 404
    assert sign_in(world.mio).get("/codes").status_code == 403
    assert not Code.objects.exists()


@pytest.mark.parametrize(
    ("kind", "begins", "content_type"),
    [
        ("card.pdf", b"%PDF-", "application/pdf"),
        ("card.png", b"\x89PNG", "image/png"),
        ("qr.png", b"\x89PNG", "image/png"),
        ("qr.svg", b"<svg", "image/svg+xml"),
    ],
)
def test_a_code_can_be_taken_away_in_four_forms(
    world: World, sign_in: SignIn, code: Code, kind: str, begins: bytes, content_type: str
) -> None:
    answer = sign_in(world.aoi).get(f"/codes/{code.token}/{kind}")

    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"].startswith("attachment")
    assert sign_in(world.aoi).get(f"/codes/{code.token}/qr.exe").status_code == 404


def test_a_code_is_seen_by_its_person_and_by_who_keeps_the_place(
    world: World, sign_in: SignIn, code: Code, manager: Staff
) -> None:
    assert sign_in(world.aoi).get(f"/codes/{code.token}").status_code == 200
    assert sign_in(manager).get(f"/codes/{code.token}").status_code == 200
    assert sign_in(world.ren).get(f"/codes/{code.token}").status_code == 404
    assert sign_in(world.ren).get(f"/codes/{code.token}/card.pdf").status_code == 404


def test_a_withdrawn_code_is_no_longer_offered(world: World, sign_in: SignIn, code: Code) -> None:
    assert sign_in(world.ren).post(f"/codes/{code.token}/withdrawal").status_code == 404
    assert not Code.objects.exclude(revoked_at=None).exists()

    client = sign_in(world.aoi)
    assert client.post(f"/codes/{code.token}/withdrawal").status_code == 302
    again = client.post(f"/codes/{code.token}/withdrawal", follow=True)

    code.refresh_from_db()
    assert code.revoked_by == world.aoi
    assert again.status_code == 200
    page = read(client.get(f"/codes/{code.token}").content)
    assert page.all("a", href=f"/codes/{code.token}/card.pdf") == []
    assert len(read(client.get("/codes").content).all("button", name="place")) == 1


def test_the_list_holds_the_codes_of_ones_places_with_what_came_of_them(
    world: World, sign_in: SignIn, code: Code, manager: Staff
) -> None:
    elsewhere = issue_code(by=world.ren, account=world.account, staff=world.ren, store=world.other_store)
    for visitor in ("a", "a", "b"):
        Scan.objects.create(code=code, way=Way.LIFF, outcome=Scan.Outcome.OPENED, visitor=visitor)

    page = read(sign_in(manager).get("/codes/all").content)

    assert shown(code.token) in page.text
    assert "2 opened" in page.text
    assert "0 connected" in page.text
    assert shown(elsewhere.token) not in page.text
    assert sign_in(world.aoi).get("/codes/all").status_code == 403


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [("q=葵", True), ("q=蓮", False), ("state=withdrawn", False), ("state=expired", False), ("q=TOKEN", True)],
)
def test_the_list_can_be_searched(
    world: World, sign_in: SignIn, code: Code, manager: Staff, filters: str, is_found: bool
) -> None:
    answer = sign_in(manager).get(f"/codes/all?{filters.replace('TOKEN', shown(code.token))}")

    assert (shown(code.token) in read(answer.content).one("div", id="rows").text) is is_found


def test_expired_and_withdrawn_codes_are_found_under_their_state(
    world: World, sign_in: SignIn, code: Code, manager: Staff
) -> None:
    past = timezone.now() - dt.timedelta(days=2)
    expired = issue_code(
        by=world.aoi, account=world.account, staff=world.aoi, store=world.store,
        now=past, expires_at=past + dt.timedelta(days=1),
    )  # fmt: skip
    revoke_code(by=world.aoi, code=code)
    client = sign_in(manager)

    def listed(state: str) -> str:
        return read(client.get(f"/codes/all?state={state}").content).one("div", id="rows").text

    assert shown(expired.token) in listed("expired")
    assert shown(code.token) in listed("withdrawn")
    assert shown(code.token) not in listed("")


def test_a_manager_makes_codes_for_people_and_teams(world: World, sign_in: SignIn, manager: Staff) -> None:
    client = sign_in(manager)
    place = f"store-{world.store.pk}"
    form = read(client.get(f"/codes/new?place={place}").content)
    assert {option.text for option in form.one("select", name="staff").all("option")} == {"The whole team", "葵", "凜"}

    fields = {"account": world.account.pk, "place": place, "label": "till", "expires_on": "2099-12-31"}
    for person in ("", str(world.aoi.pk)):
        assert client.post("/codes/new", fields | {"staff": person}).status_code == 302

    team, own = Code.objects.order_by("pk")
    assert (team.staff, own.staff, own.label) == (None, world.aoi, "till")
    assert own.expires_at == dt.datetime(2099, 12, 31, 16, tzinfo=dt.UTC), "the end of that day in Taipei"


def test_nobody_makes_codes_for_places_they_do_not_keep(world: World, sign_in: SignIn, manager: Staff) -> None:
    fields = {"account": world.account.pk, "place": f"store-{world.other_store.pk}", "staff": ""}

    assert sign_in(manager).post("/codes/new", fields).status_code == 422
    assert sign_in(world.aoi).post("/codes/new", fields).status_code == 403
    assert not Code.objects.exists()


def test_a_code_in_the_past_is_refused_in_words(world: World, sign_in: SignIn, manager: Staff) -> None:
    fields = {"account": world.account.pk, "place": f"store-{world.store.pk}", "expires_on": "2020-01-01"}

    answer = sign_in(manager).post("/codes/new", fields)

    assert answer.status_code == 422
    assert "future" in read(answer.content).text
    assert not Code.objects.exists()


def test_a_teams_code_says_how_it_shares_customers_out(world: World, sign_in: SignIn) -> None:
    manager = make.staff(role=BuiltInRole.MANAGER, store=world.store, locale="en")
    code = make.code(world.account, store=world.store)
    client = sign_in(manager)

    fewest = read(client.get(f"/codes/{code.token}").content)
    make.team(world.store, Team.Method.ROUND_ROBIN)
    in_turn = read(client.get(f"/codes/{code.token}").content)

    assert "given to the person on duty who has the fewest customers." in fewest.text
    assert "given to the people on duty in turn" in in_turn.text
