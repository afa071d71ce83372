"""Copying what customers send: LINE deletes its copy after a while it does not tell (get-content)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import filetype
from django.utils import timezone

from madoguchi import live
from madoguchi.channels import errors, media_files, pictures
from madoguchi.channels.line.client import CONTENT_SECONDS, REQUEST_SECONDS, Access, LineClient, describe
from madoguchi.channels.models import Media
from madoguchi.kit import public_web

logger = logging.getLogger(__name__)

MEGABYTE = 1_000_000
BYTES_MAX: dict[str, int] = {
    Media.Kind.IMAGE: 20 * MEGABYTE,
    Media.Kind.VIDEO: 300 * MEGABYTE,
    Media.Kind.AUDIO: 100 * MEGABYTE,
    Media.Kind.FILE: 300 * MEGABYTE,
}
"""The largest file we keep of each kind. LINE's apps send no larger ones today; this guards the disk."""
_CHUNK_BYTES = 64 * 1024
_REDIRECTS_MAX = 3
_USELESS_TYPES = ("", "application/octet-stream", "binary/octet-stream")


def fetch(media_id: int, *, is_allowed: public_web.Check = public_web.is_public) -> Media.State:
    """Try once to copy the file; returns what the row is then. Doing it twice, even at once, does no harm.

    Raises TryAgainLater (which NotReadyYet is one of) and AccessTokenRefused; then the row is still pending.
    ``is_allowed`` decides about network addresses of content that is not at LINE.
    """
    media = Media.objects.select_related("account").get(pk=media_id)
    if media.state != Media.State.PENDING:
        return Media.State(media.state)
    with media_files.draft() as draft:
        try:
            declared = asyncio.run(_download(media, draft, is_allowed))
        except (errors.TryAgainLater, errors.AccessTokenRefused):
            raise
        except errors.Gone:
            return _end(media, Media.State.GONE)
        except errors.TooLarge:
            return _end(media, Media.State.TOO_LARGE)
        except errors.ChannelError as error:
            logger.warning("Media %d could not be fetched: %s", media.pk, error.message)
            return _end(media, Media.State.FAILED)
        return _keep(media, draft, declared)


def give_up(media_id: int) -> None:
    """After all tries."""
    _end(Media.objects.get(pk=media_id), Media.State.FAILED)


def remove_hidden() -> int:
    """Delete the files of messages that were taken back; returns how many there were."""
    rows = Media.objects.filter(state=Media.State.HIDDEN).exclude(path="")
    for media in rows:
        media_files.remove(media.path, media.preview_path)
        Media.objects.filter(pk=media.pk).update(path="", preview_path="")
    return len(rows)


async def _download(media: Media, draft: media_files.Draft, is_allowed: public_web.Check) -> str:
    """Returns the content type as it was declared."""
    opened = _external(media.external_url, is_allowed) if media.external_url else _at_line(media)
    bytes_max = BYTES_MAX[media.kind]
    async with opened as response:
        if (response.content_length or 0) > bytes_max:
            raise errors.TooLarge
        try:
            await media_files.receive(response.content.iter_chunked(_CHUNK_BYTES), draft, bytes_max=bytes_max)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise errors.TryAgainLater(describe(error)) from error
        return response.content_type


@asynccontextmanager
async def _at_line(media: Media) -> AsyncIterator[aiohttp.ClientResponse]:
    async with LineClient() as line, line.content(Access.of(media.account), media.provider_message_id) as response:
        yield response


@asynccontextmanager
async def _external(url: str, is_allowed: public_web.Check) -> AsyncIterator[aiohttp.ClientResponse]:
    """From a server that a customer's message names (contentProvider external)."""
    timeout = aiohttp.ClientTimeout(total=CONTENT_SECONDS, sock_connect=REQUEST_SECONDS, sock_read=REQUEST_SECONDS)
    try:
        async with (
            public_web.session(is_allowed=is_allowed, timeout=timeout) as session,
            session.get(url, max_redirects=_REDIRECTS_MAX) as response,
        ):
            if response.status in (404, 410):
                raise errors.Gone
            if response.status >= 500 or response.status in (408, 429):
                raise errors.TryAgainLater(f"HTTP {response.status}")
            if response.status != 200:
                raise errors.CallRefused(f"HTTP {response.status}")
            yield response
    except (aiohttp.InvalidURL, aiohttp.TooManyRedirects) as error:
        raise errors.AddressNotAllowed(describe(error)) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        if _is_refused_address(error):
            raise errors.AddressNotAllowed(describe(error)) from error
        raise errors.TryAgainLater(describe(error)) from error


def _is_refused_address(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, public_web.NotPublic):
            return True
        error = error.__cause__
    return False


def _keep(media: Media, draft: media_files.Draft, declared: str) -> Media.State:
    known = filetype.guess(str(draft.path))
    media.content_type = known.mime if known else declared if declared not in _USELESS_TYPES else ""
    media.byte_size = draft.size
    if media.kind == Media.Kind.IMAGE:
        _look_at(media, draft.path)
    media.path = draft.keep(f".{known.extension}" if known else ".bin")
    now = timezone.now()
    kept = Media.objects.filter(pk=media.pk, state=Media.State.PENDING).update(
        state=Media.State.STORED,
        content_type=media.content_type[:100],
        byte_size=media.byte_size,
        width=media.width,
        height=media.height,
        path=media.path,
        preview_path=media.preview_path,
        stored_at=now,
        changed_at=now,
    )
    if not kept:  # taken back meanwhile, or fetched by somebody else too
        media_files.remove(media.path, media.preview_path)
        media.refresh_from_db()
        return Media.State(media.state)
    live.publish([f"conversation-{media.thread}"])
    return Media.State.STORED


def _look_at(media: Media, path: Path) -> None:
    """Dimensions and preview; a picture that we cannot read is kept as a file all the same."""
    try:
        size, preview = pictures.size_of(path), pictures.preview(path)
    except errors.FileRefused as refusal:
        logger.info("Media %d has no preview: %s", media.pk, refusal.message)
        return
    media.width, media.height = size.width, size.height
    media.preview_path = media_files.store([preview.data], suffix=preview.suffix)


def _end(media: Media, state: Media.State) -> Media.State:
    rows = Media.objects.filter(pk=media.pk, state=Media.State.PENDING)
    if rows.update(state=state, changed_at=timezone.now()):
        live.publish([f"conversation-{media.thread}"])
    return state
