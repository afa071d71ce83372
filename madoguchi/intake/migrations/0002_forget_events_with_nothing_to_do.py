"""The index by which handled events are pruned now has those as well of which nothing followed."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the consumer goes on meanwhile

    dependencies = [
        ("intake", "0001_initial"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="rawevent",
            index=models.Index(
                condition=models.Q(("state__in", ["done", "kept"])), fields=["handled_at"], name="raw_event_handled"
            ),
        ),
        RemoveIndexConcurrently(model_name="rawevent", name="raw_event_done"),
    ]
