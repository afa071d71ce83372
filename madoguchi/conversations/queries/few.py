from __future__ import annotations

from django.db import connection

from madoguchi.conversations.models import Conversation
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

FEW_CONVERSATIONS = 4_000
"""Up to so many, it is quicker to go through all that a person may see than to look for theirs among everybody's."""


def sees_few(staff: Staff) -> bool:
    """Whether the person may see only few conversations: one statement that counts no further than needed."""
    if staff.reach(Permission.CONVERSATION_READ).is_everything:
        return False
    if not staff.may(Permission.CONVERSATION_READ):
        return True
    visible, parameters = Conversation.objects.visible_to(staff).values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT FROM ({visible}) visible LIMIT %s) few", [*parameters, FEW_CONVERSATIONS + 1]
        )
        (count,) = cursor.fetchone()
    return bool(count <= FEW_CONVERSATIONS)
