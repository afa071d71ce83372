"""Markets, brands, stores, departments and people: who sees which, and who changes what."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from madoguchi.organization.models import Brand, Department, Market, Posting, Staff, Store
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

MARKET = {"name": "日本", "locale": "ja", "time_zone": "Asia/Tokyo", "currency": "jpy"}
BRAND = {"name": "森之光", "sender_name": "森之光 MORI", "mark": "森", "color": "#2F6B4F", "is_active": "on"}


@pytest.fixture
def administrator(world: World) -> Staff:
    return make.staff("administrator", role=BuiltInRole.ADMINISTRATOR, locale="en")


@pytest.fixture
def manager(world: World) -> Staff:
    """Of Aoi's store."""
    return make.staff("manager", role=BuiltInRole.MANAGER, store=world.store, locale="en")


def _png(width: int, height: int) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#2f6b4f").save(file, "PNG")
    return SimpleUploadedFile("icon.png", file.getvalue(), "image/png")


def test_a_person_sees_the_organisation_at_their_places(world: World, sign_in: SignIn) -> None:
    ren = sign_in(world.ren)

    stores, people = ren.get("/organization/stores").content.decode(), ren.get("/organization/staff").content.decode()
    brands = ren.get("/organization/brands").content.decode()

    assert world.other_store.name in stores
    assert world.store.name not in stores
    assert f"<b>{world.ren.display_name} " in people
    assert f"<b>{world.aoi.display_name} " not in people
    assert world.brand.name in brands
    assert world.other_brand.name not in brands  # not sold at their store
    for path in (
        f"stores/{world.store.public_id}",
        f"staff/{world.aoi.public_id}",
        f"brands/{world.other_brand.public_id}",
    ):
        assert ren.get(f"/organization/{path}").status_code == 404


@pytest.mark.parametrize("page", ["brands", "stores", "departments", "staff", "markets"])
def test_without_the_permission_there_is_no_organisation(world: World, sign_in: SignIn, page: str) -> None:
    assert sign_in(world.aoi).get(f"/organization/{page}").status_code == 200
    assert sign_in(make.staff(role=None)).get(f"/organization/{page}").status_code == 403


def test_a_brand_gets_another_name_voice_and_colour(world: World, sign_in: SignIn, administrator: Staff) -> None:
    address = f"/organization/brands/{world.brand.public_id}"

    assert sign_in(administrator).post(address, BRAND | {"sender_name": "x" * 21}).status_code == 422
    assert sign_in(administrator).post(address, BRAND | {"sender_name": "LINE Shop"}).status_code == 422
    assert sign_in(world.aoi).post(address, BRAND | {"name": "other"}).status_code == 403
    world.brand.refresh_from_db()
    assert world.brand.sender_name != BRAND["sender_name"]
    assert world.brand.name == "森之光"

    assert sign_in(administrator).post(address, BRAND).status_code == 302
    world.brand.refresh_from_db()
    assert (world.brand.sender_name, world.brand.color, world.brand.code) == ("森之光 MORI", "#2f6b4f", "mori")


def test_a_brand_is_added_once(world: World, sign_in: SignIn, administrator: Staff, manager: Staff) -> None:
    fields = BRAND | {"code": "new"}

    assert sign_in(manager).post("/organization/brands/new", fields).status_code == 403
    assert not Brand.objects.filter(code="new").exists()
    assert sign_in(administrator).post("/organization/brands/new", fields).status_code == 302
    assert sign_in(administrator).post("/organization/brands/new", fields).status_code == 422
    assert Brand.objects.filter(code="new").count() == 1


def test_a_clock_that_the_form_does_not_offer_stays_when_a_market_is_changed(
    world: World, sign_in: SignIn, administrator: Staff
) -> None:
    Market.objects.filter(pk=world.market.pk).update(time_zone="ROC")
    clock = read(sign_in(administrator).get(f"/organization/markets/{world.market.code}").content).one(
        "select", name="time_zone"
    )

    assert [option.attributes["value"] for option in clock.all("option") if "selected" in option.attributes] == ["ROC"]


def test_a_market_is_added_and_changed_by_those_who_edit_the_whole_company(
    world: World, sign_in: SignIn, administrator: Staff, manager: Staff
) -> None:
    client, new = sign_in(administrator), "/organization/markets/new"
    in_the_market = make.staff(role=BuiltInRole.ADMINISTRATOR, market=world.market)

    for somebody in (manager, world.aoi, in_the_market):
        assert sign_in(somebody).post(new, MARKET | {"code": "jp"}).status_code == 403
    for wrong in ({"locale": "tlh"}, {"time_zone": "Mars/Olympus"}, {"currency": "¥"}, {"name": " "}, {"code": "tw"}):
        assert client.post(new, MARKET | {"code": "jp"} | wrong).status_code == 422
    assert list(Market.objects.all()) == [world.market]

    assert client.post(new, MARKET | {"code": "jp"}).status_code == 302
    japan = Market.objects.get(code="jp")
    assert (japan.name, japan.locale, japan.time_zone, japan.currency) == ("日本", "ja", "Asia/Tokyo", "JPY")

    address = "/organization/markets/jp"
    assert sign_in(in_the_market).post(address, MARKET | {"name": "other"}).status_code == 403
    assert client.post(address, MARKET | {"name": "日本本社", "code": "kr"}).status_code == 302
    japan.refresh_from_db()
    assert (japan.name, japan.code) == ("日本本社", "jp")
    assert "日本本社" in sign_in(world.aoi).get("/organization/markets").content.decode()


@pytest.mark.django_db
def test_a_new_installation_is_led_from_its_first_market_to_its_first_account(sign_in: SignIn) -> None:
    client = sign_in(make.staff("first", role=BuiltInRole.ADMINISTRATOR, locale="en"))

    assert client.get("/organization/stores/new", follow=True).redirect_chain == [("/organization/markets/new", 302)]
    for page, fields in (
        ("markets", MARKET | {"code": "jp"}),
        ("brands", BRAND | {"code": "mori"}),
        ("departments", {"code": "care", "name": "客服中心"}),
    ):
        led = client.get("/accounts/new", follow=True)
        assert led.redirect_chain == [(f"/organization/{page}/new", 302)]
        assert "Before an account can be connected" in led.content.decode()
        assert client.post(f"/organization/{page}/new", fields).status_code == 302

    assert client.get("/accounts/new").status_code == 200
    assert client.get("/organization/stores/new").status_code == 200


def test_an_icon_is_a_square_png(world: World, sign_in: SignIn, administrator: Staff) -> None:
    address, client = f"/organization/brands/{world.brand.public_id}/icon", sign_in(administrator)
    jpeg = io.BytesIO()
    Image.new("RGB", (64, 64)).save(jpeg, "JPEG")
    too_large = SimpleUploadedFile("icon.png", b"\x89PNG" + b"0" * 1_000_001, "image/png")
    for wrong in (_png(64, 63), SimpleUploadedFile("icon.png", jpeg.getvalue(), "image/png"), too_large):
        client.post(address, {"icon": wrong})
        world.brand.refresh_from_db()
        assert bytes(world.brand.icon) == b""

    assert sign_in(world.aoi).post(address, {"icon": _png(64, 64)}).status_code == 403
    world.brand.refresh_from_db()
    assert bytes(world.brand.icon) == b""

    client.post(address, {"icon": _png(64, 64)})
    world.brand.refresh_from_db()
    assert bytes(world.brand.icon).startswith(b"\x89PNG")
    client.post(address)
    world.brand.refresh_from_db()
    assert bytes(world.brand.icon) == b""


def test_a_store_changes_what_it_sells_from_today(world: World, sign_in: SignIn, administrator: Staff) -> None:
    fields = {"name": "信義旗艦店", "kind": "shop", "market": world.market.pk, "brands": [world.other_brand.pk]}
    address = f"/organization/stores/{world.store.public_id}"

    assert sign_in(world.aoi).post(address, fields).status_code == 403
    world.store.refresh_from_db()
    assert world.store.name == "台北信義店"

    assert sign_in(administrator).post(address, fields).status_code == 302
    world.store.refresh_from_db()
    assert (world.store.name, world.store.code) == ("信義旗艦店", "tpe-01")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert dict(world.store.presences.values_list("brand__code", "until")) == {"mori": yesterday, "lune": None}


def test_stores_and_departments_are_added(world: World, sign_in: SignIn, administrator: Staff, manager: Staff) -> None:
    store = {"code": "tnn-01", "name": "台南店", "kind": "counter", "market": world.market.pk}
    department = {"code": "repair", "name": "維修中心"}

    for client in (sign_in(manager), sign_in(world.aoi)):
        assert client.post("/organization/stores/new", store).status_code == 403
        assert client.post("/organization/departments/new", department).status_code == 403
    assert not Store.objects.filter(code="tnn-01").exists()
    assert not Department.objects.filter(code="repair").exists()

    sign_in(administrator).post("/organization/stores/new", store)
    sign_in(administrator).post("/organization/departments/new", department)
    assert Store.objects.get(code="tnn-01").name == "台南店"
    assert sign_in(administrator).post("/organization/departments/repair", {"name": "維修"}).status_code == 302
    assert Department.objects.get(code="repair").name == "維修"


def test_stores_are_found_by_text_market_and_kind(world: World, sign_in: SignIn) -> None:
    make.store("tyo-01", name="銀座店", market=make.market("jp", name="日本", zone="Asia/Tokyo"), kind=Store.Kind.SHOP)
    client = sign_in(world.mio)

    def found(**filters: str) -> set[str]:
        page = client.get("/organization/stores", filters).content.decode()
        return {store.code for store in Store.objects.all() if f"<b>{store.name}</b>" in page}

    assert found() == {"tpe-01", "khh-01", "tyo-01"}
    assert found(q="高雄") == {"khh-01"}
    assert found(market="jp") == {"tyo-01"}
    assert found(kind="counter") == {"tpe-01", "khh-01"}


def _person(**changes: object) -> dict[str, object]:
    return {
        "display_name": "結衣",
        "username": "yui",
        "password": "a long enough sentence",
        "locale": "ja",
        "role": make.built_in_role(BuiltInRole.COUNTER_STAFF).pk,
        "since": timezone.localdate().isoformat(),
    } | changes


def test_somebody_is_added_posted_to_two_stores_and_one_posting_ends(
    world: World, sign_in: SignIn, administrator: Staff
) -> None:
    client = sign_in(administrator)

    client.post("/organization/staff/new", _person(place=f"store-{world.store.pk}"))
    yui = Staff.objects.get(username="yui")
    address = f"/organization/staff/{yui.public_id}"
    client.post(f"{address}/postings", _person(place=f"store-{world.other_store.pk}", brands=[world.brand.pk]))
    assert {posting.store for posting in yui.postings.current()} == {world.store, world.other_store}
    assert sign_in(yui).get("/inbox").status_code == 200

    first = yui.postings.get(store=world.store)
    client.post(f"{address}/postings/{first.pk}/end")
    assert [posting.store for posting in yui.postings.current()] == [world.other_store]
    assert "結衣" in client.get(address).content.decode()


def test_a_new_person_whose_posting_is_refused_is_not_there(world: World, sign_in: SignIn, manager: Staff) -> None:
    client = sign_in(manager)
    everything = make.built_in_role(BuiltInRole.ADMINISTRATOR).pk

    assert client.post("/organization/staff/new", _person(place=f"store-{world.other_store.pk}")).status_code == 422
    assert client.post("/organization/staff/new", _person(place="company")).status_code == 422
    assert (
        client.post("/organization/staff/new", _person(place=f"store-{world.store.pk}", role=everything)).status_code
        == 403
    )
    assert not Staff.objects.filter(username="yui").exists()

    assert client.post("/organization/staff/new", _person(place=f"store-{world.store.pk}")).status_code == 302
    assert Staff.objects.get(username="yui").postings.get().store == world.store


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("", {"display_name": "other"}),
        ("/postings", {}),
        ("/postings/{posting}/end", {}),
        ("/activity", {"active": "no"}),
        ("/password", {"password": "another long sentence"}),
    ],
)
def test_without_the_permission_nothing_of_a_person_changes(
    world: World, sign_in: SignIn, path: str, fields: dict[str, str]
) -> None:
    colleague = make.staff("colleague", store=world.store)
    posting = colleague.postings.get()
    path = f"/organization/staff/{colleague.public_id}" + path.format(posting=posting.pk)

    answer = sign_in(world.aoi).post(path, fields)

    after = make.fresh(colleague)
    assert answer.status_code == 403
    assert (after.display_name, after.is_active, after.password) == (
        colleague.display_name, True, colleague.password,
    )  # fmt: skip
    assert list(Posting.objects.filter(staff=colleague, until=None)) == [posting]


def test_a_manager_looks_after_their_own_people_only(world: World, sign_in: SignIn, manager: Staff) -> None:
    client = sign_in(manager)
    own, other = (f"/organization/staff/{staff.public_id}" for staff in (world.aoi, world.ren))

    client.post(f"{own}/password", {"password": "another long sentence"})
    client.post(f"{own}/activity", {"active": "no"})
    refused = client.post(f"{other}/password", {"password": "another long sentence"})

    aoi, ren = make.fresh(world.aoi), make.fresh(world.ren)
    assert (aoi.is_active, aoi.check_password("another long sentence")) == (False, True)
    assert refused.status_code == 404
    assert ren.check_password(make.PASSWORD)


def test_another_persons_posting_cannot_be_ended_through_ones_own_people(
    world: World, sign_in: SignIn, administrator: Staff
) -> None:
    posting = world.ren.postings.get()

    answer = sign_in(administrator).post(f"/organization/staff/{world.aoi.public_id}/postings/{posting.pk}/end")

    assert answer.status_code == 404
    posting.refresh_from_db()
    assert posting.until is None


def test_nobody_locks_themselves_out(world: World, sign_in: SignIn, administrator: Staff) -> None:
    sign_in(administrator).post(f"/organization/staff/{administrator.public_id}/activity", {"active": "no"})

    assert make.fresh(administrator).is_active


def test_people_are_found_by_name_role_and_place(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.mio)

    def found(**filters: str) -> set[str]:
        page = client.get("/organization/staff", filters).content.decode()
        return {staff.username for staff in Staff.objects.all() if f"<small>{staff.username}</small></b>" in page}

    assert found() == {"aoi", "ren", "mio"}
    assert found(q="葵") == {"aoi"}
    assert found(role="customer_service") == {"mio"}
    assert found(store=world.other_store.public_id) == {"ren"}
    assert found(active="no") == set()


@pytest.mark.parametrize("page", ["brands", "stores", "departments", "staff", "markets"])
def test_a_list_costs_the_same_for_many(
    world: World, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries, page: str
) -> None:
    for number in range(10):
        store = make.store(name=f"店{number}", brands=[make.brand(), world.brand])
        make.staff(store=store)
        make.department()
        make.market(f"m{number}")
    client = sign_in(world.mio)

    with django_assert_max_num_queries(14):
        client.get(f"/organization/{page}")
