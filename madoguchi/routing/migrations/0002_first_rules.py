"""The two rules that every installation begins with."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("routing", "Rule")
    for position, kind in ((10, "bound_person"), (20, "bound_store")):
        rule.objects.create(position=position, kind=kind)


class Migration(migrations.Migration):
    dependencies = [("routing", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
