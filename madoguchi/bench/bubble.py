"""(c) From a customer's webhook to the bubble that an agent sees, in Chromium.

Web, worker and the LINE sandbox run as in production; an administrator has the console open on one thread. While 200
events a second arrive from other customers, all of whom stand in that administrator's queue, one customer writes now and
then. The clock runs from just before the webhook is sent to just after the first frame with the bubble in view; both
ends are read from this machine's one clock.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from sys import executable
from typing import TYPE_CHECKING, Any

from django.test import Client

from madoguchi.bench.chromium import HOW_TO_GET_ONE, find_chromium
from madoguchi.bench.company import create_account
from madoguchi.bench.figures import Context, Figure
from madoguchi.bench.processes import running, serving
from madoguchi.bench.webhooks import Background, Webhooks, background_user
from madoguchi.channels.models import Account
from madoguchi.conversations.models import Conversation
from madoguchi.organization.models import Staff

if TYPE_CHECKING:
    from playwright.sync_api import Page

BACKGROUND_PER_SECOND = 200
BACKGROUND_CUSTOMERS = 500
SAMPLES = 64
_WATCHED = "U" + "f" * 32
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """Milliseconds since the webhook was sent."""

    answered: float
    heard: float
    """The page was told that the thread has changed."""
    asked: float
    """The request that brought the bubble began (the page may have been busy with the one before)."""
    fetched: float
    seen: float


def run(context: Context) -> list[Figure]:
    """No figures where there is no Chromium."""
    chromium = find_chromium()
    if chromium is None:
        context.progress(f"not measured: {HOW_TO_GET_ONE}")
        return []
    account = create_account()
    path = f"/hooks/line/{account.public_id}"
    with ExitStack() as stack:
        stack.enter_context(_product(context, account))
        _warm_up(context, path)
        conversation = Conversation.objects.get(contact__external_id=_WATCHED)
        page = stack.enter_context(_console(context, chromium))
        page.goto(f"http://127.0.0.1:{context.port}/conversations/{conversation.public_id}?view=all")
        page.wait_for_selector("#live-state[data-state=live]")
        background = Background(context.port, path, per_second=BACKGROUND_PER_SECOND, customers=BACKGROUND_CUSTOMERS)
        background.start()
        try:
            webhooks = Webhooks(context.port, path, seed=9)
            for number in range(10):
                _sample(page, webhooks, f"warm {number}")
            samples = [_sample(page, webhooks, f"bubble {number:03d}") for number in range(SAMPLES)]
        finally:
            background.stop()
    return _figures(samples, background.reached)


def _figures(samples: list[Sample], reached: float) -> list[Figure]:
    def part(name: str, values: list[float]) -> Figure:
        return Figure(f"of these: {name}, half of all", statistics.median(values), "ms")

    seen = sorted(sample.seen for sample in samples)
    return [
        Figure("webhook to visible bubble, half of all", statistics.median(seen), "ms"),
        Figure(
            "webhook to visible bubble, 95 of 100", seen[int(len(seen) * 0.95)], "ms", at_most=200, note=_why(samples)
        ),
        part("until the webhook is answered", [each.answered for each in samples]),
        part("until the page is told", [each.heard for each in samples]),
        part("waiting for the request before", [each.asked - each.heard for each in samples]),
        part("fetching the change", [each.fetched - each.asked for each in samples]),
        part("putting it on the screen", [each.seen - each.fetched for each in samples]),
        Figure("events per second in the background", reached, "/s", at_least=BACKGROUND_PER_SECOND * 0.95),
        Figure("messages measured", len(seen), ""),
    ]


def _why(samples: list[Sample]) -> str:
    """What the slowest twentieth spent its time on."""
    slowest = sorted(samples, key=lambda each: each.seen)[int(len(samples) * 0.95) :]
    if slowest[0].seen <= 200:
        return ""
    parts = {
        "until told": [each.heard for each in slowest],
        "waiting": [each.asked - each.heard for each in slowest],
        "fetching": [each.fetched - each.asked for each in slowest],
        "painting": [each.seen - each.fetched for each in slowest],
    }
    words = ", ".join(f"{name} {statistics.mean(values):.0f} ms" for name, values in parts.items())
    load = f"{os.cpu_count()} cores at load {os.getloadavg()[0]:.1f}"
    return f"the slowest: {words}; browser, server, database and generator share {load}"


# -- one message -----------------------------------------------------------------------------------------------------


def _sample(page: Page, webhooks: Webhooks, text: str) -> Sample:
    time.sleep(random.uniform(0.3, 0.9))
    began = time.time() * 1000
    webhooks.send(_WATCHED, text)
    answered = time.time() * 1000
    page.wait_for_function("text => text in window.seen", arg=text, timeout=_PATIENCE_SECONDS * 1000)
    at: dict[str, float] = page.evaluate("text => window.seen[text]", text)
    return Sample(answered - began, *(at[name] - began for name in ("heard", "asked", "fetched", "seen")))


_WATCH = """
addEventListener("DOMContentLoaded", () => {
  const now = () => performance.timeOrigin + performance.now();
  window.seen = {};
  let heard = 0;
  document.body.addEventListener("thread-changed", () => { heard = now() });
  new MutationObserver((changes) => {
    for (const bubble of changes.flatMap((change) => [...change.addedNodes])) {
      const text = bubble.querySelector?.(".words")?.textContent;
      if (!text || text in window.seen) continue;
      const fetched = performance.getEntriesByType("resource").findLast((entry) => entry.name.includes("/changes"));
      requestAnimationFrame(() => setTimeout(() => {
        const box = bubble.getBoundingClientRect();
        if (box.bottom <= 0 || box.top >= innerHeight) return;
        const asked = performance.timeOrigin + (fetched?.startTime ?? 0);
        window.seen[text] = {
          heard: Math.min(heard, asked), asked, fetched: performance.timeOrigin + (fetched?.responseEnd ?? 0), seen: now(),
        };
      }));
    }
  }).observe(document, { childList: true, subtree: true });
  performance.setResourceTimingBufferSize(10000);
});
"""
"""When the page heard of it, asked for it, had it, and showed it: after the frame in which the bubble is in view."""


# -- around it -------------------------------------------------------------------------------------------------------


@contextmanager
def _product(context: Context, account: Account) -> Iterator[None]:
    sandbox = f"http://127.0.0.1:{context.port + 1}"
    account.api_base = account.data_base = sandbox
    account.save()
    with (
        running([executable, "-m", "madoguchi", "sandbox", "--port", str(context.port + 1), "--state", "none"]) as _,
        serving("madoguchi.asgi:application", context.port) as _,
        running([executable, "-m", "madoguchi", "worker"]) as _,
    ):
        _wait_until(lambda: _ask(sandbox, "GET", "/sandbox/world"))
        provider = account.provider.name
        channel = {"channelId": account.channel_id, "accessToken": account.access_token, "provider": provider}
        _ask(sandbox, "POST", "/sandbox/channels", channel)
        ids = {f"p{n}": background_user(n) for n in range(BACKGROUND_CUSTOMERS)} | {"watched": _WATCHED}
        people = [{"personId": p, "name": f"顧客 {p}", "userIds": {provider: user}} for p, user in ids.items()]
        _ask(sandbox, "POST", "/sandbox/people", people)
        _ask(sandbox, "POST", "/sandbox/history", [
            {"personId": p, "channelId": account.channel_id, "friend": True} for p in ids
        ])  # fmt: skip
        yield


def _warm_up(context: Context, path: str) -> None:
    """Everybody has written once and their profiles are known, as on any day but the first."""
    webhooks = Webhooks(context.port, path, seed=6)
    for number in range(BACKGROUND_CUSTOMERS):
        webhooks.send(background_user(number))
    webhooks.send(_WATCHED)
    known = Conversation.objects.exclude(contact__profile_at=None)
    _wait_until(lambda: known.count() > BACKGROUND_CUSTOMERS)


@contextmanager
def _console(context: Context, chromium: str) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    staff = Staff.objects.create_superuser("agent", display_name="Agent")
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        window = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-TW")
        window.add_cookies(
            [
                {
                    "name": "sessionid",
                    "value": client.cookies["sessionid"].value,
                    "url": f"http://127.0.0.1:{context.port}",
                }
            ]
        )
        window.add_init_script(_WATCH)
        yield window.new_page()
        browser.close()


def _wait_until(is_so: Any) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if is_so():
                return
        except OSError:  # it is just starting
            pass
        time.sleep(0.1)
    raise RuntimeError(f"Not ready after {_PATIENCE_SECONDS} s")


def _ask(base: str, method: str, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310  # on this machine
        base + path, data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # as above
        return json.load(answer)
