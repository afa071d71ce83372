from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("organization", "0003_roles_for_bindings_routing_menus")]
    operations = [
        migrations.AddField("store", "latitude", models.FloatField(blank=True, null=True)),
        migrations.AddField("store", "longitude", models.FloatField(blank=True, null=True)),
        migrations.AddConstraint(
            "store",
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="store_coordinates_on_earth",
            ),
        ),
    ]
