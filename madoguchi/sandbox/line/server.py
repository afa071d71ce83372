"""The aiohttp application: the emulated API, the control API and the phones under one origin."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
from aiohttp import web

from madoguchi.sandbox import phones

from . import api, audience, control, login
from .emulator import EMULATOR, Emulator, Options
from .gateway import mount, mount_not_found, preflight
from .media import MediaStore
from .network import is_loopback_host
from .store import Store
from .world import World

MAX_UPLOAD_BYTES = 210 * 1024 * 1024
API_PREFIXES = ("/v2/", "/oauth2/", "/bot/", "/friendship/", "/user/", "/liff/v1/")
SHUTDOWN_SECONDS = 1.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(world: World, *, media: MediaStore | None = None, options: Options | None = None) -> web.Application:
    """The whole sandbox over `world`. Nothing is saved here: see `run`."""
    options = options or Options()
    app = web.Application(client_max_size=MAX_UPLOAD_BYTES, middlewares=[_guard] if options.loopback_only else [])
    emulator = app[EMULATOR] = Emulator(world, media or MediaStore(), options)
    for endpoints in (*api.AREAS, *login.AREAS):
        mount(app, emulator, endpoints)
    for routes in (*control.AREAS, *login.PAGES):
        app.add_routes(routes)
    for path in ("/v2/profile", "/friendship/v1/status", "/oauth2/v2.1/userinfo", "/oauth2/v2.1/verify"):
        app.router.add_route("OPTIONS", path, preflight)
    phones.setup(app)
    for prefix in API_PREFIXES:
        mount_not_found(app, emulator, prefix)
    app.on_shutdown.append(_close_streams)
    app.cleanup_ctx.append(_live_emulator)
    return app


def run(
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    state: Path | None = None,
    demo_info: Path | None = None,
    options: Options | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; with `state` the world outlives the process. Returns after a clean stop.

    `demo_info` is the file that the start page of a demo shows (`phones.setup`).
    """
    uvloop.run(serve(host=host, port=port, state=state, demo_info=demo_info, options=options))


async def serve(
    *, host: str, port: int, state: Path | None, demo_info: Path | None = None, options: Options | None = None
) -> None:
    store = Store(state) if state else None
    world = store.load() if store else World()
    app = create_app(world, media=MediaStore(store.media_folder) if store else None, options=options)
    if demo_info:
        app[phones.DEMO_INFO] = demo_info
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    saver = loop.create_task(store.keep_saved(world)) if store else None
    try:
        await web.TCPSite(runner, host, port, reuse_address=True).start()
        sys.stdout.write(f"LINE sandbox: http://{'localhost' if is_loopback_host(host) else host}:{port}/\n")
        sys.stdout.flush()
        await stopping.wait()
    finally:
        if saver:
            saver.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await saver
        await runner.cleanup()
        if store:
            await store.save(world)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No page of another site may play with the sandbox, by DNS rebinding or by a form of its own."""
    host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    if not is_loopback_host(host):
        return web.Response(status=421, text="The sandbox answers to localhost only.")
    if request.path.startswith("/sandbox/") and request.method != "GET":
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.headers.get("Host"):
            return web.Response(status=403, text="Only the sandbox's own pages may do this.")
    return await handler(request)


async def _close_streams(app: web.Application) -> None:
    app[EMULATOR].stream.close()


async def _live_emulator(app: web.Application) -> AsyncIterator[None]:
    emulator = app[EMULATOR]
    for campaign in emulator.world.campaigns.values():
        if campaign.state in ("waiting", "sending"):
            emulator.background(audience.run(emulator.world, campaign))
    yield
    await emulator.close()
