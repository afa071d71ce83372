"""The doors to one conversation: found or locked through the person who asks, never by its id alone.

What is out of reach does not exist for the person, and the attempt is logged by ``madoguchi.access``.
"""

from __future__ import annotations

import logging
from typing import NoReturn

from madoguchi.conversations.errors import HeldByOther
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.models.conversation import looked_after_by
from madoguchi.conversations.queries.columns import BESIDE_CONVERSATION, SHOWN
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

logger = logging.getLogger("madoguchi.access")


def find(public_id: str, staff: Staff) -> Conversation:
    """For reading: with everything the thread's header and the customer pane show. Raises NotFound."""
    rows = Conversation.objects.visible_to(staff).select_related("member__market", *SHOWN).defer(*BESIDE_CONVERSATION)
    return rows.filter(public_id=public_id).first() or _refuse(staff, public_id)


def find_by_id(conversation_id: int, staff: Staff) -> Conversation:
    """For a first look before the lock, where what follows takes a while. Raises NotFound."""
    return Conversation.objects.visible_to(staff).filter(pk=conversation_id).first() or _refuse(staff, conversation_id)


def lock(conversation_id: int, staff: Staff) -> Conversation:
    """For changing: locked until the transaction ends. Raises NotFound.

    No select_related here: PostgreSQL, having waited for the lock, sees the new row but joins it to the rows it had
    found for the old one, so the new holder would come out as nobody.
    """
    rows = Conversation.objects.visible_to(staff).select_for_update(of=("self",))
    return rows.filter(pk=conversation_id).first() or _refuse(staff, conversation_id)


def require_at(conversation: Conversation, staff: Staff, permission: Permission) -> None:
    """Raises NotAllowed unless the permission is held where the conversation is, for the brand it is about."""
    staff.require(
        permission,
        store_id=conversation.store_id,
        department_id=conversation.department_id,
        brand_id=conversation.brand_id,
    )


def is_allowed_at(conversation: Conversation, staff: Staff, permission: Permission) -> bool:
    try:
        require_at(conversation, staff, permission)
    except NotAllowed:
        return False
    else:
        return True


def may_note(conversation: Conversation, staff: Staff) -> bool:
    """Whoever may write notes there; a person who looks after the customer, wherever that is answered; and whom a
    colleague has asked by @mention. The person may see the conversation."""
    if is_allowed_at(conversation, staff, Permission.CONVERSATION_NOTE):
        return True
    if conversation.mentions.filter(staff=staff).exists():
        return True
    return staff.may(Permission.CONVERSATION_NOTE) and is_looked_after_by(conversation, staff)


def is_looked_after_by(conversation: Conversation, staff: Staff) -> bool:
    return Conversation.objects.filter(looked_after_by(staff), pk=conversation.pk).exists()


def require_free(conversation: Conversation, staff: Staff) -> None:
    """Raises HeldByOther when a colleague answers the running exchange, unless the person may assign there.

    The holder of a closed exchange is only remembered and stands in nobody's way.
    """
    holder = conversation.holder
    if holder is None or holder == staff or conversation.state == Conversation.State.CLOSED:
        return
    if not is_allowed_at(conversation, staff, Permission.CONVERSATION_ASSIGN):
        raise HeldByOther(holder)


def _refuse(staff: Staff, which: object) -> NoReturn:
    logger.warning("%s asked for conversation %s, which does not exist or is out of reach", staff.username, which)
    raise NotFound
