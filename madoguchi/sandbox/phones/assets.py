"""Style sheets, scripts and drawings of the pages, under addresses that change with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "assets"
LANGUAGES = Path(__file__).parent / "languages"
PREFIX = "/phones/assets"


def version() -> str:
    """Twelve hex digits that stand for the content of every asset.

    All assets share one version, so that relative imports between modules stay within it.
    """
    digest = hashlib.sha256()
    for file in _files():
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """The address of the asset `name` as it is on the disk now."""
    return f"{PREFIX}/{version()}/{name}"


async def serve(request: web.Request) -> web.StreamResponse:
    """`GET /phones/assets/{version}/{name}`: kept by the browser for a year when the version is the present one."""
    name = request.match_info["name"]
    # Looked up by name among what there is, so that no name leads out of the folders.
    file = next((each for each in _files() if each.name == name), None)
    if file is None:
        raise web.HTTPNotFound(text="No such asset.")
    current = request.match_info["version"] == version()
    return web.Response(
        body=file.read_bytes(),
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        charset=None if name.endswith(".svg") else "utf-8",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _files() -> list[Path]:
    return sorted([*FOLDER.iterdir(), *LANGUAGES.iterdir()])
