"""Two people at once: calls in threads of their own, on committed data, let loose at the same moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from django.db import connection, connections, transaction
from django.db.models import Model


def race(
    row: Model, *calls: Callable[[], object], meanwhile: Callable[[], object] = lambda: None
) -> list[Exception | None]:
    """What each call raised. All of them wait for the row before any goes on, so that they really meet.

    ``meanwhile`` is called when all wait. Needs ``django_db(transaction=True)``.
    """
    raised: list[Exception | None] = [None] * len(calls)

    def run(position: int) -> None:
        try:
            calls[position]()
        except Exception as error:  # noqa: BLE001  # whatever it is, the test compares it
            raised[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(position,)) for position in range(len(calls))]
    with transaction.atomic():
        type(row)._default_manager.select_for_update().get(pk=row.pk)
        for thread in threads:
            thread.start()
        _until_all_wait(threads)
        meanwhile()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "a call did not come back"
    return raised


def _until_all_wait(threads: Sequence[threading.Thread]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the same activity for ever
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            (waiting,) = cursor.fetchone()
        if waiting >= sum(thread.is_alive() for thread in threads):
            return
    raise AssertionError("the calls do not wait for each other")
