from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import public
from madoguchi.console.base.context import STYLESHEETS
from madoguchi.console.pwa.drawing import app_icon

SIZES = (192, 512)
PURPOSES = ("any", "maskable")


@require_GET
@public
def manifest(request: HttpRequest) -> HttpResponseBase:
    icons = [
        {
            "src": reverse("app_icon", args=[purpose, size]),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for purpose in PURPOSES
        for size in SIZES
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": gettext("Madoguchi"),
            "short_name": gettext("Madoguchi"),
            "lang": get_language(),
            "start_url": f"{reverse('home')}?app",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f7f6f3",
            "theme_color": "#f7f6f3",
            "icons": icons,
            "shortcuts": [
                {"name": gettext("My code"), "url": reverse("today_code")},
                {"name": gettext("Inbox"), "url": reverse("inbox")},
            ],
        },
        content_type="application/manifest+json",
    )


@require_GET
@public
@cache_control(public=True, max_age=604_800)
def icon(request: HttpRequest, purpose: str, size: int) -> HttpResponseBase:
    if size not in SIZES or purpose not in PURPOSES:
        raise Http404
    return HttpResponse(app_icon(size, maskable=purpose == "maskable"), content_type="image/png")


@require_GET
@public
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponseBase:
    """At the root, because a service worker rules only over the folder it is served from."""
    context = {"offline": reverse("offline"), "code": reverse("today_code"), "stylesheets": STYLESHEETS}
    return render(request, "console/worker.js", context, content_type="text/javascript; charset=utf-8")


@require_GET
@public
def offline(request: HttpRequest) -> HttpResponseBase:
    return render(
        request,
        "console/refusal.html",
        {"message": gettext("You are offline. The inbox returns as soon as the network does."), "status": ""},
    )
