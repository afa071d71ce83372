"""Each customer gets the menu that is meant for them, and LINE is told of nothing twice."""

from __future__ import annotations

import pytest
import time_machine
from django.utils import timezone

from madoguchi.bindings.actions.staff import bind_by_staff
from madoguchi.channels.models import Contact
from madoguchi.channels.ports import Followed
from madoguchi.channels.rich_menus import RichMenus
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.models import Exchange
from madoguchi.menus import linking, rechecks, taps
from madoguchi.menus.models import MemberMenu, MemberState, Recheck, RichMenu
from madoguchi.menus.publish.plan import plan
from madoguchi.menus.publish.run import run
from madoguchi.menus.tasks import look_after_customers
from madoguchi.organization.models import Staff
from tests import make
from tests.line_sandbox import LineSandbox
from tests.menus import at_line
from tests.menus.building import add_variant, changed_draft, draft, publish, published


@pytest.fixture
def customer(world: make.World, line: LineSandbox) -> Contact:
    line.befriend(world.contact)
    return world.contact


def page_of(contact: Contact) -> str:
    """Alias of the page the customer is linked to at LINE; empty: the default one."""
    line_id = at_line.linked(contact)
    if not line_id:
        return ""
    return RichMenu.objects.get(line_id=line_id).pages.get(tab__position=1).alias


def test_customers_of_a_variant_are_linked_and_the_others_need_nothing(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    other = make.conversation(world.account, brand=world.other_brand).contact
    line.befriend(other)
    version = draft(kai, world.account)
    code = add_variant(kai, version, "Lune", brands=(world.other_brand,))

    publication = publish(kai, version)

    assert (publication.to_relink, publication.relinked) == (1, 1)
    assert page_of(other) == f"{code}-zh-hant-1"
    assert at_line.linked(customer) == ""
    assert not MemberMenu.objects.filter(contact=customer).exists()


def test_what_is_as_it_should_be_is_not_told_again(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    version = draft(kai, world.account)
    add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
    publish(kai, version)
    before = line.requests()

    again = publish(kai, version)

    assert again.to_relink == 0
    assert "link" not in [path for path, _ in line.requests()[len(before) :]]


def test_a_closed_exchange_gives_the_customer_the_other_menu_back(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    version = draft(kai, world.account)
    code = add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
    publish(kai, version)
    assert page_of(customer) == f"{code}-zh-hant-1"

    close(conversation_id=world.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)
    rechecks.ask([customer.pk], at=timezone.now())
    look_after_customers(0)

    assert page_of(customer) == ""
    assert not Recheck.objects.exists()


def test_a_bound_customer_gets_the_menu_for_the_bound(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    version = draft(kai, world.account)
    code = add_variant(kai, version, "bound", states=(MemberState.BOUND,))
    publish(kai, version)
    assert page_of(customer) == ""

    bind_by_staff(by=kai, member=world.member, to_staff=world.aoi, store=world.store)
    rechecks.ask([customer.pk], at=timezone.now())
    look_after_customers(0)

    assert page_of(customer) == f"{code}-zh-hant-1"


def test_one_customer_and_everybody_are_decided_alike(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    version = draft(kai, world.account)
    add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
    menu_id = publish(kai, version).menu_id
    MemberMenu.objects.all().delete()

    linking.decide(menu_id, [customer.pk])
    few = list(MemberMenu.objects.values_list("contact", "wanted"))
    MemberMenu.objects.all().delete()
    linking.decide(menu_id)

    assert few == list(MemberMenu.objects.values_list("contact", "wanted"))
    assert len(few) == 1


def test_the_count_of_a_plan_is_what_the_run_then_tells(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    published(kai, world.account)
    version = draft(kai, world.account)
    add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))

    planned = plan(version, now=timezone.now())

    assert planned.relinked == publish(kai, version).relinked == 1


def test_a_run_that_breaks_off_goes_on_where_it_was(world: make.World, line: LineSandbox, kai: Staff) -> None:
    people = [make.conversation(world.account, name=f"{n}").contact for n in range(4)]
    for each in [*people, world.contact]:
        line.befriend(each)
    version = draft(kai, world.account)
    add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
    line.fail("429", path="/v2/bot/richmenu/bulk/link", times=None)
    publication = publish(kai, version)
    assert (publication.state, publication.relinked) == ("waiting", 0)

    line.fail("500", path="/v2/bot/nothing")
    run(publication.pk)

    publication.refresh_from_db()
    assert (publication.state, publication.to_relink, publication.relinked) == ("done", 5, 5)
    assert all(page_of(each) for each in people)


def test_somebody_line_does_not_know_keeps_nobody_else_from_their_menu(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    odd = make.conversation(world.account, name="odd").contact
    Contact.objects.filter(pk=odd.pk).update(external_id="not a user id")
    version = draft(kai, world.account)
    add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))

    publication = publish(kai, version)

    assert publication.state == "done"
    assert page_of(customer)


def test_whoever_had_blocked_us_is_told_again(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    version = draft(kai, world.account)
    code = add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
    publish(kai, version)
    line.call("POST", f"/sandbox/people/p{customer.pk}/channels/{world.account.channel_id}/block", {"quiet": True})
    line.call("POST", f"/sandbox/people/p{customer.pk}/channels/{world.account.channel_id}/unblock", {"quiet": True})
    before = len(line.requests())

    now = timezone.now()
    taps.take_friends([Followed(1, world.account.pk, customer.external_id, now, was_unblocked=True)])
    with time_machine.travel(now + 2 * rechecks.PROFILE_PAUSE):
        look_after_customers(0)

    assert page_of(customer) == f"{code}-zh-hant-1"
    assert "link" in [path for path, _ in line.requests()[before:]]


def test_blocked_customers_are_left_alone(world: make.World, line: LineSandbox, kai: Staff, customer: Contact) -> None:
    Contact.objects.filter(pk=customer.pk).update(friendship=Contact.Friendship.BLOCKED)
    version = draft(kai, world.account)
    add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))

    assert publish(kai, version).to_relink == 0


def test_whoever_turned_to_a_tab_comes_along_to_the_new_version(
    world: make.World, line: LineSandbox, kai: Staff, customer: Contact
) -> None:
    """Turning to a tab links them at LINE, and nobody tells us."""
    published(kai, world.account)
    with RichMenus(world.account) as calls:
        calls.link(at_line.aliases(world.account)["everyone-zh-hant-2"], [customer.external_id])

    publish(kai, changed_draft(kai, world.account))

    now = line.call("GET", "/sandbox/clock")["now"]
    line.call("PUT", "/sandbox/clock", {"now": now + 10})
    assert at_line.linked(customer) == at_line.aliases(world.account)["everyone-zh-hant-2"]
