"""Links of menu cells: counted here, then on to the page behind them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from madoguchi.door.anybody import for_anybody
from madoguchi.menus import links
from madoguchi.menus.taps import count_link


@for_anybody
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """To the page as published last. Whoever only looks at the headers is not counted."""
    spot = links.read(token)
    address = links.target(spot) if spot else ""
    if spot is None or not address:
        raise Http404
    if request.method == "GET":
        count_link(spot)
    return HttpResponseRedirect(address, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
