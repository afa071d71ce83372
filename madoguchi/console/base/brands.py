"""The brands' colours as a stylesheet: the content security policy forbids style attributes."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.organization.models import Brand


def address() -> str:
    return reverse("brands_css")


@require_GET
@requires()
def stylesheet(request: StaffRequest) -> HttpResponseBase:
    """``.brand-<public id> { --brand: #rrggbb }`` for every brand; revalidated by ETag."""
    rules = "".join(
        f".brand-{public_id}{{--brand:{color}}}\n"
        for public_id, color in Brand.objects.order_by("pk").values_list("public_id", "color")
    )
    etag = f'"{hashlib.blake2b(rules.encode(), digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=60"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(rules, content_type="text/css; charset=utf-8", headers=headers)
