"""The two halves of the screens bench that need Django on a database of their own:
`python -m madoguchi.bench.screens_child make SCALE FINGERPRINT` and `… measure SECONDS` (the timings go out as JSON)."""

from __future__ import annotations

import io
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from madoguchi.bench.screens import Timing, as_json

_PEOPLE = ("headquarters-1", "market-1", "market-2", "clerk-1", "clerk-400", "clerk-1100")
"""Everything; nine tenths and one tenth of the stores; the largest store, one in the middle, a small one."""
_VIEWS = ("mine", "place", "unassigned", "waiting", "all", "snoozed", "closed")


def make(scale: str, fingerprint: str) -> None:
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    from madoguchi.bench.generate import generate

    generate(settings.DATABASE_URL, scale=float(scale), say=_say)
    with psycopg.connect(settings.DATABASE_URL) as database:
        database.execute("CREATE TABLE bench_fingerprint (value text NOT NULL)")
        database.execute("INSERT INTO bench_fingerprint VALUES (%s)", [fingerprint])


def _say(line: str) -> None:
    sys.stderr.write(f"  {line}\n")


def measure(seconds: str) -> None:
    browser = Browser()
    requests = {"inbox": inboxes(), "thread": threads(), "search": searches()}
    sys.stdout.write(as_json([_time(browser, kind, asked, float(seconds)) for kind, asked in requests.items()]))


def _time(browser: Browser, kind: str, asked: list[Request], seconds: float) -> Timing:
    """Every request once for warming up; then all of them again and again, at least three times."""
    for request in asked:
        browser.get(request)
    taken: list[tuple[float, Request]] = []
    most, until, spent = 0, time.perf_counter() + seconds, _processor_seconds()
    for turn in itertools.count():
        if turn >= 3 and time.perf_counter() > until:
            break
        for request in asked:
            milliseconds, statements = browser.get(request)
            taken.append((milliseconds, request))
            most = max(most, statements)
    durations = sorted(milliseconds for milliseconds, _request in taken)
    slowest, request = max(taken, key=lambda entry: entry[0])
    return Timing(
        kind=kind,
        p50=statistics.median(durations),
        p95=durations[int(len(durations) * 0.95)],
        slowest=slowest,
        processor=(_processor_seconds() - spent) / len(taken) * 1000,
        statements=most,
        worst=f"{request.who}, {request.what}",
    )


def _processor_seconds() -> float:
    """Of this process, and of the server processes that work for it. The latter count in hundredths of a second."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        pids = [pid for (pid,) in cursor.fetchall()]
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime, proc(5)
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Request:
    who: str
    path: str
    query: str = ""
    what: str = ""


def _people() -> list[str]:
    from madoguchi.organization.models import Staff

    return list(Staff.objects.filter(username__in=_PEOPLE).values_list("username", flat=True))


def inboxes() -> list[Request]:
    return [
        Request(who, "/inbox", urlencode({"view": view}), f"the view {view}")
        for who, view in itertools.product(_people(), _VIEWS)
    ]


def threads() -> list[Request]:
    """The newest conversations of each person, and the longest thread that headquarters can open."""
    from django.db.models import Count

    from madoguchi.conversations.models import Conversation, Message
    from madoguchi.conversations.queries import View, queue
    from madoguchi.organization.models import Staff

    found = [
        Request(who, f"/conversations/{row.public_id}", what="a thread")
        for who in _people()
        for row in queue(Staff.objects.get(username=who), View.ALL).rows[:12]
    ]
    counts = Message.objects.values("conversation").annotate(count=Count("pk")).order_by("-count")
    longest = Conversation.objects.get(pk=counts[0]["conversation"])
    return [*found, Request(_PEOPLE[0], f"/conversations/{longest.public_id}", what="the longest thread")]


def searches() -> list[Request]:
    from madoguchi.bench.vocabulary import COMMON, Vocabulary

    vocabulary, rng = Vocabulary(), random.Random(7)
    texts = [
        COMMON,
        "謝謝",
        "謝謝您",
        "還有庫存嗎",
        vocabulary.medium,
        "耳環",
        "除濕機 到貨",
        *rng.sample(vocabulary.rare, 3),
    ]
    texts += ["不存在", "陳怡雅", "怡雅", "5678", "0912345678"]
    return [
        Request(who, "/inbox/rows", urlencode({"view": "all", "q": text}), f"search for {text}")
        for who, text in itertools.product(_people(), texts)
    ]


class Browser:
    """Signed in as each of the people; every request goes through the WSGI application in this process."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application

        self._application = get_wsgi_application()
        self._cookies: dict[str, str] = {}

    def get(self, request: Request) -> tuple[float, int]:
        """Milliseconds until the last byte, and the number of statements."""
        environ = self._environ(request)
        status: list[str] = []
        with _counting() as count:
            began = time.perf_counter()
            response = self._application(environ, lambda line, _headers, _error=None: status.append(line))  # type: ignore[arg-type]  # nobody uses WSGI's write()
            for _part in response:
                pass
            taken = (time.perf_counter() - began) * 1000
        response.close()
        if not status[0].startswith("200"):
            raise RuntimeError(f"{request.path}?{request.query} for {request.who}: {status[0]}")
        return taken, count[0]

    def _environ(self, request: Request) -> dict[str, Any]:
        if request.who not in self._cookies:
            self._cookies[request.who] = _signed_in(request.who)
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": self._cookies[request.who],
            "HTTP_ACCEPT_LANGUAGE": "zh-TW",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }


def _signed_in(username: str) -> str:
    """The cookie of a session as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from madoguchi.organization.models import Staff

    staff, session = Staff.objects.get(username=username), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(staff.pk), staff.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextmanager
def _counting() -> Iterator[list[int]]:
    count = [0]

    def wrap(execute: Callable[..., Any], statement: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        count[0] += 1
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(wrap):
        yield count


if __name__ == "__main__":
    django.setup()
    command, *words = sys.argv[1:]
    if command == "make":
        make(*words)
    else:
        measure(*words)
