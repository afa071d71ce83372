"""Markets, brands, stores and departments: adding them and changing what is said about them.

``by`` needs ``organization:edit``: for a store or department there, for a brand wherever that brand is, for anything new
in the whole company (a store: in its market). A market is the whole company's in any case: clocks and languages hang on it.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.coordinates import Coordinates
from madoguchi.organization.errors import BadBrand, BadIcon, BadMarket, CodeTaken, NameMissing
from madoguchi.organization.models import Brand, BrandPresence, Department, Market, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Place

ICON_BYTES_MAX = 1_000_000
"""LINE: sender.iconUrl, PNG, 1:1, at most 1 MB (developers.line.biz, icon-nickname-switch)."""
ICON_PIXELS_MAX = 2_048
Row = TypeVar("Row", Brand, Store, Department, Market)
_COLOR = re.compile(r"#[0-9a-f]{6}")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFields:
    name: str
    locale: str
    """One of settings.LANGUAGES: in it customers are spoken to whose own language is not known."""
    time_zone: str
    """As the tz database names it: Asia/Taipei."""
    currency: str
    """ISO 4217."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandFields:
    name: str
    sender_name: str
    """At most 20 characters; LINE refuses its own name in it."""
    mark: str
    color: str
    category: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFields:
    name: str
    kind: Store.Kind
    market: Market
    region: str = ""
    address: str = ""
    phone: str = ""
    coordinates: Coordinates | None = None
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None


@transaction.atomic
def save_market(*, by: Staff, market: Market | None, fields: MarketFields, code: str = "") -> Market:
    """``code`` only for a new one. Raises NotAllowed, BadMarket, NameMissing, CodeTaken."""
    _require(by, Place())
    currency = fields.currency.upper()
    if fields.locale not in dict(settings.LANGUAGES) or fields.time_zone not in available_timezones():
        raise BadMarket
    if not _CURRENCY.fullmatch(currency):
        raise BadMarket
    return _save(market or Market(code=code), _values(fields) | {"currency": currency})


@transaction.atomic
def save_brand(*, by: Staff, brand: Brand | None, fields: BrandFields, code: str = "") -> Brand:
    """``code`` only for a new one. Raises NotAllowed, BadBrand, NameMissing, CodeTaken."""
    _require(by, Place(brands=frozenset({brand.pk}) if brand else None))
    color = fields.color.lower()
    if not _COLOR.fullmatch(color) or not 1 <= len(fields.mark.strip()) <= 2:
        raise BadBrand
    if not 1 <= len(fields.sender_name.strip()) <= 20 or "line" in fields.sender_name.casefold().split():
        raise BadBrand
    brand = brand or Brand(code=code)
    return _save(brand, _values(fields) | {"color": color})


@transaction.atomic
def set_icon(*, by: Staff, brand: Brand, png: bytes) -> Brand:
    """Empty: drawn from mark and colour again. Raises NotAllowed, BadIcon."""
    _require(by, Place(brands=frozenset({brand.pk})))
    if png:
        _require_icon(png)
    brand.icon = png
    brand.save(update_fields=["icon"])
    return brand


@transaction.atomic
def save_store(
    *, by: Staff, store: Store | None, fields: StoreFields, brands: Collection[Brand], code: str = ""
) -> Store:
    """``brands`` are those sold there from today on. Raises NotAllowed, NameMissing, CodeTaken."""
    if store:
        _require(by, Place(store_id=store.pk))
    if store is None or store.market_id != fields.market.pk:
        _require(by, _anywhere_in(fields.market))
    store = _save(store or Store(code=code), _values(fields))
    _set_brands(store, brands)
    return store


@transaction.atomic
def save_department(
    *, by: Staff, department: Department | None, name: str, market: Market | None, code: str = ""
) -> Department:
    """Raises NotAllowed, NameMissing, CodeTaken."""
    if department:
        _require(by, Place(department_id=department.pk))
    else:
        _require(by, _anywhere_in(market) if market else Place())
    return _save(department or Department(code=code), {"name": name, "market": market})


def may_edit(by: Staff, row: Market | Brand | Store | Department) -> bool:
    """Whether ``save_…`` would let this person change the row."""
    if isinstance(row, Market):
        place = Place()
    elif isinstance(row, Brand):
        place = Place(brands=frozenset({row.pk}))
    elif isinstance(row, Store):
        place = Place(store_id=row.pk)
    else:
        place = Place(department_id=row.pk)
    return by.reach(Permission.ORGANIZATION_EDIT).contains(place)


def _require(by: Staff, place: Place) -> None:
    if not by.reach(Permission.ORGANIZATION_EDIT).contains(place):
        raise NotAllowed


def _anywhere_in(market: Market) -> Place:
    return Place(market_id=market.pk)


def _values(fields: MarketFields | BrandFields | StoreFields) -> dict[str, Any]:
    return {field.name: getattr(fields, field.name) for field in fields_of(fields)}


def _save(row: Row, values: Mapping[str, object]) -> Row:
    for name, value in values.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if not row.name:
        raise NameMissing
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise CodeTaken from None
    return row


def _set_brands(store: Store, brands: Collection[Brand]) -> None:
    """Presences end yesterday and begin today; one that would not have lasted a day is removed."""
    today = timezone.localdate()
    wanted = {brand.pk for brand in brands}
    present = list(store.presences.filter(since__lte=today).exclude(until__lt=today))
    for presence in present:
        if presence.brand_id in wanted:
            wanted.discard(presence.brand_id)
        elif presence.since == today:
            presence.delete()
        else:
            presence.until = today - dt.timedelta(days=1)
            presence.save(update_fields=["until"])
    BrandPresence.objects.bulk_create(BrandPresence(brand_id=pk, store=store, since=today) for pk in sorted(wanted))


def _require_icon(png: bytes) -> None:
    if len(png) > ICON_BYTES_MAX:
        raise BadIcon
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            width, height = image.size
            if width != height or width > ICON_PIXELS_MAX:
                raise BadIcon
            image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise BadIcon from None
