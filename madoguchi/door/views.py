"""What LINE and customers' phones fetch from us, without signing in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from madoguchi.channels import links, media_files
from madoguchi.channels.models import Media
from madoguchi.door import brand_icons
from madoguchi.door.anybody import for_anybody
from madoguchi.kit import ranged_file
from madoguchi.organization.models import Brand

YEAR_SECONDS = 31_536_000
_SHOWN_IN_PLACE = ("image/jpeg", "image/png", "video/mp4", "application/pdf")
"""Anything else is saved, never opened as a page of ours."""


@for_anybody
@require_safe
def file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:  # noqa: ARG001  # see the docstring
    """A file that staff have sent. Only the token counts; the name is there for those who save it."""
    read = links.read_file_token(token)
    if read is None:
        raise Http404
    public_id, variant = read
    row = Media.objects.filter(public_id=public_id, state=Media.State.STORED).first()
    is_preview = variant == links.PREVIEW
    path = (row.preview_path if is_preview else row.path) if row else ""
    if row is None or not path:
        raise Http404
    content_type = "image/jpeg" if is_preview else row.content_type
    try:
        return ranged_file.respond(
            request,
            media_files.path_of(path),
            content_type=content_type,
            etag=path.rpartition("/")[2],
            name="" if is_preview else row.name,
            as_attachment=content_type not in _SHOWN_IN_PLACE,
        )
    except FileNotFoundError:
        raise Http404 from None


@for_anybody
@require_safe
def brand_icon(request: HttpRequest, public_id: str) -> HttpResponse:
    """PNG. With the current version in its address it may be kept for ever."""
    brand = Brand.objects.filter(public_id=public_id).first()
    if brand is None:
        raise Http404
    version = links.icon_version(brand)
    is_current = request.GET.get("v") == version
    headers = {
        "ETag": f'"{version}"',
        "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable" if is_current else "public, max-age=300",
    }
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    icon = bytes(brand.icon) or brand_icons.drawn(brand.mark, brand.color)
    return HttpResponse(icon, content_type="image/png", headers=headers)
