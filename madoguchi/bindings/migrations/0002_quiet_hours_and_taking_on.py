"""The night waits, and customers may be taken on by hand."""

import datetime as dt

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bindings", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="quiet_from",
            field=models.TimeField(blank=True, default=dt.time(21, 0), null=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="quiet_until",
            field=models.TimeField(blank=True, default=dt.time(9, 0), null=True),
        ),
        migrations.AlterField(
            model_name="offer",
            name="cause",
            field=models.CharField(
                choices=[
                    ("second_scan", "Scanned another person's code"),
                    ("by_hand", "A colleague wants to look after them"),
                    ("exit", "The person leaves"),
                    ("transfer", "The person moves to another store"),
                ],
                max_length=11,
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                    models.Q(
                        ("quiet_from__isnull", False),
                        ("quiet_until__isnull", False),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="policy_quiet_hours_begin_and_end",
            ),
        ),
    ]
