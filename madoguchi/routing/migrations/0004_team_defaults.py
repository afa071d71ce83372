import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organization", "0003_roles_for_bindings_routing_menus"), ("routing", "0003_team_of_a_place")]

    operations = [
        migrations.RemoveConstraint(model_name="team", name="team_one_place"),
        migrations.AddField(
            model_name="team",
            name="market",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="team",
                to="organization.market",
            ),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("department__isnull", True), ("store__isnull", True)),
                    models.Q(("market__isnull", True), ("store__isnull", True)),
                    models.Q(("department__isnull", True), ("market__isnull", True)),
                    _connector="OR",
                ),
                name="team_at_one_place_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.UniqueConstraint(
                fields=("store", "department", "market"), name="team_once_at_a_place", nulls_distinct=False
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="choice",
            field=models.CharField(
                choices=[
                    ("bound", "the customer's own person"),
                    ("last", "answered this customer last"),
                    ("round_robin", "next in turn"),
                    ("least_loaded", "fewest open conversations"),
                    ("all_full", "everybody on duty is full"),
                    ("nobody_on_duty", "nobody is on duty"),
                    ("nobody_else", "nobody is on duty who has not had it"),
                    ("nobody_chosen", "the team takes conversations itself"),
                ],
                max_length=14,
            ),
        ),
    ]
