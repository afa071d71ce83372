"""What the built-in roles may do with bindings, rosters, routing and menus; roles that a company made stay as they are."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_ADMINISTRATOR = (
    "binding:configure", "binding:edit", "binding:hold", "binding:read", "conversation:begin", "duty:edit", "menu:edit",
    "menu:publish", "menu:read", "routing:edit", "routing:read",
)  # fmt: skip
ADDED = {
    "counter_staff": ("binding:hold",),
    "salesperson": ("binding:hold",),
    "customer_service": ("binding:read", "conversation:begin", "routing:read"),
    "back_office": ("conversation:begin",),
    "marketer": ("binding:read", "menu:edit", "menu:publish", "menu:read"),
    "manager": tuple(sorted(set(_ADMINISTRATOR) - {"menu:edit", "menu:publish", "routing:edit"})),
    "administrator": _ADMINISTRATOR,
}


def add(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for role in apps.get_model("organization", "Role").objects.filter(code__in=ADDED):
        role.permissions = sorted({*role.permissions, *ADDED[role.code]})
        role.save(update_fields=["permissions"])


def remove(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for role in apps.get_model("organization", "Role").objects.filter(code__in=ADDED):
        role.permissions = sorted({*role.permissions} - {*ADDED[role.code]})
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("organization", "0002_built_in_roles")]
    operations = [migrations.RunPython(add, remove)]
