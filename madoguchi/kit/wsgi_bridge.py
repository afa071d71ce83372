"""A WSGI application inside an ASGI server: one hop to a bounded pool of threads for a page.

Django's own ASGI handler sends every middleware through its own thread hop and costs eight to ten times what this does.
The request body is complete before a thread is taken, and the rest of a long answer is fetched piece by piece as the
client takes it: neither slow uploads nor slow downloads hold a thread.

PEP 3333 (WSGI) and the ASGI HTTP specification (asgi.readthedocs.io/en/latest/specs/www.html) say what goes where.
"""

import asyncio
import contextlib
import logging
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from madoguchi.kit.asgi import Receive, Scope, Send, answer

log = logging.getLogger(__name__)
T = TypeVar("T")

_IN_MEMORY = 1024 * 1024
"""Bytes of a request body kept in memory; what is longer goes to a temporary file."""
_PIECE = 256 * 1024
"""Bytes of an answer fetched in one hop."""


class _Disconnected(Exception):
    pass


class _TooLarge(Exception):
    pass


@dataclass
class _Answer:
    """What the application has said so far. Only one thread at a time has it in its hands."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    iterable: Iterable[bytes] = ()
    chunks: Iterator[bytes] = field(default_factory=lambda: iter(()))

    def start_response(
        self, status: str, headers: list[tuple[str, str]], _error: Any = None
    ) -> Callable[[bytes], object]:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self.written.append

    def next_piece(self) -> tuple[bytes, bool]:
        """The next part of the body, and whether there may be more; the last one closes the answer."""
        pieces, size = self.written[:], sum(map(len, self.written))
        self.written.clear()
        for chunk in self.chunks:
            pieces.append(chunk)
            size += len(chunk)
            if size >= _PIECE:
                return b"".join(pieces), True
        self.close()
        return b"".join(pieces), False

    def close(self) -> None:
        iterable, self.iterable = self.iterable, ()
        if close := getattr(iterable, "close", None):
            close()


class WSGIBridge:
    """Serves `application` as ASGI.

    `threads` requests run at once, `waiting` more may wait for a thread, the next are told 503. A body of more than
    `body_limit` bytes is told 413. `release` is called in the thread at the end of each hop: it gives back what belongs
    to the thread (database connections), because the next hop of the same answer may come in another.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        threads: int,
        body_limit: int,
        waiting: int = 500,
        release: Callable[[], object] = lambda: None,
    ) -> None:
        self._application = application
        self._body_limit = body_limit
        self._release = release
        self._most = threads + waiting
        self._running = 0
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._running >= self._most:
            await answer(send, 503, b"Too many requests at once. Try again.\n", headers=[(b"retry-after", b"1")])
            return
        self._running += 1
        try:
            with contextlib.closing(tempfile.SpooledTemporaryFile(_IN_MEMORY)) as body:
                length = await self._read_body(scope, receive, cast(IO[bytes], body))
                await self._respond(_environ(scope, cast(IO[bytes], body), length), receive, send)
        except _Disconnected:
            pass
        except _TooLarge:
            await answer(send, 413, f"The limit is {self._body_limit} bytes.\n".encode())
        finally:
            self._running -= 1

    async def run(self, work: Callable[[], T]) -> T:
        """Do something else that blocks in the same bounded pool."""
        return await asyncio.wrap_future(self._hop(work))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _read_body(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and int(value) > self._body_limit:
                raise _TooLarge
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Disconnected
            chunk = message.get("body", b"")
            length += len(chunk)
            if length > self._body_limit:
                raise _TooLarge
            if length > _IN_MEMORY:
                await asyncio.to_thread(body.write, chunk)  # a disk
            else:
                body.write(chunk)
            if not message.get("more_body", False):
                body.seek(0)
                return length

    async def _respond(self, environ: WSGIEnvironment, receive: Receive, send: Send) -> None:
        said = _Answer()
        hop = self._hop(lambda: self._begin(environ, said))
        client_left: asyncio.Task[object] | None = None
        more = True
        try:
            piece, more = await asyncio.wrap_future(hop)
            await send({"type": "http.response.start", "status": said.status, "headers": said.headers})
            if environ["REQUEST_METHOD"] == "HEAD":
                piece = b""
            elif more:
                client_left = asyncio.create_task(cast(Coroutine[Any, Any, object], receive()))
                while more and not client_left.done():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    hop = self._hop(said.next_piece)
                    piece, more = await asyncio.wrap_future(hop)
            await send({"type": "http.response.body", "body": piece})
        finally:
            if client_left:
                client_left.cancel()
            if more:  # broken off: a thread may still be at work on it, so closing waits for its turn
                hop.add_done_callback(lambda _: self._close_later(said))

    def _begin(self, environ: WSGIEnvironment, said: _Answer) -> tuple[bytes, bool]:
        try:
            said.iterable = self._application(environ, cast(StartResponse, said.start_response))
            said.chunks = iter(said.iterable)
            piece = said.next_piece()
            if not said.status:
                raise RuntimeError("The WSGI application answered without calling start_response.")
        except Exception:
            log.exception("%s %s failed outside the framework", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            said.close()
            said.status, said.headers = 500, [(b"content-type", b"text/plain; charset=utf-8")]
            return b"Internal server error.\n", False
        return piece

    def _hop(self, work: Callable[[], T]) -> Future[T]:
        def in_thread() -> T:
            try:
                return work()
            finally:
                self._release()

        return self._pool.submit(in_thread)

    def _close_later(self, said: _Answer) -> None:
        with contextlib.suppress(RuntimeError):  # the pool has been shut down
            self._hop(said.close)


def _environ(scope: Scope, body: IO[bytes], length: int) -> WSGIEnvironment:
    root = scope.get("root_path", "")
    server, port = scope.get("server") or ("localhost", 80)
    client, client_port = scope.get("client") or ("", 0)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": _as_latin1(root),
        "PATH_INFO": _as_latin1(scope["path"].removeprefix(root)),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": str(port or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
        "CONTENT_LENGTH": str(length),  # as received: the header is missing from chunked requests
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name not in _NOT_PASSED_ON and "_" not in name:  # X_Forwarded_For would pass for X-Forwarded-For
            key = "HTTP_" + name.upper().replace("-", "_")
            separator = "; " if name == "cookie" else ","
            environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    return environ


_NOT_PASSED_ON = ("content-length", "transfer-encoding", "connection")


def _as_latin1(path: str) -> str:
    """PEP 3333: the bytes of the path, each as one character."""
    return path.encode("utf-8", "surrogateescape").decode("latin-1")
