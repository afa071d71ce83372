"""Everything a person can be allowed to do, and the roles a new installation begins with.

A permission is ``resource:action``. Roles are sets of them, kept in the database, so that a company can make its own;
the built-in ones below are only the beginning.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    ACCOUNT_CONFIGURE = "account:configure"
    ACCOUNT_READ = "account:read"
    CONVERSATION_ASSIGN = "conversation:assign"
    CONVERSATION_CLOSE = "conversation:close"
    CONVERSATION_HAND_OVER = "conversation:hand_over"
    CONVERSATION_NOTE = "conversation:note"
    CONVERSATION_READ = "conversation:read"
    CONVERSATION_REPLY = "conversation:reply"
    CONVERSATION_TAKE_OVER = "conversation:take_over"
    EVENT_READ = "event:read"
    EVENT_RETRY = "event:retry"
    MEMBER_EDIT = "member:edit"
    MEMBER_READ = "member:read"
    ORGANIZATION_EDIT = "organization:edit"
    ORGANIZATION_READ = "organization:read"
    PHRASE_EDIT = "phrase:edit"
    STAFF_EDIT = "staff:edit"
    SUPPORT_ADMIN = "support:admin"


class BuiltInRole(models.TextChoices):
    COUNTER_STAFF = "counter_staff", _("Counter staff")
    SALESPERSON = "salesperson", _("Salesperson")
    CUSTOMER_SERVICE = "customer_service", _("Customer service")
    BACK_OFFICE = "back_office", _("Back office")
    MARKETER = "marketer", _("Marketer")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")


_P = Permission
_SERVES_CUSTOMERS = frozenset(
    {
        _P.CONVERSATION_CLOSE,
        _P.CONVERSATION_HAND_OVER,
        _P.CONVERSATION_NOTE,
        _P.CONVERSATION_READ,
        _P.CONVERSATION_REPLY,
        _P.CONVERSATION_TAKE_OVER,
        _P.MEMBER_EDIT,
        _P.MEMBER_READ,
        _P.ORGANIZATION_READ,
    }
)
BUILT_IN_PERMISSIONS: dict[BuiltInRole, frozenset[Permission]] = {
    BuiltInRole.COUNTER_STAFF: _SERVES_CUSTOMERS - {_P.MEMBER_EDIT},
    BuiltInRole.SALESPERSON: _SERVES_CUSTOMERS,
    BuiltInRole.CUSTOMER_SERVICE: _SERVES_CUSTOMERS | {_P.CONVERSATION_ASSIGN, _P.ACCOUNT_READ},
    BuiltInRole.BACK_OFFICE: _SERVES_CUSTOMERS - {_P.MEMBER_EDIT},
    BuiltInRole.MARKETER: frozenset(
        {_P.ACCOUNT_READ, _P.CONVERSATION_READ, _P.MEMBER_READ, _P.ORGANIZATION_READ, _P.PHRASE_EDIT}
    ),
    BuiltInRole.MANAGER: _SERVES_CUSTOMERS
    | {_P.ACCOUNT_READ, _P.CONVERSATION_ASSIGN, _P.PHRASE_EDIT, _P.STAFF_EDIT, _P.EVENT_READ},
    BuiltInRole.ADMINISTRATOR: frozenset(Permission),
}
