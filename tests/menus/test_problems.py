"""What stands against publishing: each variant has somebody who sees it."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from madoguchi.menus import designing
from madoguchi.menus.designing import Audience
from madoguchi.menus.models import MemberState, Publication, Version
from madoguchi.menus.problems import problems
from madoguchi.menus.publish import actions
from madoguchi.menus.publish.plan import plan
from madoguchi.organization.models import Staff
from tests import make
from tests.line_sandbox import LineSandbox
from tests.menus.building import add_variant, changed_draft, draft, publish, published


@pytest.fixture
def version(world: make.World, kai: Staff) -> Version:
    return draft(kai, world.account)


def test_a_variant_for_nobody_in_particular_keeps_the_menu_from_being_published(
    world: make.World, kai: Staff, version: Version
) -> None:
    vague = designing.add_variant(by=kai, version_id=version.pk, copy_of="everyone")
    add_variant(kai, version, "Lune", brands=(world.other_brand,))

    with pytest.raises(actions.NotReady):
        actions.publish(by=kai, version_id=version.pk)

    assert [problem.variant_code for problem in problems(version)] == [vague.code]  # and not what stands below it
    assert not Publication.objects.exists()


def test_a_variant_whose_customers_all_get_another_is_a_problem(
    world: make.World, kai: Staff, version: Version
) -> None:
    add_variant(kai, version, "bound", states=(MemberState.BOUND,))
    add_variant(kai, version, "not bound", states=(MemberState.NOT_BOUND,), brands=(world.brand,))
    hidden = add_variant(kai, version, "Lune, bound", states=(MemberState.BOUND,), brands=(world.other_brand,))
    part = add_variant(kai, version, "ours", brands=(world.brand,))

    assert {problem.variant_code for problem in problems(version)} == {hidden, part}
    assert not plan(version, now=timezone.now()).can_run

    designing.move_variant(by=kai, version_id=version.pk, variant=hidden, up=True)
    designing.move_variant(by=kai, version_id=version.pk, variant=hidden, up=True)
    designing.remove_variant(by=kai, version_id=version.pk, variant=part)
    assert problems(version) == []


def test_variants_that_overlap_in_part_are_no_problem(world: make.World, kai: Staff, version: Version) -> None:
    add_variant(kai, version, "Lune", brands=(world.other_brand,))
    add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
    add_variant(kai, version, "Japanese", locales=("ja",))

    assert problems(version) == []


def test_the_sentence_names_the_variant(world: make.World, kai: Staff, version: Version) -> None:
    made = designing.add_variant(by=kai, version_id=version.pk, copy_of="everyone")
    audience = Audience()
    designing.change_variant(
        by=kai, version_id=version.pk, variant=made.code, name="Summer", audience=audience, style=None
    )

    with translation.override("en"):
        (problem,) = problems(version)

    assert "“Summer”" in problem.sentence
    assert problem.tab is None


def test_what_was_published_once_can_be_gone_back_to_whatever_is_said_of_it_today(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    first = published(kai, world.account)
    publish(kai, changed_draft(kai, world.account))
    Version.objects.filter(pk=first.version_id).update(bar_texts={})

    back = actions.roll_back(by=kai, menu_id=first.menu_id)

    assert back.version == first.version
