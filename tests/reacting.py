"""What was announced inside a test's transaction is reacted to when the test says so."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.kit.announce import REACT
from madoguchi.reactions.tasks import react


def react_to_all() -> list[str]:
    """Run the waiting reactions, and those that they announce themselves. Returns the names, in their order."""
    names = []
    while waiting := list(ProcrastinateJob.objects.filter(task_name=REACT, status="todo").order_by("id")):
        for job in waiting:
            names.append(job.args["name"])
            react(**job.args)
        _forget([job.pk for job in waiting])
    return names


def announced() -> list[str]:
    """The names of what waits to be reacted to."""
    rows = ProcrastinateJob.objects.filter(task_name=REACT, status="todo").order_by("id")
    return [job.args["name"] for job in rows]


def _forget(job_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY (%s)", [job_ids])
