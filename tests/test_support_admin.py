"""The support admin shows rows to the people who run the installation: nothing can be changed, nothing secret is shown."""

import datetime as dt

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from madoguchi.alerts.models import ServerKey, Subscription
from madoguchi.bindings.models import Departure, Offer
from madoguchi.channels.models import Contact, Media, OutboundMessage, ReplyToken
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import QuickPhrase
from madoguchi.duty.models import DayException, Leave
from madoguchi.intake.models import RawEvent, Rejection
from madoguchi.menus import drafts
from madoguchi.menus.models import MemberMenu, Publication, RichMenu, Step, Tap
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from madoguchi.routing.models import AwayReply, Cover, Decision, Skill
from tests import make
from tests.bindings.using import scan
from tests.make import World

OURS = [model for model in admin.site._registry if model.__module__.startswith("madoguchi.")]


@pytest.fixture
def root(world: World) -> Staff:
    return make.staff("root", role=None, is_superuser=True)


@pytest.fixture
def client_of_root(root: Staff) -> Client:
    client = Client()
    client.force_login(root, "django.contrib.auth.backends.ModelBackend")
    return client


def _everything(world: World, root: Staff) -> None:
    """At least one row of each model that has a page."""
    _chats(world)
    _people_and_places(world, root)
    _menus(world, root)


def _chats(world: World) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)
    OutboundMessage.objects.create(
        account=world.account, contact=world.contact, thread=1, messages=[], reply_token="a-reply-token"
    )
    ReplyToken.objects.create(
        contact=world.contact, token="another-reply-token", expires_at=world.conversation.opened_at
    )
    RawEvent.objects.create(account=world.account, event_id="01H", payload={})
    Rejection.objects.create(account=world.account, reason=Rejection.Reason.NO_SIGNATURE, day=timezone.localdate())
    Media.objects.create(account=world.account, thread=1, kind=Media.Kind.IMAGE)
    QuickPhrase.objects.create(title="您好", text="您好！")


def _people_and_places(world: World, root: Staff) -> None:
    now, today = timezone.now(), timezone.localdate()
    code = make.code(world.account, world.aoi, store=world.store)
    binding = scan(world.conversation, code).binding
    assert binding is not None
    departure = Departure.objects.create(
        staff=world.aoi, kind=Departure.Kind.EXIT, rule="store", leaves_on=today, by=root
    )
    Offer.objects.create(binding=binding, departure=departure, cause=Offer.Cause.EXIT, silence_accepts=True)
    make.policy(world.market)
    make.seat(world.aoi)
    make.shift(world.aoi, now, now + dt.timedelta(hours=8), at=world.store)
    Leave.objects.create(staff=world.aoi, starts_at=now, ends_at=now + dt.timedelta(days=3), by=root)
    make.opening_hours(world.store, days="0")
    DayException.objects.create(store=world.store, on=today)
    make.rule(to=world.store)
    make.team(world.store)
    Skill.objects.create(code="repair", name="維修")
    AwayReply.objects.create(locale="zh-hant", text="我們明天回覆您")
    Cover.objects.create(
        conversation=world.conversation, binding=binding, owner=world.aoi, reason=Cover.Reason.OFF_DUTY
    )
    Decision.objects.create(
        conversation=world.conversation, exchange_number=1, outcome=Decision.Outcome.ASSIGNED, at=now,
        reason=Decision.Reason.BOUND_PERSON, choice=Decision.Choice.BOUND, holder=world.aoi,
    )  # fmt: skip
    Subscription.objects.create(
        staff=world.aoi, endpoint="https://push.example.com/an-endpoint", p256dh="a-browsers-key", auth="an-auth-secret"
    )
    ServerKey.objects.create(private_key="a-private-key", public_key="a-public-key")


def _menus(world: World, root: Staff) -> None:
    version = drafts.begin(by=root, account=world.account)
    publication = Publication.objects.create(menu=version.menu, version=version, by=root)
    Step.objects.create(publication=publication, position=1, kind=Step.Kind.CREATE)
    rich_menu = RichMenu.objects.create(account=world.account, content_hash="0" * 64)
    MemberMenu.objects.create(contact=world.contact, account=world.account, wanted=rich_menu)
    Tap.objects.create(account=world.account, contact=world.contact, key="talk", at=timezone.now())


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_rows_can_be_read_and_never_changed(world: World, root: Staff, client_of_root: Client, model: type) -> None:
    _everything(world, root)
    secrets = (
        world.account.channel_secret, world.account.access_token, "reply-token", world.aoi.password,
        "an-endpoint", "a-browsers-key", "an-auth-secret", "a-private-key",
    )  # fmt: skip
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"  # type: ignore[attr-defined]  # a model
    row = model._default_manager.first()  # type: ignore[attr-defined]  # a model

    for address in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])):
        page = client_of_root.get(address)
        assert page.status_code == 200
        assert [secret for secret in secrets if secret in page.content.decode()] == []
    assert client_of_root.get(reverse(f"{name}_add")).status_code == 403
    assert client_of_root.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
    assert client_of_root.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()  # type: ignore[attr-defined]  # a model


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
