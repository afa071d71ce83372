import uuid

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.alerts.models import Subscription
from madoguchi.alerts.subjects import Subject
from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.alerting import thread_path
from madoguchi.organization.models import Staff
from tests.make import World

pytestmark = pytest.mark.django_db


def on_a_phone(staff: Staff) -> Subscription:
    return Subscription.objects.create(staff=staff, endpoint=f"https://push.example.com/{staff.pk}", p256dh="", auth="")


def test_the_path_is_the_console_s(world: World) -> None:
    assert thread_path(world.conversation) == reverse("conversation", args=[world.conversation.public_id])


def test_whoever_is_mentioned_hears_of_it_on_the_phone_but_not_of_what_they_wrote_themselves(world: World) -> None:
    on_a_phone(world.aoi)
    on_a_phone(world.mio)

    add_note(
        conversation_id=world.conversation.pk,
        staff=world.aoi,
        client_key=uuid.uuid4(),
        text="@澪 @葵 看一下",
        mentioned=[world.mio, world.aoi],
    )

    told = ProcrastinateJob.objects.get(task_name="madoguchi.alerts.tasks.deliver").args
    assert told["staff_ids"] == [world.mio.pk]
    assert told["subject"] == Subject.MENTIONED
    assert told["name"] == "陳美玲"
    assert "看一下" not in str(told)
