"""Refusals become sentences on the screen, and every page speaks its reader's language."""

from __future__ import annotations

import logging
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from madoguchi.console.base.errors import refusal
from madoguchi.kit.errors import MadoguchiError, NotFound

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PersonMiddleware:
    """Language as the person chose it, time as at their place of work. Stands behind the authentication."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            translation.activate(request.user.locale)
            request.LANGUAGE_CODE = translation.get_language()
            if zone := request.user.time_zone:
                timezone.activate(ZoneInfo(zone))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class RefusalMiddleware:
    """The one place where MadoguchiError becomes HTTP: a toast for htmx, a page otherwise, with the error's status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MadoguchiError):
            return None
        if isinstance(exception, NotFound):
            logger.warning("%s asked for %s, which does not exist for them", request.user, request.path)
        return refusal(request, exception.message, exception.status)
