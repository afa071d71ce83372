"""Whoever holds customers in a built-in role may take them on by hand; roles that a company made stay as they are."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = ("counter_staff", "salesperson", "manager", "administrator")
ADDED = "binding:own"


def add(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for role in apps.get_model("organization", "Role").objects.filter(code__in=ROLES):
        role.permissions = sorted({*role.permissions, ADDED})
        role.save(update_fields=["permissions"])


def remove(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for role in apps.get_model("organization", "Role").objects.filter(code__in=ROLES):
        role.permissions = sorted({*role.permissions} - {ADDED})
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("organization", "0004_store_coordinates")]
    operations = [migrations.RunPython(add, remove)]
