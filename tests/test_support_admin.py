"""The support admin shows rows to the people who run the installation: nothing can be changed, nothing secret is shown."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from madoguchi.channels.models import Contact, OutboundMessage, ReplyToken
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.intake.models import RawEvent
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.make import World

OURS = [model for model in admin.site._registry if model.__module__.startswith("madoguchi.")]


@pytest.fixture
def client_of_root(world: World) -> Client:
    client = Client()
    client.force_login(make.staff("root", role=None, is_superuser=True), "django.contrib.auth.backends.ModelBackend")
    return client


def _everything(world: World) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)
    OutboundMessage.objects.create(
        account=world.account, contact=world.contact, thread=1, messages=[], reply_token="a-reply-token"
    )
    ReplyToken.objects.create(
        contact=world.contact, token="another-reply-token", expires_at=world.conversation.opened_at
    )
    RawEvent.objects.create(account=world.account, event_id="01H", payload={})


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_rows_can_be_read_and_never_changed(world: World, client_of_root: Client, model: type) -> None:
    _everything(world)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"  # type: ignore[attr-defined]  # a model
    row = model._default_manager.first()  # type: ignore[attr-defined]  # a model

    pages = [client_of_root.get(reverse(f"{name}_changelist"))]
    if row is not None:
        pages.append(client_of_root.get(reverse(f"{name}_change", args=[row.pk])))

    for page in pages:
        assert page.status_code == 200
        for secret in (world.account.channel_secret, world.account.access_token, "reply-token", world.aoi.password):
            assert secret not in page.content.decode()
    assert client_of_root.get(reverse(f"{name}_add")).status_code == 403
    if row is not None:
        assert client_of_root.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
        assert client_of_root.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_what_is_looked_for_is_found_by_its_whole_name(world: World, client_of_root: Client) -> None:
    page = client_of_root.get(reverse("admin:channels_contact_changelist"), {"q": world.contact.external_id})
    assert "陳美玲" in page.content.decode()

    page = client_of_root.get(reverse("admin:channels_contact_changelist"), {"q": world.contact.external_id[:-1]})
    assert "陳美玲" not in page.content.decode()
    assert Contact.objects.exists()


def test_only_who_holds_the_permission_everywhere_may_enter(world: World) -> None:
    everywhere = make.staff(role=BuiltInRole.ADMINISTRATOR)
    at_a_store = make.staff(role=BuiltInRole.ADMINISTRATOR, store=world.store)
    of_a_brand = make.staff(role=BuiltInRole.ADMINISTRATOR, brands=[world.brand])

    for staff, status in ((everywhere, 200), (at_a_store, 302), (of_a_brand, 302), (world.aoi, 302), (world.mio, 302)):
        client = Client()
        client.force_login(staff, "django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse("admin:index")).status_code == status, staff
        assert client.get(reverse("admin:channels_account_changelist")).status_code == status, staff


def test_rights_come_from_postings_and_not_from_djangos_groups() -> None:
    assert {model.__name__ for model in admin.site._registry}.isdisjoint({"Group", "User", "Permission"})


def test_there_is_one_way_to_sign_in(world: World) -> None:
    answer = Client().get(reverse("admin:login"), {"next": reverse("admin:channels_account_changelist")})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=/support/channels/account/")


def test_the_content_policy_is_relaxed_for_these_pages_only(world: World, client_of_root: Client) -> None:
    assert "'unsafe-eval'" in client_of_root.get(reverse("admin:index"))["Content-Security-Policy"]
    assert "unsafe" not in client_of_root.get("/inbox")["Content-Security-Policy"]
