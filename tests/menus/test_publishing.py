"""A version on its way to LINE, through whatever happens in between."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.utils import timezone
from PIL import Image, ImageChops

from madoguchi.channels.rich_menus import RichMenus
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.menus import designing, pages, rechecks, render
from madoguchi.menus.models import MemberState, Menu, Publication, RichMenu, Step, Tab
from madoguchi.menus.publish import actions
from madoguchi.menus.publish.lost import lost_pages
from madoguchi.menus.publish.plan import plan
from madoguchi.menus.publish.run import run
from madoguchi.menus.tasks import clean_up, look_after_customers, repair_menus
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from tests import make
from tests.line_sandbox import LineSandbox
from tests.menus import at_line
from tests.menus.building import add_variant, changed_draft, draft, publish, published

State = Publication.State


def test_a_published_menu_stands_at_line_with_its_tabs_and_is_shown_to_everybody(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    publication = published(kai, world.account)

    assert publication.state == State.DONE, publication.reason
    aliases = at_line.aliases(world.account)
    assert list(aliases) == ["everyone-zh-hant-1", "everyone-zh-hant-2", "everyone-zh-hant-3"]
    assert at_line.default(world.account) == aliases["everyone-zh-hant-1"]
    first = at_line.menus(world.account)[aliases["everyone-zh-hant-1"]]
    switches = [area["action"] for area in first["areas"] if area["action"]["type"] == "richmenuswitch"]
    assert [action["richMenuAliasId"] for action in switches] == ["everyone-zh-hant-2", "everyone-zh-hant-3"]
    menu = Menu.objects.get(account=world.account)
    assert (menu.live, menu.previous) == (publication.version, None)


def test_the_preview_is_what_is_published_in_every_language(world: make.World, line: LineSandbox, kai: Staff) -> None:
    version = draft(kai, world.account)
    designing.set_locales(by=kai, version_id=version.pk, locales=["zh-hant", "zh-hans", "ja", "en"])
    designing.set_size(by=kai, version_id=version.pk, variant="everyone", size="small")
    designing.remove_tab(by=kai, version_id=version.pk, variant="everyone", tab=2)
    version.refresh_from_db()

    assert publish(kai, version).state == State.DONE

    aliases = at_line.aliases(world.account)
    assert len(aliases) == 8
    for page in pages.pages(version):
        published = at_line.picture(world.account, aliases[page.alias])
        shown = Image.open(io.BytesIO(render.preview(page.design)))
        at_lines_size = Image.open(io.BytesIO(published))
        assert len(published) <= render.BYTES_MOST
        assert at_lines_size.size == (2500, 843)
        smaller = at_lines_size.convert("RGB").resize(shown.size, Image.Resampling.LANCZOS)
        assert ImageChops.difference(smaller, shown).getbbox() is None


def test_the_plan_says_what_the_run_then_does(world: make.World, line: LineSandbox, kai: Staff) -> None:
    published(kai, world.account)
    version = changed_draft(kai, world.account)

    planned = plan(version, now=timezone.now())
    before = set(at_line.menus(world.account))
    actions.publish(by=kai, version_id=version.pk)
    run(Publication.objects.latest("pk").pk)

    assert (planned.creations, len(planned.kept), planned.deleted) == (1, 2, [])
    assert planned.moved_aliases == ["everyone-zh-hant-2"]
    assert len(set(at_line.menus(world.account)) - before) == 1


def test_the_version_before_last_is_deleted_and_the_last_one_kept(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    for label in ("一", "二", "三"):
        version = draft(kai, world.account)
        Tab.objects.filter(variant__version=version, position=1).update(names={"zh-hant": label})
        run(actions.publish(by=kai, version_id=version.pk).pk)

    menu = Menu.objects.get(account=world.account)
    needed = set(
        RichMenu.objects.filter(pages__version__in=[menu.live, menu.previous]).values_list("line_id", flat=True)
    )
    assert set(at_line.menus(world.account)) == needed
    assert len(needed) == 6


def test_rolling_back_makes_nothing_new(world: make.World, line: LineSandbox, kai: Staff) -> None:
    first = published(kai, world.account)
    second = publish(kai, changed_draft(kai, world.account))
    before = set(at_line.menus(world.account))

    back = actions.roll_back(by=kai, menu_id=first.menu_id)
    run(back.pk)

    menu = Menu.objects.get(account=world.account)
    assert (menu.live, menu.previous) == (first.version, second.version)
    assert set(at_line.menus(world.account)) == before
    assert RichMenu.objects.get(line_id=at_line.aliases(world.account)["everyone-zh-hant-2"]) in (
        RichMenu.objects.filter(pages__version=first.version)
    )


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/v2/bot/richmenu", "POST"),
        ("/v2/bot/richmenu/*/content", "POST"),
        ("/v2/bot/richmenu/alias", "POST"),
        ("/v2/bot/user/all/richmenu/*", "POST"),
    ],
)
@pytest.mark.parametrize("fault", ["500", "500_after", "429"])
def test_whatever_line_fails_at_is_done_once_in_the_end(
    world: make.World, line: LineSandbox, kai: Staff, path: str, method: str, fault: str
) -> None:
    """``500_after``: LINE did it, and we did not hear."""
    line.call("PUT", "/sandbox/faults", [{"match": {"path": path, "method": method}, "kind": fault, "times": 1}])
    publication = published(kai, world.account)
    assert publication.state == State.WAITING
    assert publication.resumes_at is not None

    run(publication.pk)

    publication.refresh_from_db()
    assert publication.state == State.DONE, publication.reason
    assert len(at_line.menus(world.account)) == 3
    assert len(at_line.aliases(world.account)) == 3


def test_a_run_killed_after_any_step_goes_on_from_there(world: make.World, line: LineSandbox, kai: Staff) -> None:
    publication = actions.publish(by=kai, version_id=draft(kai, world.account).pk)
    steps = publication.steps.count()
    line.call("PUT", "/sandbox/limits", {"scale": 0})  # real runs are not as close: LINE lists ten times a second

    for _ in range(steps):
        _run_one_step(publication)
    run(publication.pk)

    publication.refresh_from_db()
    assert (publication.state, publication.reason) == (State.DONE, "")
    assert len(at_line.menus(world.account)) == 3
    assert all(attempts >= 1 for attempts in publication.steps.values_list("attempts", flat=True))


def _run_one_step(publication: Publication) -> None:
    """As if the process had ended after the next step, before it could be written down: it is done again."""
    step = publication.steps.filter(done_at=None).first()
    if step is None:
        return
    later = publication.steps.filter(position__gt=step.position)
    held = list(later.values_list("pk", flat=True))
    Step.objects.filter(pk__in=held).update(done_at=timezone.now())
    run(publication.pk)
    Step.objects.filter(pk__in=held).update(done_at=None)
    Publication.objects.filter(pk=publication.pk).update(state=State.RUNNING, finished_at=None)


def test_an_error_that_does_not_pass_stops_it_until_somebody_decides(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    line.use_token(world.account, "another token")
    publication = published(kai, world.account)
    assert publication.state == State.FAILED
    assert publication.reason

    line.use_token(world.account, world.account.access_token)
    actions.resume(by=kai, publication_id=publication.pk)
    run(publication.pk)

    publication.refresh_from_db()
    assert publication.state == State.DONE


def test_a_menu_deleted_elsewhere_and_a_missing_alias_are_repaired(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    version = published(kai, world.account).version
    aliases = at_line.aliases(world.account)
    at_line.delete(world.account, "/v2/bot/richmenu/alias/everyone-zh-hant-3")
    at_line.delete(world.account, f"/v2/bot/richmenu/{aliases['everyone-zh-hant-1']}")

    run(actions.publish(by=kai, version_id=version.pk).pk)

    after = at_line.aliases(world.account)
    assert set(after) == set(aliases)
    assert set(after.values()) == set(at_line.menus(world.account))
    assert at_line.default(world.account) == after["everyone-zh-hant-1"]


def test_more_than_the_hour_allows_waits_for_the_next_one(world: make.World, line: LineSandbox, kai: Staff) -> None:
    now = timezone.now()
    RichMenu.objects.bulk_create(
        RichMenu(account=world.account, content_hash=f"{n}", line_id=f"x{n}", created_at=now, deleted_at=now)
        for n in range(98)
    )
    version = draft(kai, world.account)
    planned = plan(version, now=now)
    publication = actions.publish(by=kai, version_id=version.pk)

    run(publication.pk)

    publication.refresh_from_db()
    assert planned.duration.total_seconds() >= 3600
    assert publication.state == State.WAITING
    assert publication.resumes_at is not None
    assert publication.resumes_at >= now + dt.timedelta(minutes=59)
    assert len(at_line.menus(world.account)) == 2


def test_one_publication_at_a_time(world: make.World, line: LineSandbox, kai: Staff) -> None:
    version = draft(kai, world.account)
    actions.publish(by=kai, version_id=version.pk)

    with pytest.raises(actions.AlreadyPublishing):
        actions.publish(by=kai, version_id=version.pk)

    assert Publication.objects.count() == 1


def test_only_who_may_publish_publishes(world: make.World, kai: Staff) -> None:
    version = draft(kai, world.account)
    reader = make.staff("reader", role=make.role(Permission.MENU_READ))

    with pytest.raises(NotAllowed):
        actions.publish(by=reader, version_id=version.pk)
    with pytest.raises(NotFound):
        actions.publish(by=world.aoi, version_id=version.pk)

    assert not Publication.objects.exists()
    version.refresh_from_db()
    assert version.is_draft


def test_an_incomplete_version_is_not_published(world: make.World, kai: Staff) -> None:
    version = draft(kai, world.account)
    version.locales = ["zh-hant", "ja"]
    version.save()

    with pytest.raises(actions.NotReady):
        actions.publish(by=kai, version_id=version.pk)

    assert not Publication.objects.exists()
    found = plan(version, now=timezone.now())
    assert not found.can_run
    assert any(problem.tab == 2 and problem.cell == 0 for problem in found.problems)


def test_what_was_given_up_is_cleared_away_by_the_next(world: make.World, line: LineSandbox, kai: Staff) -> None:
    line.call(
        "PUT",
        "/sandbox/faults",
        [{"match": {"path": "/v2/bot/richmenu/alias", "method": "POST"}, "kind": "500", "times": 1}],
    )
    publication = published(kai, world.account)
    assert publication.state == State.WAITING

    actions.give_up(by=kai, publication_id=publication.pk)
    again = publish(kai, changed_draft(kai, world.account))

    again.refresh_from_db()
    assert again.state == State.DONE
    assert len(at_line.menus(world.account)) == 3


def test_an_account_without_room_is_told_so_and_nothing_is_made(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    """LINE allows 1,000 menus; these were made by another program, and are not ours to delete."""
    line.call("PUT", "/sandbox/limits", {"scale": 0})
    body = {"size": {"width": 2500, "height": 843}, "selected": True, "name": "x", "chatBarText": "x", "areas": []}
    with RichMenus(world.account) as calls:
        for _ in range(998):
            calls.create(body)

    publication = published(kai, world.account)

    assert publication.state == State.FAILED
    assert "1,000" in publication.reason or "1000" in publication.reason
    assert len(at_line.menus(world.account)) == 998


def test_a_tab_that_leads_nowhere_is_repaired_without_anybody_asking(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    published(kai, world.account)
    before = at_line.aliases(world.account)
    at_line.delete(world.account, "/v2/bot/richmenu/alias/everyone-zh-hant-3")
    at_line.delete(world.account, "/v2/bot/user/all/richmenu")

    repair_menus(0)

    assert at_line.aliases(world.account) == before
    assert at_line.default(world.account) == before["everyone-zh-hant-1"]


def test_what_the_hour_did_not_let_us_delete_is_deleted_later(world: make.World, line: LineSandbox, kai: Staff) -> None:
    for label in ("一", "二", "三"):
        version = draft(kai, world.account)
        Tab.objects.filter(variant__version=version, position=1).update(names={"zh-hant": label})
        rule = {"match": {"path": "/v2/bot/richmenu/richmenu-*", "method": "DELETE"}, "kind": "429", "times": None}
        line.call("PUT", "/sandbox/faults", [rule])
        assert publish(kai, version).state == State.DONE
    assert len(at_line.menus(world.account)) == 9

    line.recover()
    clean_up(0)

    assert len(at_line.menus(world.account)) == 6


def test_a_page_deleted_elsewhere_is_shown_and_made_again_for_whoever_had_it(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    line.befriend(world.contact)
    version = draft(kai, world.account)
    code = add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
    menu = publish(kai, version).menu
    gone = at_line.linked(world.contact)
    at_line.delete(world.account, f"/v2/bot/richmenu/{gone}")
    assert lost_pages(menu) == 0  # nobody has looked yet

    repair_menus(0)
    newcomer = make.conversation(world.account).contact
    line.befriend(newcomer)
    rechecks.ask([newcomer.pk], at=timezone.now())
    look_after_customers(0)

    assert lost_pages(menu) == 1
    assert at_line.linked(newcomer) == ""
    version.refresh_from_db()
    assert plan(version, now=timezone.now()).creations == 1

    again = publish(kai, version)

    assert (again.state, lost_pages(menu)) == (State.DONE, 0)
    made = at_line.aliases(world.account)[f"{code}-zh-hant-1"]
    assert made != gone
    assert at_line.linked(world.contact) == at_line.linked(newcomer) == made


def test_what_would_look_different_by_now_is_not_made(world: make.World, line: LineSandbox, kai: Staff) -> None:
    publication = actions.publish(by=kai, version_id=draft(kai, world.account).pk)
    world.brand.color = "#123456"
    world.brand.save()

    run(publication.pk)

    publication.refresh_from_db()
    assert publication.state == State.FAILED
    assert publication.reason
    assert at_line.menus(world.account) == {}
    actions.give_up(by=kai, publication_id=publication.pk)
    version = publication.version
    assert publish(kai, version).state == State.DONE
