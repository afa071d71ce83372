"""Looking at a design: the whole page, or by htmx its three panes; and the pictures in it."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.menus.access import find_account, find_version
from madoguchi.console.menus.forms import forms_for
from madoguchi.console.menus.scene import Scene
from madoguchi.kit.errors import NotFound
from madoguchi.menus.render import preview
from madoguchi.organization.permissions import Permission

_KEPT_SECONDS = 600
_YEAR = 31_536_000


@require_GET
@requires(Permission.MENU_READ)
def designer(request: StaffRequest, public_id: str, number: int) -> HttpResponseBase:
    version = find_version(find_account(request.user, public_id), number)
    scene = Scene(request.user, version, request.GET)
    template = "console/menus/_designer.html" if request.htmx else "console/menus/designer.html"
    context = {"section": "menus", "scene": scene, "forms": forms_for(scene)}
    return render(request, template, context)


@require_GET
@requires(Permission.MENU_READ)
def picture(
    request: StaffRequest, public_id: str, number: int, variant: str, tab: int, locale: str, fingerprint: str
) -> HttpResponseBase:
    """As LINE will get it, but smaller. An address that is older than the design gets the present picture, unkept."""
    kept = cache.get(f"menu-picture-{fingerprint}")
    version = find_version(find_account(request.user, public_id), number)
    if kept is None:
        scene = Scene(request.user, version, {"variant": variant, "tab": tab, "locale": locale})
        if (scene.place.variant, scene.place.tab, scene.place.locale) != (variant, tab, locale):
            raise NotFound
        present = scene.design.fingerprint()[:16]
        kept = preview(scene.design)
        cache.set(f"menu-picture-{present}", kept, _KEPT_SECONDS)
        if present != fingerprint:
            return HttpResponse(kept, content_type="image/png", headers={"Cache-Control": "no-store"})
    response = HttpResponse(kept, content_type="image/png")
    patch_cache_control(response, private=True, immutable=True, max_age=_YEAR)
    return response
