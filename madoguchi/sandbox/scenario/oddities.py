"""What an administrator finds on the page about events: one that failed, some that were kept, requests that were refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

from madoguchi.channels.models import Account
from madoguchi.intake.models import RawEvent, Rejection

_TRACEBACK = """Traceback (most recent call last):
  File "madoguchi/intake/consumer.py", line 97, in consume_one
    _work_off(_claim("state = 'new' AND id = %s", pk))
  File "django/db/backends/utils.py", line 105, in _execute
    return self.cursor.execute(sql, params)
django.db.utils.OperationalError: canceling statement due to lock timeout
"""


def create(account: Account, user_ids: list[str], *, now: dt.datetime) -> None:
    """``user_ids``: two people of the account. The failed event is sound: trying it again puts it into the thread."""
    greeting = {"type": "text", "id": "400000000000000001", "text": "請問今天還有位子可以試睡床墊嗎"}
    events: list[tuple[str, str, str, dict[str, Any], float]] = [
        ("parked", "message", _TRACEBACK, {"message": greeting, "replyToken": "0" * 32}, 3.2),
        ("kept", "giftReceived", "unknown_kind", {"gift": {"giftId": "g-2024", "from": "friend"}}, 7.5),
        ("kept", "giftReceived", "unknown_kind", {"gift": {"giftId": "g-2031", "from": "friend"}}, 31.0),
        ("kept", "botResumed", "account_wide", {}, 80.0),
    ]
    RawEvent.objects.bulk_create(
        RawEvent(
            account=account,
            event_id=_event_id(number),
            payload={
                "type": kind,
                "mode": "active",
                "timestamp": int((now - dt.timedelta(hours=hours)).timestamp() * 1000),
                "source": {"type": "user", "userId": user_ids[number % 2]},
                "webhookEventId": _event_id(number),
                "deliveryContext": {"isRedelivery": False},
                **more,
            },
            received_at=now - dt.timedelta(hours=hours),
            state=state,
            kind=kind,
            attempts=3 if state == "parked" else 1,
            handled_at=now - dt.timedelta(hours=hours) + dt.timedelta(seconds=1),
            note=note,
        )
        for number, (state, kind, note, more, hours) in enumerate(events)
    )
    Rejection.objects.bulk_create(
        Rejection(account=owner, reason=reason, day=(now - dt.timedelta(days=days)).date(), count=count)
        for owner, reason, days, count in (
            (account, Rejection.Reason.WRONG_SIGNATURE, 1, 3),
            (account, Rejection.Reason.NOT_JSON, 6, 1),
            (None, Rejection.Reason.UNKNOWN_ACCOUNT, 2, 14),
        )
    )


def _event_id(number: int) -> str:
    """The shape of a ULID."""
    return f"01JDEM0SCENAR10000000000{number:02d}"
