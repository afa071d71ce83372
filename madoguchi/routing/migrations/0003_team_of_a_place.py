"""A place knows its team by name; nothing changes in the database."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0003_roles_for_bindings_routing_menus"),
        ("routing", "0002_first_rules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="team",
            name="department",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="team",
                to="organization.department",
            ),
        ),
        migrations.AlterField(
            model_name="team",
            name="store",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="team",
                to="organization.store",
            ),
        ),
    ]
