"""The whole product for the journeys: PostgreSQL, sandbox, web and worker as real processes that can be stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madoguchi.kit.processes import dying_with_parent
from madoguchi.postgres import Postgres
from madoguchi.supervisor.children import answers
from tests.line_sandbox import Json, LineSandbox

PATIENCE_SECONDS = 60
_ROOT = Path(__file__).parents[2]


class Process:
    """`madoguchi <words>`, its output in a file."""

    def __init__(self, words: list[str], environment: dict[str, str], log: Path, is_ready: Callable[[], bool]) -> None:
        self._command = [sys.executable, "-m", "madoguchi", *words]
        self._environment = environment
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None
        self.log = log

    def start(self) -> None:
        """Unless it runs."""
        if self._process:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                env=self._environment,
                preexec_fn=dying_with_parent(signal.SIGKILL),
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_ready():
            assert self._process
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass(frozen=True)
class Customer:
    """One person with a phone."""

    name: str
    person: str
    channel: str
    line: LineSandbox
    conversation: str = ""
    """Public id; empty for who has not written yet."""

    def writes(self, *texts: str) -> None:
        for text in texts:
            self._does("messages", {"type": "text", "text": text})

    def sends(self, message: Json) -> str:
        """Returns LINE's id of it."""
        sent = self._does("messages", message)
        return str((sent.get("message") or sent["messages"][0])["id"])

    def unsends(self, message_id: str) -> None:
        self._does(f"messages/{message_id}/unsend")

    def befriends(self) -> None:
        self._does("add")

    def blocks(self) -> None:
        self._does("block")

    def received(self) -> list[Json]:
        """What is on the phone from us, oldest first."""
        chat = self.line.call("GET", f"/sandbox/people/{self.person}/channels/{self.channel}/chat")
        return [message for message in chat["messages"] if message["direction"] == "out"]

    def received_texts(self) -> list[str]:
        return [str(message.get("text", message["type"])) for message in self.received()]

    def _does(self, what: str, body: Json | None = None) -> Json:
        done: Json = self.line.call("POST", f"/sandbox/people/{self.person}/channels/{self.channel}/{what}", body or {})
        return done


class Product:
    def __init__(self, server: Postgres, folder: Path) -> None:
        self.server = server
        web, sandbox = _free_ports(2)
        self.url, self.sandbox_url = f"http://127.0.0.1:{web}", f"http://127.0.0.1:{sandbox}"
        self.line = LineSandbox(self.sandbox_url)
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("MADOGUCHI_")} | {
            "DJANGO_SETTINGS_MODULE": "madoguchi.settings",
            "MADOGUCHI_DATABASE_URL": server.url,
            "MADOGUCHI_SECRET_KEY": "for journeys only",
            "MADOGUCHI_VAR": str(folder),
            "MADOGUCHI_BASE_URL": self.url,
        }

        def process(words: list[str], is_ready: Callable[[], bool]) -> Process:
            return Process(words, self._environment, folder / f"{words[0]}.log", is_ready)

        self.sandbox = process(
            ["sandbox", "--port", str(sandbox), "--state", "none"], lambda: answers("127.0.0.1", sandbox, "/")
        )
        self.web = process(["serve", "--port", str(web)], lambda: answers("127.0.0.1", web, "/health"))
        self.worker = process(["worker"], (folder / "worker.heartbeat").exists)
        self.facts: dict[str, Any] = {}
        self._customers: Iterator[Json] = iter(())

    def start(self) -> None:
        self.sandbox.start()
        self.web.start()
        self.worker.start()
        self.sandbox.wait_until_ready()
        self.facts = json.loads(self._run("-m", "tests.e2e.company", self.sandbox_url, self.url))
        self._customers = iter(self.facts["customers"])
        self.web.wait_until_ready()
        self.worker.wait_until_ready()

    def mend(self) -> None:
        """Start again what has been stopped."""
        self.server.start()
        for process in (self.web, self.worker):
            process.start()
        for process in (self.web, self.worker):
            process.wait_until_ready()

    def stop(self) -> None:
        for process in (self.worker, self.web, self.sandbox):
            process.kill()

    def customer(self) -> Customer:
        """One whom no journey has met yet, at Aoi's store, with one unanswered question."""
        return Customer(**next(self._customers), channel=self.facts["channel"], line=self.line)

    def newcomer(self, person: str, name: str) -> Customer:
        return Customer(name, person, self.facts["channel"], self.line)

    def stranger(self, name: str) -> Customer:
        """Somebody new with a phone, who has not added the account."""
        [made] = self.line.call("POST", "/sandbox/people", [{"name": name}])
        return self.newcomer(made["personId"], name)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], env=self._environment, cwd=_ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def running_product(server: Postgres, folder: Path) -> Iterator[Product]:
    """On a server whose database has its tables."""
    with ExitStack() as stack:
        product = Product(server, folder)
        stack.callback(product.stop)
        product.start()
        yield product


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]
