"""A file as an HTTP answer that can be asked for in parts: phones play videos no other way (RFC 9110, section 14)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date

_PIECE = 128 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def respond(
    request: HttpRequest,
    path: Path,
    *,
    content_type: str,
    etag: str,
    name: str = "",
    as_attachment: bool = False,
    cache_control: str = "private, max-age=3600",
) -> HttpResponseBase:
    """200, 206 for one range, 304, or 416. ``etag`` without quotes, strong: the same for the same bytes only.

    Several ranges at once are answered with the whole file, which the RFC allows. Raises FileNotFoundError.
    """
    file = path.open("rb")
    status = os.fstat(file.fileno())
    size = status.st_size
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": cache_control,
        "ETag": f'"{etag}"',
        "Last-Modified": http_date(status.st_mtime),
        "X-Content-Type-Options": "nosniff",
    }
    if name and (disposition := content_disposition_header(as_attachment, name)):
        headers["Content-Disposition"] = disposition
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        file.close()
        return HttpResponse(status=304, headers=headers)
    wanted = _range(request, size, headers["ETag"])
    if wanted is not None and wanted[0] >= wanted[1]:
        file.close()
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = wanted or (0, size)
    if wanted is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=206 if wanted else 200, headers=headers, content_type=content_type)

    part = _Part(file, start, end)
    return StreamingHttpResponse(part, status=206 if wanted else 200, headers=headers, content_type=content_type)


class _Part:
    """Bytes of an open file, in pieces. Has ``close``, which is called even when nobody has read a byte."""

    def __init__(self, file: IO[bytes], start: int, end: int) -> None:
        self._file, self._left = file, end - start
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._file.read(min(_PIECE, self._left))
        self._left -= len(piece)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._file.close()


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First byte and the one after the last; None: the whole file; first not below the other: cannot be satisfied."""
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size
