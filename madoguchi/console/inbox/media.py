"""Files of a conversation, for those who may see the conversation."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from madoguchi.channels.models import Media
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.conversations.models import Conversation
from madoguchi.kit.errors import NotFound
from madoguchi.organization.permissions import Permission

_SHOWN_INLINE = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp",
        "video/mp4", "video/quicktime", "video/webm",
        "audio/mp4", "audio/x-m4a", "audio/mpeg", "audio/aac", "audio/ogg", "audio/wav",
    }
)  # fmt: skip
"""Everything else (HTML, SVG, PDF …) is only ever saved: a file from outside never runs under our name."""


@require_safe
@requires(Permission.CONVERSATION_READ)
def media(request: StaffRequest, public_id: str, preview: bool = False) -> HttpResponseBase:
    found = Media.objects.filter(public_id=public_id, state=Media.State.STORED).first()
    if found is None or not Conversation.objects.visible_to(request.user).filter(pk=found.thread).exists():
        raise NotFound
    path = found.preview_path if preview and found.preview_path else found.path
    content_type = "image/jpeg" if path == found.preview_path else found.content_type
    etag = f'"{public_id}-{"p" if path == found.preview_path else "o"}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=86400, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    return _file(Path(settings.MEDIA_ROOT) / path, content_type, found.name, headers)


def _file(path: Path, content_type: str, name: str, headers: dict[str, str]) -> HttpResponseBase:
    try:
        file = path.open("rb")
    except OSError:
        raise NotFound from None
    inline = content_type in _SHOWN_INLINE
    response = FileResponse(file, content_type=content_type if inline else "application/octet-stream", headers=headers)
    response["Content-Length"] = str(path.stat().st_size)
    response["Content-Disposition"] = content_disposition_header(not inline, name or path.name) or "attachment"
    return response
