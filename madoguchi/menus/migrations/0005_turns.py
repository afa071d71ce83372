import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("menus", "0004_customers_without_looked_up_keys")]
    operations = [
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("variant_code", models.CharField(max_length=8)),
                ("from_position", models.PositiveSmallIntegerField()),
                ("to_position", models.PositiveSmallIntegerField()),
                ("is_shown", models.BooleanField()),
                ("event", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="channels.account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="channels.contact",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "at"], name="turn_by_account")],
            },
        ),
    ]
