"""Every view says who may enter. A test walks all addresses and fails on a view that says nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode
from django_htmx.middleware import HtmxDetails

from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request that has passed ``requires``: somebody is signed in."""

    user: Staff
    htmx: HtmxDetails


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
PlainView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(*permissions: Permission) -> Callable[[View[P]], PlainView[P]]:
    """For staff who hold all of these at least somewhere; none: for everybody who is signed in.

    Where exactly they hold them is a question about a row: actions and ``visible_to`` answer it.
    """

    def decorate(view: View[P]) -> PlainView[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            staff_request = cast("StaffRequest", request)
            if not all(staff_request.user.may(permission) for permission in permissions):
                raise NotAllowed
            return view(staff_request, *args, **kwargs)

        guarded.declared_permissions = permissions  # type: ignore[attr-defined] # read by the test that walks all views
        return cast("PlainView[P]", guarded)

    return decorate


def public(view: PlainView[P]) -> PlainView[P]:
    """For anybody: sign-in, and what a browser asks for before it."""
    view.declared_permissions = ()  # type: ignore[attr-defined] # as above
    return view


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    htmx = cast("StaffRequest", request).htmx
    came_from = (htmx.current_url_abs_path or "/") if htmx else request.get_full_path()
    target = f"{resolve_url('sign_in')}?{urlencode({'next': came_from})}"
    if htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return redirect(target)
