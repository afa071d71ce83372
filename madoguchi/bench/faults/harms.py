"""The steps of the way in and of the way out, and how each is interrupted exactly there."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import django.db
from django.db import connections

from madoguchi.bench.faults.installation import Installation, wait_for
from madoguchi.intake.models import RawEvent


@dataclass(frozen=True, slots=True)
class Harm:
    name: str
    strike: Callable[[Installation, random.Random], None]


# -- the way in ------------------------------------------------------------------------------------------------------


def _web_before_the_commit(here: Installation, chance: random.Random) -> None:
    with here.locked("LOCK TABLE intake_rawevent IN SHARE MODE"):
        here.write(chance.randint(1, 3))
        here.wait_until_somebody_is_blocked()
        here.web.kill()


def _web_between_commit_and_answer(here: Installation, chance: random.Random) -> None:
    before = RawEvent.objects.count()
    with here.locked("LOCK TABLE intake_rawevent IN SHARE MODE"):
        here.write(chance.randint(1, 3))
        here.wait_until_somebody_is_blocked()
        here.web.freeze()
    wait_for(lambda: RawEvent.objects.count() > before, "the commit of the frozen process")
    here.web.kill()


def _consumer_in_its_transaction(here: Installation, chance: random.Random) -> None:
    with here.locked("SELECT 1 FROM conversations_conversation FOR UPDATE"):
        here.write(chance.randint(1, 3))
        here.wait_until_somebody_is_blocked()
        here.worker.kill()


# -- the way out -----------------------------------------------------------------------------------------------------


def _sender_before_the_claim(here: Installation, chance: random.Random) -> None:
    here.worker.freeze()
    here.answer(chance.randint(1, 3))
    here.worker.kill()


def _sender_before_line_accepts(here: Installation, chance: random.Random) -> None:
    here.fault("timeout_before_accept")
    here.answer(chance.randint(1, 3))
    here.wait_until_sending()
    time.sleep(chance.uniform(0, 0.05))
    here.worker.kill()


def _sender_after_line_accepted(here: Installation, chance: random.Random) -> None:
    here.fault("timeout_after_accept")
    before = len(here.ask("GET", "/sandbox/judge"))
    here.answer(chance.randint(1, 3))
    wait_for(lambda: len(here.ask("GET", "/sandbox/judge")) > before, "LINE to accept")
    here.worker.kill()


def _sender_before_it_writes_the_outcome(here: Installation, chance: random.Random) -> None:
    here.fault("slow", seconds=0.3)
    here.answer(chance.randint(1, 3))
    here.wait_until_sending()
    with here.locked("SELECT 1 FROM channels_outboundmessage WHERE state = 'sending' FOR UPDATE"):
        here.wait_until_somebody_is_blocked()
        here.worker.kill()


def _sender_in_a_free_reply(here: Installation, chance: random.Random) -> None:
    """Replies know no retry key: what LINE may have accepted stays unknown, and a person decides."""
    here.write()
    here.wait_until_quiet()
    here.fault("timeout_after_accept")
    here.answer(chance.randint(1, 2), for_free=True)
    here.wait_until_sending()
    here.worker.kill()


# -- anywhere --------------------------------------------------------------------------------------------------------


def _in_full_swing(here: Installation, chance: random.Random, harm: Callable[[], None]) -> None:
    """Customers write and staff answer at the same time; the harm comes at some moment."""

    def answer() -> None:
        try:
            here.answer(3)
        except django.db.Error:
            pass  # the agent sees an error and keeps the draft
        finally:
            connections.close_all()

    staff = threading.Thread(target=answer)
    staff.start()
    customers = threading.Thread(target=here.write, args=[3])
    customers.start()
    time.sleep(chance.uniform(0, 0.25))
    harm()
    customers.join()
    staff.join()


def _both_at_any_moment(here: Installation, chance: random.Random) -> None:
    def harm() -> None:
        here.web.kill()
        time.sleep(chance.uniform(0, 0.02))
        here.worker.kill()

    _in_full_swing(here, chance, harm)


def _database_at_any_moment(here: Installation, chance: random.Random) -> None:
    def harm() -> None:
        here.server.stop()
        time.sleep(chance.uniform(0, 0.5))
        here.server.start()

    _in_full_swing(here, chance, harm)


HARMS = (
    Harm("web killed before the commit", _web_before_the_commit),
    Harm("web killed between commit and answer", _web_between_commit_and_answer),
    Harm("worker killed while it takes events in", _consumer_in_its_transaction),
    Harm("worker killed before it claims an answer", _sender_before_the_claim),
    Harm("worker killed before LINE accepts", _sender_before_line_accepts),
    Harm("worker killed after LINE accepted", _sender_after_line_accepted),
    Harm("worker killed before it writes the outcome", _sender_before_it_writes_the_outcome),
    Harm("web and worker killed at any moment", _both_at_any_moment),
    Harm("PostgreSQL stopped and started at any moment", _database_at_any_moment),
    Harm("worker killed in a free reply", _sender_in_a_free_reply),
)
