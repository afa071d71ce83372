"""What administrators do with events that could not be handled."""

from __future__ import annotations

from django.db import connection, transaction

from madoguchi.intake import wake_up
from madoguchi.intake.errors import NotParked
from madoguchi.intake.models import RawEvent
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


@transaction.atomic
def retry(event_id: int, staff: Staff) -> None:
    """Hand a parked event to the consumer again. Raises NotAllowed and NotParked."""
    if not _put_back(staff, pk=event_id):
        raise NotParked


@transaction.atomic
def retry_all(staff: Staff) -> int:
    """All parked events; how many. Raises NotAllowed."""
    return _put_back(staff)


def _put_back(staff: Staff, **which: int) -> int:
    if not staff.may(Permission.EVENT_RETRY):
        raise NotAllowed
    parked = RawEvent.objects.filter(state=RawEvent.State.PARKED, **which)
    count = parked.update(state=RawEvent.State.NEW, note="", handled_at=None)
    transaction.on_commit(_wake_consumers, robust=True)
    return count


def _wake_consumers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [wake_up.CHANNEL])
