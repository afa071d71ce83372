"""Two at once: one of them does it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from madoguchi.kit.exclusive import exclusive
from madoguchi.menus.models import Publication
from madoguchi.menus.publish import actions
from madoguchi.menus.publish.run import run
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.line_sandbox import line_sandbox
from tests.menus import at_line
from tests.menus.building import draft


def together(*calls: Callable[[], object]) -> list[object]:
    """What each returned or raised; all begin at the same moment."""
    results: list[object] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def do(number: int) -> None:
        gate.wait()
        try:
            results[number] = calls[number]()
        except Exception as error:  # noqa: BLE001  # whatever it is, the test compares it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_and_two_who_run_it_one_does() -> None:
    world = make.world()
    kai = make.staff("kai", role=BuiltInRole.ADMINISTRATOR)
    version = draft(kai, world.account)
    with line_sandbox() as line:
        line.open_for(world.account)

        decided = together(*(lambda: actions.publish(by=make.fresh(kai), version_id=version.pk),) * 2)
        publication = Publication.objects.get()
        together(*(lambda: run(publication.pk),) * 2)

        assert sorted(type(each).__name__ for each in decided) == ["AlreadyPublishing", "Publication"]
        publication.refresh_from_db()
        assert publication.state == Publication.State.DONE
        assert len(at_line.menus(world.account)) == 3


@pytest.mark.django_db(transaction=True)
def test_whoever_is_late_does_not_wait() -> None:
    inside, done = threading.Event(), threading.Event()

    def first() -> bool:
        with exclusive("menu", 1) as is_ours:
            inside.set()
            done.wait(20)
            return is_ours

    def second() -> bool:
        inside.wait(20)
        with exclusive("menu", 1) as is_ours, exclusive("menu", 2) as is_other:
            done.set()
            return is_ours or not is_other

    assert together(first, second) == [True, False]
