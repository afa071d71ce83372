from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.alerts import actions
from madoguchi.alerts.errors import BadSubscription
from madoguchi.alerts.keys import current_key
from madoguchi.alerts.subjects import Subject
from madoguchi.console.base.access import StaffRequest, requires


@require_safe
@requires()
def key(request: StaffRequest) -> HttpResponseBase:
    """What a browser needs to subscribe: {key: base64url}."""
    return JsonResponse({"key": current_key().public_key})


@require_http_methods(["POST", "DELETE"])
@requires()
def subscription(request: StaffRequest) -> HttpResponseBase:
    """The body is a PushSubscription as JSON (w3.org/TR/push-api, toJSON)."""
    given = _given(request)
    if request.method == "DELETE":
        actions.unsubscribe(staff=request.user, endpoint=str(given.get("endpoint", "")))
    else:
        keys = given.get("keys")
        keys = keys if isinstance(keys, dict) else {}
        actions.subscribe(
            staff=request.user,
            endpoint=str(given.get("endpoint", "")),
            p256dh=str(keys.get("p256dh", "")),
            auth=str(keys.get("auth", "")),
            device=request.headers.get("User-Agent", ""),
        )
    return HttpResponse(status=204)


@require_POST
@requires()
def test(request: StaffRequest) -> HttpResponseBase:
    """An alert to oneself, to see that it arrives."""
    actions.alert(staff_ids=[request.user.pk], subject=Subject.TEST, url=reverse("profile"), tag="test")
    return HttpResponse(status=204)


def _given(request: StaffRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body)
    except ValueError:
        raise BadSubscription from None
    if not isinstance(given, dict):
        raise BadSubscription
    return given
