"""Who looks after a customer, beside their thread; one's own customers; what the system said by itself."""

from __future__ import annotations

import pytest

from madoguchi.bindings.actions.staff import bind_by_staff, end_binding
from madoguchi.bindings.models import Binding
from madoguchi.conversations.actions.notify import Button, Notice, notify
from madoguchi.members.models import Member
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("manager", name="莉莉", role=BuiltInRole.MANAGER, store=world.store, locale="en")


def pane(world: World, rest: str = "") -> str:
    return f"/conversations/{world.conversation.public_id}/customer{rest}"


def test_the_pane_says_who_looks_after_the_customer(world: World, manager: Staff, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")
    client = sign_in(world.aoi, htmx=True)

    nobody = read(client.get(pane(world)).content)
    first = bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store)
    bound = read(client.get(pane(world)).content)
    end_binding(by=manager, binding=first)
    past = read(client.get(pane(world)).content)

    assert "Looked after by Nobody in particular" in nobody.text
    assert "葵 台北信義店" in bound.text
    assert "Entered by staff" in bound.text
    assert "1 before" in past.text
    assert "Ended by staff" in past.text


def test_a_manager_binds_to_somebody_and_ends_it(world: World, manager: Staff, sign_in: SignIn) -> None:
    client = sign_in(manager, htmx=True)
    to = f"{world.aoi.public_id}@{world.store.public_id}"

    offered = read(client.get(pane(world)).content)
    client.post(pane(world, "/bindings"), {"to": to})
    binding = Binding.objects.current().get()
    again = client.post(pane(world, "/bindings"), {"to": to})
    ended = client.post(pane(world, f"/bindings/{binding.public_id}/end"))

    assert offered.all("option", value=to)
    assert "I look after them" in offered.text
    assert (binding.staff, binding.by) == (world.aoi, manager)
    assert (again.status_code, ended.status_code) == (409, 200)
    assert Binding.objects.get().end == Binding.End.BY_STAFF


def test_who_may_not_bind_is_refused_and_nothing_changes(world: World, manager: Staff, sign_in: SignIn) -> None:
    binding = bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store)
    client = sign_in(world.aoi, htmx=True)

    page = read(client.get(pane(world)).content)
    answers = [
        client.post(pane(world, "/bindings"), {"to": f"{world.aoi.public_id}@{world.store.public_id}"}),
        client.post(pane(world, f"/bindings/{binding.public_id}/end")),
    ]
    out_of_reach = sign_in(make.staff("far", role=BuiltInRole.MANAGER, store=world.other_store), htmx=True).post(
        pane(world, f"/bindings/{binding.public_id}/end")
    )

    assert page.one("section", id="customer-bindings").all("form") == []
    assert {answer.status_code for answer in answers} == {403}
    assert out_of_reach.status_code == 404
    assert Binding.objects.get().ended_at is None


def test_another_customers_binding_is_not_ended_from_here(world: World, manager: Staff, sign_in: SignIn) -> None:
    other = make.conversation(world.account, store=world.store).member
    binding = bind_by_staff(by=manager, member=other, to_staff=world.aoi, store=world.store)

    answer = sign_in(manager, htmx=True).post(pane(world, f"/bindings/{binding.public_id}/end"))

    assert answer.status_code == 404
    assert Binding.objects.get().ended_at is None


def test_my_customers_are_mine_newest_first(world: World, manager: Staff, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")
    later = make.conversation(world.account, name="林怡君", text="在嗎", store=world.store)
    foreign = make.conversation(world.account, name="不相關", store=world.store)
    for member, person in ((world.member, world.aoi), (later.member, world.aoi), (foreign.member, manager)):
        bind_by_staff(by=manager, member=member, to_staff=person, store=world.store)
    client = sign_in(world.aoi, htmx=True)

    names = [b.text for b in read(client.get("/bindings/mine").content).all("b")]
    found = [b.text for b in read(client.get("/bindings/mine", {"q": "怡君"}).content).all("b")]
    type(world.conversation).objects.filter(pk=later.pk).update(waiting_since=None)
    waiting = [b.text for b in read(client.get("/bindings/mine", {"waiting": "1"}).content).all("b")]

    assert names == ["林怡君", "陳美玲"]
    assert found == ["林怡君"]
    assert waiting == ["陳美玲"]
    assert sign_in(world.mio).get("/bindings/mine").status_code == 403


def test_a_thread_about_another_brand_is_not_linked_nor_quoted(world: World, manager: Staff, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")
    bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store, brands=[world.brand])
    type(world.conversation).objects.filter(pk=world.conversation.pk).update(
        store=None, department=world.department, brand=world.other_brand, last_text="secret"
    )

    page = read(sign_in(world.aoi, htmx=True).get("/bindings/mine").content)

    assert "陳美玲" in page.text
    assert "secret" not in page.text
    assert page.all("a") == []


def test_what_the_system_said_is_marked_with_its_cause_and_buttons(world: World, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")
    buttons = (Button("That is fine", "offer/x/accept"), Button("No, thank you", "offer/x/refuse"))
    notify([Notice(conversation_id=world.conversation.pk, text="A change", cause="offer", buttons=buttons)])

    page = read(sign_in(world.aoi).get(f"/conversations/{world.conversation.public_id}").content)

    (bubble,) = page.all("li", class_="out")
    assert "Automatic · about who looks after them" in bubble.text
    assert [button.text for button in bubble.one("ul", class_="taps").all("li")] == ["That is fine", "No, thank you"]


def test_a_customer_without_a_name_yet_is_listed(world: World, manager: Staff, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")
    bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store)
    Member.objects.update(display_name="")

    assert "New customer" in read(sign_in(world.aoi).get("/bindings/mine").content).text


def test_a_salesperson_takes_a_customer_on(world: World, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")
    client = sign_in(world.aoi, htmx=True)

    offered = read(client.get(pane(world)).content)
    button = offered.one("form", class_="take-on").one("button")
    taken = read(client.post(pane(world, "/bindings/own"), {"at": button.attributes["value"]}).content)

    binding = Binding.objects.get()
    assert button.text == "I look after them"
    assert (binding.staff, binding.store, binding.by) == (world.aoi, world.store, world.aoi)
    assert "葵 台北信義店" in taken.text
    assert taken.all("form", class_="take-on") == []


def test_somebody_elses_customer_is_asked_and_the_pane_says_so(world: World, manager: Staff, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")
    bind_by_staff(by=manager, member=world.member, to_staff=manager, store=world.store)
    client = sign_in(world.aoi, htmx=True)

    before = read(client.get(pane(world)).content)
    after = read(client.post(pane(world, "/bindings/own"), {"at": f"store-{world.store.pk}"}).content)

    assert "The customer is asked first; until they say yes 莉莉 stays." in before.text
    assert "Asked about changing to 葵, may answer until" in after.text
    assert Binding.objects.current().get().staff == manager


def test_where_the_first_person_keeps_a_customer_nobody_else_is_offered_them(
    world: World, manager: Staff, sign_in: SignIn
) -> None:
    type(world.aoi).objects.update(locale="en")
    make.policy(world.market, second_scan="first")
    bind_by_staff(by=manager, member=world.member, to_staff=manager, store=world.store)
    client = sign_in(world.aoi, htmx=True)

    page = read(client.get(pane(world)).content)
    answer = client.post(pane(world, "/bindings/own"), {"at": f"store-{world.store.pk}"})

    assert "In this market the first person keeps a customer: 莉莉." in page.text
    assert page.all("form", class_="take-on") == []
    assert answer.status_code == 409
    assert Binding.objects.current().get().staff == manager


def test_taking_on_needs_the_right_and_a_place_of_ones_own(world: World, sign_in: SignIn) -> None:
    at = f"store-{world.store.pk}"
    elsewhere = sign_in(world.aoi, htmx=True).post(
        pane(world, "/bindings/own"), {"at": f"store-{world.other_store.pk}"}
    )
    without = sign_in(world.mio, htmx=True).post(pane(world, "/bindings/own"), {"at": at})
    out_of_reach = sign_in(world.ren, htmx=True).post(pane(world, "/bindings/own"), {"at": at})

    assert (elsewhere.status_code, without.status_code, out_of_reach.status_code) == (422, 403, 404)
    assert not Binding.objects.exists()
