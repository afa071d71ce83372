"""A new installation begins with the seven built-in roles; a company changes or adds to them later."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.organization.permissions import BUILT_IN_PERMISSIONS


def create(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    role = apps.get_model("organization", "Role")
    for code, permissions in BUILT_IN_PERMISSIONS.items():
        role.objects.get_or_create(code=code.value, defaults={"permissions": sorted(p.value for p in permissions)})


class Migration(migrations.Migration):
    dependencies = [("organization", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
