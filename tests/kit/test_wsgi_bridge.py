"""The bridge behind a real server: what a WSGI application sees, and what a client gets."""

import asyncio
import hashlib
import io
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import aiohttp
import pytest
import uvicorn

from madoguchi.kit.wsgi_bridge import WSGIBridge

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]
LIMIT = 4_000_000


@asynccontextmanager
async def serving(application: Application, **options: Any) -> AsyncIterator[str]:
    bridge = WSGIBridge(application, **{"threads": 2, "body_limit": LIMIT, **options})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(
            uvicorn.Config(
                bridge,
                loop="none",
                lifespan="off",
                log_config=None,
                proxy_headers=True,
                forwarded_allow_ips="127.0.0.1",
                timeout_graceful_shutdown=1,
            )
        )
        running = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
            bridge.close()


def text(start_response: StartResponse, body: str, status: str = "200 OK") -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain")])
    return [body.encode()]


class Long:
    """A long answer that counts what was fetched and remembers that it was closed."""

    def __init__(self, chunks: int) -> None:
        self.left = chunks
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self.left:
            raise StopIteration
        self.left -= 1
        return b"x" * 65536

    def close(self) -> None:
        self.closed.set()


async def test_application_sees_the_request_as_pep_3333_says() -> None:
    seen: WSGIEnvironment = {}

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.update(environ)
        return text(start_response, "ok")

    headers = [
        ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"), ("X_Forwarded_For", "6.6.6.6"),
        ("Accept-Language", "ja"), ("Accept-Language", "zh-Hant"),
    ]  # fmt: skip
    async with serving(application) as address, aiohttp.ClientSession() as client:
        await client.get(f"{address}/會員/1?q=%E7%AA%93", headers=headers, cookies={"a": "1", "b": "2"})

    assert seen["PATH_INFO"].encode("latin-1").decode() == "/會員/1"
    assert seen["QUERY_STRING"] == "q=%E7%AA%93"
    assert seen["wsgi.url_scheme"] == "https"
    assert seen["REMOTE_ADDR"] == "203.0.113.7"
    assert seen["HTTP_X_FORWARDED_FOR"] == "203.0.113.7"
    assert seen["HTTP_ACCEPT_LANGUAGE"] == "ja,zh-Hant"
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["CONTENT_LENGTH"] == "0"


@pytest.mark.parametrize("chunked", [False, True])
async def test_body_arrives_whole_whether_in_memory_or_on_disk(chunked: bool) -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return text(start_response, f"{len(data)} {hashlib.sha256(data).hexdigest()}")

    async with serving(application) as address, aiohttp.ClientSession() as client:
        for body in (b"small", bytes(range(256)) * 12_000):

            async def parts(body: bytes = body) -> AsyncIterator[bytes]:
                for start in range(0, len(body), 100_000):
                    yield body[start : start + 100_000]

            async with client.post(address, data=parts() if chunked else io.BytesIO(body)) as response:
                assert await response.text() == f"{len(body)} {hashlib.sha256(body).hexdigest()}"


@pytest.mark.parametrize("chunked", [False, True])
async def test_too_long_a_body_is_413_and_never_reaches_the_application(chunked: bool) -> None:
    called = threading.Event()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        called.set()
        return text(start_response, "ok")

    async def parts() -> AsyncIterator[bytes]:
        yield b"x" * (LIMIT + 1)

    async with serving(application) as address, aiohttp.ClientSession() as client:
        async with client.post(address, data=parts() if chunked else io.BytesIO(b"x" * (LIMIT + 1))) as response:
            assert response.status == 413
            assert str(LIMIT) in await response.text()
    assert not called.is_set()


async def test_long_answer_arrives_whole_and_is_closed() -> None:
    long = Long(100)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(100 * 65536))])
        return long

    async with serving(application) as address, aiohttp.ClientSession() as client:
        async with client.get(address) as response:
            assert len(await response.read()) == 100 * 65536
    assert long.closed.wait(2)


async def test_client_that_leaves_stops_a_long_answer() -> None:
    long = Long(100_000)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return long

    async with serving(application) as address:
        async with aiohttp.ClientSession() as client, client.get(address) as response:
            await response.content.readexactly(1000)
            response.close()
        assert await asyncio.to_thread(long.closed.wait, 5)
    assert long.left > 50_000


async def test_slow_readers_hold_no_thread() -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/long":
            start_response("200 OK", [])
            return Long(10_000)
        return text(start_response, "quick")

    async with serving(application, threads=1) as address, aiohttp.ClientSession() as client:
        readers = [await client.get(f"{address}/long") for _ in range(3)]
        async with client.get(address, timeout=aiohttp.ClientTimeout(total=5)) as response:
            assert await response.text() == "quick"
        for reader in readers:
            reader.close()


async def test_head_has_headers_and_no_body() -> None:
    long = Long(50)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(50 * 65536))])
        return long

    async with serving(application) as address, aiohttp.ClientSession() as client:
        async with client.head(address) as response:
            assert response.status == 200
            assert response.headers["Content-Length"] == str(50 * 65536)
            assert await response.read() == b""
        assert await asyncio.to_thread(long.closed.wait, 5)


async def test_several_cookies_and_the_status_come_through() -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("422 Unprocessable Content", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"no"]

    async with serving(application) as address, aiohttp.ClientSession() as client, client.get(address) as response:
        assert response.status == 422
        assert response.headers.getall("Set-Cookie") == ["a=1", "b=2"]


async def test_failure_before_the_framework_is_500(caplog: pytest.LogCaptureFixture) -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise ValueError("broken")

    async with serving(application) as address, aiohttp.ClientSession() as client, client.get(address) as response:
        assert response.status == 500
        assert "broken" not in await response.text()
    assert "broken" in caplog.text


async def test_more_than_may_wait_are_told_to_come_back() -> None:
    gate = threading.Event()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        gate.wait(10)
        return text(start_response, "ok")

    async def status() -> tuple[int, str | None]:
        async with client.get(address) as response:
            return response.status, response.headers.get("Retry-After")

    async with serving(application, threads=1, waiting=1) as address, aiohttp.ClientSession() as client:
        done, waiting = await asyncio.wait(
            [asyncio.create_task(status()) for _ in range(3)], return_when=asyncio.FIRST_COMPLETED
        )
        gate.set()

        assert [task.result() for task in done] == [(503, "1")]
        assert await asyncio.gather(*waiting) == [(200, None), (200, None)]


async def test_every_hop_ends_with_release() -> None:
    released: list[str] = []

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return text(start_response, "ok")

    def release() -> None:
        released.append(threading.current_thread().name)

    async with serving(application, release=release) as address, aiohttp.ClientSession() as client:
        async with client.get(address) as response:
            await response.read()

    assert len(released) == 1
    assert released[0].startswith("page")
