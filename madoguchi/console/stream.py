"""The console's live stream: ``GET /live?conversation=<public id>``. Who hears which topics."""

from __future__ import annotations

from importlib import import_module
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.db import OperationalError, connections
from django.http import HttpRequest
from django.http.cookie import parse_cookie

from madoguchi.channels import outbox
from madoguchi.conversations import access
from madoguchi.kit.asgi import Scope
from madoguchi.kit.errors import NotFound
from madoguchi.live.stream import Refused, Stream
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

_sessions = import_module(settings.SESSION_ENGINE)


def audience(scope: Scope) -> frozenset[str]:
    """The topics of whoever the session cookie says, and of the conversation named in the query if they may see it.

    Raises Refused: 401 when nobody is signed in, 404 for a conversation out of reach, 503 while the database is away.
    """
    try:
        staff = _signed_in(scope)
        topics = {"accounts", outbox.UNSENT_TOPIC, f"staff-{staff.pk}", *queue_topics(staff)}
        if wanted := parse_qs(scope["query_string"].decode("latin-1")).get("conversation"):
            topics.add(f"conversation-{access.find(wanted[0], staff).pk}")
        return frozenset(topics)
    except NotFound:
        raise Refused(404) from None
    except OperationalError:
        raise Refused(503) from None
    finally:
        connections.close_all()


def queue_topics(staff: Staff) -> set[str]:
    """The queues a person looks at. A limit to some brands has no topic of its own: they hear of more than they see."""
    reach = staff.reach(Permission.CONVERSATION_READ)
    topics = {f"queue-staff-{staff.pk}"}
    if any(place.is_whole_company for place in reach.places):
        return topics | {"queue"}
    topics |= {f"queue-store-{store_id}" for store_id in reach.store_ids}
    return topics | {f"queue-department-{department_id}" for department_id in reach.department_ids}


def _signed_in(scope: Scope) -> Staff:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    request = HttpRequest()
    request.session = _sessions.SessionStore(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not user.is_authenticated:
        raise Refused(401)
    return user


app = Stream(audience)
startup = app.startup
shutdown = app.shutdown
