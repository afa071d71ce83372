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
    BINDING_CONFIGURE = "binding:configure"
    BINDING_EDIT = "binding:edit"
    BINDING_HOLD = "binding:hold"
    BINDING_OWN = "binding:own"
    """Take on a customer oneself, by hand, within the market's rule for a second scan."""
    BINDING_READ = "binding:read"
    CONVERSATION_ASSIGN = "conversation:assign"
    CONVERSATION_BEGIN = "conversation:begin"
    CONVERSATION_CLOSE = "conversation:close"
    CONVERSATION_HAND_OVER = "conversation:hand_over"
    CONVERSATION_NOTE = "conversation:note"
    CONVERSATION_READ = "conversation:read"
    CONVERSATION_REPLY = "conversation:reply"
    CONVERSATION_TAKE_OVER = "conversation:take_over"
    DUTY_EDIT = "duty:edit"
    EVENT_READ = "event:read"
    EVENT_RETRY = "event:retry"
    MEMBER_EDIT = "member:edit"
    MEMBER_READ = "member:read"
    MENU_EDIT = "menu:edit"
    MENU_PUBLISH = "menu:publish"
    MENU_READ = "menu:read"
    ORGANIZATION_EDIT = "organization:edit"
    ORGANIZATION_READ = "organization:read"
    PHRASE_EDIT = "phrase:edit"
    ROUTING_EDIT = "routing:edit"
    ROUTING_READ = "routing:read"
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
    BuiltInRole.COUNTER_STAFF: (_SERVES_CUSTOMERS - {_P.MEMBER_EDIT}) | {_P.BINDING_HOLD, _P.BINDING_OWN},
    BuiltInRole.SALESPERSON: _SERVES_CUSTOMERS | {_P.BINDING_HOLD, _P.BINDING_OWN},
    BuiltInRole.CUSTOMER_SERVICE: _SERVES_CUSTOMERS
    | {_P.ACCOUNT_READ, _P.BINDING_READ, _P.CONVERSATION_ASSIGN, _P.CONVERSATION_BEGIN, _P.ROUTING_READ},
    BuiltInRole.BACK_OFFICE: (_SERVES_CUSTOMERS - {_P.MEMBER_EDIT}) | {_P.CONVERSATION_BEGIN},
    BuiltInRole.MARKETER: frozenset(
        {
            _P.ACCOUNT_READ,
            _P.BINDING_READ,
            _P.CONVERSATION_READ,
            _P.MEMBER_READ,
            _P.MENU_EDIT,
            _P.MENU_PUBLISH,
            _P.MENU_READ,
            _P.ORGANIZATION_READ,
            _P.PHRASE_EDIT,
        }
    ),
    BuiltInRole.MANAGER: _SERVES_CUSTOMERS
    | {
        _P.ACCOUNT_READ,
        _P.BINDING_CONFIGURE,
        _P.BINDING_EDIT,
        _P.BINDING_HOLD,
        _P.BINDING_OWN,
        _P.BINDING_READ,
        _P.CONVERSATION_ASSIGN,
        _P.CONVERSATION_BEGIN,
        _P.DUTY_EDIT,
        _P.EVENT_READ,
        _P.MENU_READ,
        _P.PHRASE_EDIT,
        _P.ROUTING_READ,
        _P.STAFF_EDIT,
    },
    BuiltInRole.ADMINISTRATOR: frozenset(Permission),
}
