"""A customer uses a code."""

from __future__ import annotations

import datetime as dt

from madoguchi.bindings.actions.use_code import use_code
from madoguchi.bindings.models import Binding, Code, Scan, Way
from madoguchi.channels.models import Account
from madoguchi.conversations.models import Conversation
from madoguchi.members.models import Member


def scan(
    conversation: Conversation,
    code: Code | str,
    *,
    account: Account | None = None,
    way: Way = Way.LIFF,
    now: dt.datetime | None = None,
) -> Scan:
    """By the customer of this conversation."""
    return use_code(
        token=code if isinstance(code, str) else code.token,
        account_id=(account or conversation.contact.account).pk,
        contact_id=conversation.contact_id,
        member_id=conversation.member_id,
        way=way,
        now=now,
    )


def current(member: Member) -> list[Binding]:
    return list(Binding.objects.filter(member=member).current().order_by("pk"))
