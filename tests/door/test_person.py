""" "Who looks after me": what a customer sees and changes, by a signed link or inside LINE."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.bindings import links
from madoguchi.bindings.actions.codes import issue_code
from madoguchi.bindings.actions.use_code import use_code
from madoguchi.bindings.models import Binding, Scan, Way
from madoguchi.organization.models import Staff
from tests import make
from tests.console.page import Element, read
from tests.line_sandbox import LineSandbox
from tests.make import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana(world: World) -> Staff:
    return make.staff("hana", name="花", store=world.store)


@pytest.fixture
def binding(world: World, hana: Staff) -> Binding:
    return bound_to(world, world.aoi)


@pytest.fixture
def customer() -> Client:
    return Client(headers={"accept-language": "en"})


def bound_to(world: World, staff: Staff) -> Binding:
    code = issue_code(by=staff, account=world.account, staff=staff, store=world.store)
    scan = scanned(world, code.token)
    assert scan.binding
    return scan.binding


def scanned(world: World, token: str) -> Scan:
    return use_code(
        token=token, account_id=world.account.pk, contact_id=world.contact.pk, member_id=world.member.pk, way=Way.LIFF
    )


def address(world: World) -> str:
    return urlsplit(links.person_page_url(world.member, world.contact)).path


def opened(customer: Client, world: World) -> Element:
    answer = customer.get(address(world))
    assert answer.status_code == 200
    return read(answer.content)


def current() -> Binding:
    return Binding.objects.current().get()


def test_the_customer_sees_who_looks_after_them(customer: Client, world: World, binding: Binding) -> None:
    page = opened(customer, world)

    assert page.one("h2").text == "葵"
    for words in (world.store.name, "For all brands", "Since", "May write to me first"):
        assert words in page.text
    assert page.all("script") == []


def test_without_anybody_the_page_says_how_to_find_somebody(customer: Client, world: World) -> None:
    assert "scan the code" in opened(customer, world).text


def test_the_customer_chooses_a_colleague(customer: Client, world: World, binding: Binding, hana: Staff) -> None:
    offered = {radio.attributes["value"] for radio in opened(customer, world).all("input", name="to")}
    assert offered == {hana.public_id, ""}

    answer = customer.post(f"{address(world)}/{binding.public_id}/person", {"to": hana.public_id}, follow=True)

    assert (current().staff, current().way) == (hana, Way.CUSTOMER)
    assert "花 looks after you from now on." in read(answer.content).text


def test_the_customer_chooses_only_the_store(customer: Client, world: World, binding: Binding) -> None:
    customer.post(f"{address(world)}/{binding.public_id}/person", {"to": ""})

    assert (current().staff, current().store) == (None, world.store)
    assert "Our whole team" in opened(customer, world).text


def test_a_colleague_of_another_store_cannot_be_chosen(customer: Client, world: World, binding: Binding) -> None:
    answer = customer.post(f"{address(world)}/{binding.public_id}/person", {"to": world.ren.public_id}, follow=True)

    assert current() == binding
    assert read(answer.content).one("p", class_="error").text


def test_the_customer_ends_it(customer: Client, world: World, binding: Binding) -> None:
    for _time in range(2):
        answer = customer.post(f"{address(world)}/{binding.public_id}/end", follow=True)
        assert answer.status_code == 200

    binding.refresh_from_db()
    assert binding.end == Binding.End.DROPPED
    assert "ended already" in read(answer.content).text


def test_the_customer_says_whether_they_may_be_written_to_first(
    customer: Client, world: World, binding: Binding
) -> None:
    for may, is_allowed in (("no", False), ("yes", True)):
        customer.post(f"{address(world)}/{binding.public_id}/first-messages", {"may": may})
        assert current().may_write_first is is_allowed


def test_a_change_that_is_asked_for_is_answered_on_the_page(
    customer: Client, world: World, binding: Binding, hana: Staff
) -> None:
    code = issue_code(by=hana, account=world.account, staff=hana, store=world.store)
    assert scanned(world, code.token).outcome == Scan.Outcome.ASKED

    form = opened(customer, world).one("form", class_="offer")
    assert "花" in form.text
    customer.post(form.attributes["action"], {"accept": "yes"})

    assert current().staff == hana


def test_a_link_is_good_for_seven_days(customer: Client, world: World, binding: Binding) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(days=7, minutes=1)):
        old = address(world)

    answer = customer.get(old)
    changed = customer.post(f"{old}/{binding.public_id}/end")

    assert (answer.status_code, changed.status_code) == (410, 410)
    assert "7 days" in read(answer.content).text
    assert current() == binding


def test_a_link_cannot_be_made_up(customer: Client, world: World, binding: Binding) -> None:
    good = address(world)
    forged = [
        f"/my-person/{world.member.public_id}-{world.contact.pk}",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/my-person/x",
    ]

    for path in forged:
        assert customer.get(path).status_code == 404
        assert customer.post(f"{path}/{binding.public_id}/end").status_code == 404
    assert current() == binding


def test_somebody_elses_binding_is_out_of_reach(customer: Client, world: World, binding: Binding) -> None:
    other = make.conversation(world.account, name="林小華")
    own = urlsplit(links.person_page_url(other.member, other.contact)).path

    for action, fields in (("end", {}), ("person", {"to": ""}), ("first-messages", {"may": "no"})):
        customer.post(f"{own}/{binding.public_id}/{action}", fields)

    assert current() == binding
    assert current().may_write_first


def test_a_contact_of_somebody_else_does_not_open_the_page(customer: Client, world: World, binding: Binding) -> None:
    other = make.conversation(world.account, name="林小華")

    assert customer.get(urlsplit(links.person_page_url(world.member, other.contact)).path).status_code == 404


def test_forms_of_other_sites_are_refused(world: World, binding: Binding) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(f"{address(world)}/{binding.public_id}/end").status_code == 403
    assert current() == binding


@pytest.mark.parametrize("named", [True, False])
def test_inside_line_the_page_opens_without_a_link(
    customer: Client, world: World, binding: Binding, line: LineSandbox, named: bool
) -> None:
    path = f"/liff/person/{world.account.public_id}" if named else "/liff/person"
    token = line.id_token(world.account, line.befriend(world.contact))
    assert read(customer.get(path).content).one("form").attributes["data-liff"] == world.account.liff_id

    answer = customer.post(path, {"id_token": token})

    assert answer.status_code == 302
    assert "葵" in read(customer.get(urlsplit(answer["Location"]).path).content).text
    assert customer.post(path, {"id_token": "made.up.token"}).status_code == 422


def test_the_language_is_that_of_the_customers_line(world: World, binding: Binding) -> None:
    world.contact.language = "ja"
    world.contact.save()

    page = read(Client(headers={"accept-language": "en"}).get(address(world)).content)

    assert page.one("html").attributes["lang"] == "ja"
