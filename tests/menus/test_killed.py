"""A process that is killed while it tells LINE of customers: whoever goes on does the rest, and nobody is left out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from madoguchi.channels.models import Contact
from madoguchi.menus.models import MemberMenu, MemberState, Publication
from madoguchi.menus.publish import actions
from madoguchi.menus.publish.run import run
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.line_sandbox import line_sandbox
from tests.menus import at_line
from tests.menus.building import add_variant, draft

RUN = "import sys, django; django.setup(); from madoguchi.menus.publish.run import run; run(int(sys.argv[1]))"


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_line_and_us_is_made_up_for() -> None:
    world = make.world()
    kai = make.staff("kai", role=BuiltInRole.ADMINISTRATOR)
    people = [world.contact, *(make.conversation(world.account).contact for _ in range(3))]
    with line_sandbox() as line:
        line.open_for(world.account)
        for each in people:
            line.befriend(each)
        version = draft(kai, world.account)
        code = add_variant(kai, version, "open", states=(MemberState.HAS_OPEN_CASE,))
        publication = actions.publish(by=kai, version_id=version.pk)
        line.fail("timeout_after_accept", path="/v2/bot/richmenu/bulk/link", times=1, seconds=2)

        _kill_once_linked(publication, people[0])

        publication.refresh_from_db()
        assert publication.state == Publication.State.RUNNING
        assert not MemberMenu.objects.exclude(linked=None).exists()

        run(publication.pk)

        publication.refresh_from_db()
        assert (publication.state, publication.to_relink, publication.relinked) == (Publication.State.DONE, 4, 4)
        assert {at_line.linked(each) for each in people} == {at_line.aliases(world.account)[f"{code}-zh-hant-1"]}
        assert not MemberMenu.objects.filter(is_due=True).exists()


def _kill_once_linked(publication: Publication, customer: Contact) -> None:
    """Start the run in a process of its own, and end it hard: LINE has done what it asked, and has not answered yet."""
    url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = os.environ | {"MADOGUCHI_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "madoguchi.settings"}
    process = subprocess.Popen([sys.executable, "-c", RUN, str(publication.pk)], env=environment)
    try:
        deadline = time.monotonic() + 60
        while not at_line.linked(customer):
            assert process.poll() is None, "the run ended before it came to the customers"
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
