"""Taking over, handing over, putting aside, closing: by the forms of the page."""

import pytest

from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Conversation, Handover, Presence
from madoguchi.organization.models import Staff
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.make import World


def address(world: World, rest: str) -> str:
    return f"/conversations/{world.conversation.public_id}/{rest}"


def now(world: World) -> Conversation:
    return Conversation.objects.get(pk=world.conversation.pk)


def filled(dialog: Element, **more: str) -> dict[str, str]:
    """What the dialog would send."""
    hidden = {
        field.attributes["name"]: field.attributes.get("value", "")
        for field in dialog.all("input")
        if field.attributes.get("type") == "hidden" and field.attributes["name"] != "csrfmiddlewaretoken"
    }
    return hidden | more


def test_taking_over_tells_the_page_what_to_fetch(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.aoi, htmx=True).post(address(world, "holder"), {"seen_holder": ""})

    assert answer.status_code == 204
    assert {"thread-changed", "queue-changed"} <= set(answer.headers["HX-Trigger"].split(", "))
    assert now(world).holder == world.aoi


def test_of_two_who_take_over_the_second_is_told_who_was_first(world: World, sign_in: SignIn) -> None:
    sign_in(world.mio, htmx=True).post(address(world, "holder"), {"seen_holder": ""})

    second = sign_in(world.aoi, htmx=True).post(address(world, "holder"), {"seen_holder": ""})

    assert second.status_code == 409
    assert "澪" in read(second.content).one(role="alert").text
    assert now(world).holder == world.mio


def test_handing_over_to_a_store_with_a_note(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.mio, htmx=True)
    dialog = read(client.get(address(world, "handover")).content)

    client.post(address(world, "handover"), filled(dialog, to=f"store-{world.other_store.pk}", note="住左營"))

    assert now(world).store == world.other_store
    assert Handover.objects.get().note == "住左營"


def test_giving_a_colleague_what_one_does_not_hold_is_an_assignment(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.mio, htmx=True)

    fields = filled(read(client.get(address(world, "handover")).content))
    client.post(address(world, "handover"), fields | {"to": f"staff-{world.aoi.pk}"})
    fields = filled(read(sign_in(world.aoi, htmx=True).get(address(world, "handover")).content))
    sign_in(world.aoi, htmx=True).post(address(world, "handover"), fields | {"to": f"staff-{world.mio.pk}"})

    assert list(Handover.objects.order_by("pk").values_list("kind", flat=True)) == ["assigned", "handed_over"]
    assert now(world).holder == world.mio


def test_handing_over_what_has_moved_meanwhile_is_refused(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.mio, htmx=True)
    dialog = read(client.get(address(world, "handover")).content)
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)

    answer = client.post(address(world, "handover"), filled(dialog, to=f"store-{world.other_store.pk}"))

    assert answer.status_code == 409
    assert now(world).store == world.store


def test_handing_over_to_nobody_is_refused(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)
    fields = filled(read(client.get(address(world, "handover")).content))

    for to in ("", "nobody-1", "store-x", "staff-999999"):
        assert client.post(address(world, "handover"), fields | {"to": to}).status_code == 422
    assert now(world).store == world.store


def test_targets_are_narrowed_by_what_is_typed(world: World, sign_in: SignIn) -> None:
    page = read(sign_in(world.aoi, htmx=True).get(address(world, "handover/targets"), {"q": "左營"}).content)

    assert [choice.attributes["value"] for choice in page.all("input")] == [f"store-{world.other_store.pk}"]


def test_closing_asks_for_the_outcome(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)

    without = client.post(address(world, "closure"), {})
    with_it = client.post(address(world, "closure"), {"outcome": "solved"})

    assert (without.status_code, with_it.status_code) == (422, 204)
    assert now(world).state == Conversation.State.CLOSED


def test_nothing_is_closed_over_words_nobody_has_read(world: World, sign_in: SignIn) -> None:
    Staff.objects.update(locale="en")
    client = sign_in(world.aoi, htmx=True)
    shown = read(client.get(f"/conversations/{world.conversation.public_id}").content)
    last = shown.one("input", id="last-message").attributes["value"]
    dialog = read(client.get(address(world, "closure"), {"last_message": last}).content)
    make.inbound(world.conversation, "等等")

    answer = client.post(address(world, "closure"), filled(dialog, outcome="solved"))

    assert answer.status_code == 409
    assert "The customer has just written. Read it first." in answer.content.decode()
    assert now(world).state == Conversation.State.OPEN


@pytest.mark.parametrize(("path", "choice"), [("closure", {"outcome": "solved"}), ("snooze", {"preset": "tomorrow"})])
def test_without_javascript_nothing_is_done_over_words_nobody_has_read_either(
    world: World, sign_in: SignIn, path: str, choice: dict[str, str]
) -> None:
    client = sign_in(world.aoi)
    shown = read(client.get(f"/conversations/{world.conversation.public_id}").content)
    [link] = [href for a in shown.all("a") if f"/{path}?" in (href := a.attributes.get("href", ""))]
    make.inbound(world.conversation, "等等")
    dialog = read(client.get(link).content).one("form", action=address(world, path))

    answer = client.post(address(world, path), filled(dialog, **choice))

    assert answer.status_code == 409
    assert now(world).state == Conversation.State.OPEN


def test_putting_aside_by_a_preset_or_a_time_of_ones_own(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)

    nothing = client.post(address(world, "snooze"), {})
    past = client.post(address(world, "snooze"), {"until": "2020-01-01T10:00"})
    preset = client.post(address(world, "snooze"), {"preset": "tomorrow"})

    assert (nothing.status_code, past.status_code, preset.status_code) == (422, 422, 204)
    assert now(world).state == Conversation.State.SNOOZED


def test_giving_back(world: World, sign_in: SignIn) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)

    sign_in(world.aoi, htmx=True).post(address(world, "release"))

    assert now(world).holder is None


def test_the_voice_is_changed_for_the_conversation(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)

    missing = client.post(address(world, "brand"), {"brand": "nothing"})
    client.post(address(world, "brand"), {"brand": world.other_brand.public_id})

    assert missing.status_code == 404
    assert now(world).brand == world.other_brand


def test_looking_at_a_thread_is_announced_and_reads_it(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)

    client.post(address(world, "presence"), {"doing": "viewing"})
    unread_while_hidden = now(world).unread
    client.post(address(world, "presence"), {"doing": "answering", "seen": "1"})
    seen_by_mio = sign_in(world.mio, htmx=True).post(address(world, "presence"), {"doing": "viewing"})

    assert (unread_while_hidden, now(world).unread) == (1, 0)
    assert "葵" in read(seen_by_mio.content).text
    client.post(address(world, "presence"), {"doing": ""})
    assert list(Presence.objects.values_list("staff", flat=True)) == [world.mio.pk]


def test_dialogs_are_pages_without_javascript(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi)

    for name in ("handover", "snooze", "closure"):
        form = read(client.get(address(world, name)).content).one("form", action=address(world, name))
        assert form.attributes["method"] == "post"
        assert "hx-post" not in form.attributes  # its answer would leave the page where it is


def test_a_dialog_that_is_a_page_leads_back_to_the_thread(world: World, sign_in: SignIn) -> None:
    done = sign_in(world.aoi).post(address(world, "closure"), {"outcome": "solved"})

    assert done.status_code == 302
    assert done["Location"] == f"/conversations/{world.conversation.public_id}"
    assert now(world).state == Conversation.State.CLOSED


def test_nobody_acts_out_of_reach(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ren, htmx=True)
    before = Conversation.objects.filter(pk=world.conversation.pk).values().get()
    forms = {
        "holder": {"seen_holder": ""},
        "release": {},
        "handover": {"to": f"store-{world.other_store.pk}", "expected": "--"},
        "snooze": {"preset": "hour"},
        "closure": {"outcome": "solved"},
        "brand": {"brand": world.other_brand.public_id},
        "presence": {"doing": "viewing", "seen": "1"},
    }

    assert {client.post(address(world, rest), fields).status_code for rest, fields in forms.items()} == {404}
    assert Conversation.objects.filter(pk=world.conversation.pk).values().get() == before
    assert Presence.objects.count() == 0
