"""The sandbox as a process: what it remembers, and how it stops."""

import asyncio
import json
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from madoguchi.sandbox.line.records import Channel, ChatMessage, Person
from madoguchi.sandbox.line.store import PORTION, Store
from madoguchi.sandbox.line.world import World


@asynccontextmanager
async def running(state: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ("-m", "madoguchi.sandbox", "--port", str(port), "--state", state)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    try:
        async with asyncio.timeout(10):
            assert b"http://localhost" in await process.stdout.readline()
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def names_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


async def test_a_stop_is_quick_and_keeps_everything(tmp_path: Path) -> None:
    state = str(tmp_path / "world.json")
    picture = aiohttp.FormData()
    picture.add_field("type", "image")
    picture.add_field("file", b"\x89PNG\r\n\x1a\n and so on", filename="a.png")

    async with running(state) as (process, url), aiohttp.ClientSession() as session:
        chat = f"{url}/sandbox/people/mei/channels/1/"
        await (await session.post(f"{url}/sandbox/channels", json={"channelId": "1", "accessToken": "t"})).read()
        await (await session.post(f"{url}/sandbox/people", json={"personId": "mei", "name": "美"})).read()
        await (await session.post(chat + "messages", json={"type": "text", "text": "記得我"})).read()
        await (await session.post(chat + "messages", data=picture)).read()
        before = await (await session.get(chat + "chat")).json()
        stream = await session.get(f"{url}/sandbox/stream")
        await stream.content.readline()
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        await process.wait()
        assert time.monotonic() - started < 2
        assert process.returncode == 0
        stream.close()

    async with running(state) as (_, url), aiohttp.ClientSession() as session:
        after = await (await session.get(f"{url}/sandbox/people/mei/channels/1/chat")).json()
        assert after["messages"] == before["messages"]
        image = await session.get(url + after["messages"][1]["contentUrl"])
        assert (await image.read()).startswith(b"\x89PNG")
        info = await session.get(f"{url}/v2/bot/info", headers={"Authorization": "Bearer t"})
        assert info.status == 200


async def test_without_state_nothing_is_written(tmp_path: Path) -> None:
    async with running("none") as (_, url), aiohttp.ClientSession() as session:
        answer = await session.post(f"{url}/sandbox/channels", json={"channelId": "1"})
        assert answer.status == 200

    assert names_in(tmp_path) == []


async def test_a_change_is_saved_a_moment_later(tmp_path: Path) -> None:
    world, store = World(), Store(tmp_path / "world.json")
    saver = asyncio.create_task(store.keep_saved(world))
    world.add_channel(Channel("1", "secret", "name", "provider"))
    async with asyncio.timeout(10):
        while not store.file.exists():  # noqa: ASYNC110  # another task writes it
            await asyncio.sleep(0.02)
    saver.cancel()

    assert store.load().channels["1"].name == "name"


async def test_saving_a_long_history_does_not_stall_the_loop(tmp_path: Path) -> None:
    world, store = World(), Store(tmp_path / "world.json")
    channel = world.add_channel(Channel("1", "secret", "name", "provider"))
    world.add_person(Person("p", "p"))
    friendship = world.friendship(channel, "p")
    for number in range(10_000):
        body = {"type": "text", "text": "字" * 20}
        world.add_message(friendship, ChatMessage(world.next_message_id(), "1", "p", "in", number, body))
    turns = 0
    saving = asyncio.create_task(store.save(world))
    while not saving.done():
        await asyncio.sleep(0)
        turns += 1

    assert len(json.loads(store.file.read_text())["messages"]) == 10_000
    assert turns >= 10_000 / PORTION


async def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        arguments = ("-m", "madoguchi.sandbox", "--port", port, "--state", "none")
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stderr=asyncio.subprocess.PIPE)
        _, told = await process.communicate()

    assert process.returncode == 1
    assert told.decode().startswith(f"Port {port} is used by another program")


async def test_a_foreign_file_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text('{"format": 99}')
    arguments = ("-m", "madoguchi.sandbox", "--port", "0", "--state", str(file))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stderr=asyncio.subprocess.PIPE)
    _, told = await process.communicate()

    assert process.returncode == 1
    assert "move it away" in told.decode()
    assert file.read_text() == '{"format": 99}'
