"""Writing webhook bodies as raw events, one row each, whatever they contain.

The body is taken apart by PostgreSQL itself: it has to parse the JSON anyway, and writing each event as JSON here would
cost the entrance most of its speed. Some JSON cannot be a jsonb value, U+0000 in a string above all; such a body is
written event by event, with replacement characters.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import psycopg

from madoguchi.kit.lasting_connection import LastingConnection

EVENT_ID_MAX = 80
REPLACED = "It held characters that cannot be stored; they were replaced by U+FFFD."

_STORE = """
INSERT INTO intake_rawevent (account_id, event_id, payload, received_at, state, kind, attempts, note)
SELECT request.account_id,
       CASE WHEN length(event ->> 'webhookEventId') BETWEEN 1 AND 80 THEN event ->> 'webhookEventId'
            ELSE encode(sha256(convert_to(event::text, 'UTF8')), 'hex') END,
       event, now(), 'new', '', 0, ''
FROM unnest(%b::bigint[], %b::text[]) AS request (account_id, body),
     jsonb_array_elements(request.body::jsonb -> 'events') AS event
ORDER BY 1, 2
ON CONFLICT (account_id, event_id) DO NOTHING
"""
"""The order is the same in every process, so that two of them with the same events wait for each other only once."""

_STORE_ONE = """
INSERT INTO intake_rawevent (account_id, event_id, payload, received_at, state, kind, attempts, note)
VALUES (%s, %s, %s::jsonb, now(), 'new', '', 0, %s)
ON CONFLICT (account_id, event_id) DO NOTHING
"""


async def store(connection: LastingConnection, requests: list[tuple[int, str]]) -> None:
    """All events of some requests (account, body) in one commit. A body is an object whose ``events`` is a list.

    Raises psycopg.DataError when something in it is no jsonb, and psycopg.IntegrityError for an account that is gone.
    """
    accounts, bodies = [account for account, _ in requests], [body for _, body in requests]
    await connection.execute(_STORE, (accounts, bodies))


async def store_carefully(connection: LastingConnection, account_id: int, body: str) -> None:
    """The same for one request, when ``store`` has refused it or a neighbour."""
    try:
        await store(connection, [(account_id, body)])
    except psycopg.DataError:
        for event in json.loads(body)["events"]:
            await _store_event(connection, account_id, event)


async def _store_event(connection: LastingConnection, account_id: int, event: Any) -> None:
    original = json.dumps(event)
    storable = json.dumps(_storable(event))
    event_id = event.get("webhookEventId") if isinstance(event, dict) else None
    if not isinstance(event_id, str) or not 1 <= len(event_id) <= EVENT_ID_MAX or _storable(event_id) != event_id:
        event_id = hashlib.sha256(original.encode()).hexdigest()
    await connection.execute(_STORE_ONE, (account_id, event_id, storable, "" if storable == original else REPLACED))


def _storable(value: Any) -> Any:
    """JSON as PostgreSQL can hold it: no U+0000, no half surrogate pairs, no infinite or undefined numbers."""
    match value:
        case str():
            return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case float():
            return value if math.isfinite(value) else str(value)
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {_storable(key): _storable(item) for key, item in value.items()}
        case _:
            return value
