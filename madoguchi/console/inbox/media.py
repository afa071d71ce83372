"""Files of a conversation, for those who may see the conversation."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from madoguchi.channels import media_files
from madoguchi.channels.models import Media
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.conversations.models import Conversation
from madoguchi.kit import ranged_file
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
_NOTHING_RUNS = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"
"""Even opened in a tab of its own, and even if a browser should take it for something else."""


@require_safe
@requires(Permission.CONVERSATION_READ)
def media(request: StaffRequest, public_id: str, preview: bool = False) -> HttpResponseBase:
    found = Media.objects.filter(public_id=public_id, state=Media.State.STORED).first()
    if found is None or not Conversation.objects.visible_to(request.user).filter(pk=found.thread).exists():
        raise NotFound
    is_preview = preview and bool(found.preview_path)
    path = found.preview_path if is_preview else found.path
    content_type = "image/jpeg" if is_preview else found.content_type
    is_shown = content_type in _SHOWN_INLINE
    try:
        response = ranged_file.respond(
            request,
            media_files.path_of(path),
            content_type=content_type if is_shown else "application/octet-stream",
            etag=path.rpartition("/")[2],
            name=found.name or path.rpartition("/")[2],
            as_attachment=not is_shown,
            cache_control="private, max-age=86400",
        )
    except FileNotFoundError:
        raise NotFound from None
    response.headers["Content-Security-Policy"] = _NOTHING_RUNS
    return response
