"""The rows of the fictional company: brands, stores, departments, staff, account, phrases."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from madoguchi.channels.models import Account, Provider
from madoguchi.conversations.models import QuickPhrase
from madoguchi.kit import public_id
from madoguchi.members.models import Tag
from madoguchi.organization.models import Brand, BrandPresence, Department, Market, Posting, Role, Staff, Store
from madoguchi.organization.permissions import BUILT_IN_PERMISSIONS, Permission
from madoguchi.sandbox.scenario import places
from madoguchi.sandbox.scenario.accounts import ACCOUNTS, PROVIDER
from madoguchi.sandbox.scenario.brands import BRANDS
from madoguchi.sandbox.scenario.people import Names, StaffSpec, staff_plan
from madoguchi.sandbox.scenario.phrases import PHRASES, TAGS


def new_public_id(dice: random.Random) -> str:
    """Like ``kit.public_id``, but the same in every load. Nothing in the demo is opened by knowing an id."""
    return "".join(dice.choices("23456789abcdefghjkmnpqrstuvwxyz", k=public_id.LENGTH))


@dataclass(slots=True)
class Organisation:
    """What the history needs to know of the company, by code."""

    today: dt.date
    markets: dict[str, Market] = field(default_factory=dict)
    brands: dict[str, Brand] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    store_brands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    floors: dict[str, str] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    specs: list[StaffSpec] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    teams: dict[tuple[str, str], list[Staff]] = field(default_factory=dict)
    """(place, brand) → who may answer there today; brand "" for those whom no brand limits."""

    def team(self, place: Store | Department, brand: Brand) -> list[Staff]:
        """Who answers for a brand at a place. Managers could, but have other work."""
        return self.teams.get((place.code, ""), []) + self.teams.get((place.code, brand.code), [])


def create(*, today: dt.date, dice: random.Random, password: str, sandbox_url: str) -> Organisation:
    """Write all rows; about fifty statements. Inside the caller's transaction."""
    company = Organisation(today)
    for code, name, locale, zone, currency in places.MARKETS:
        company.markets[code] = Market.objects.create(
            code=code, name=name, locale=locale, time_zone=zone, currency=currency
        )
    company.brands = {
        spec.code: Brand(
            public_id=new_public_id(dice),
            code=spec.code,
            name=spec.name,
            sender_name=spec.sender_name,
            category=spec.category,
            mark=spec.mark,
            color=spec.color,
        )
        for spec in BRANDS
    }
    Brand.objects.bulk_create(company.brands.values())
    for code, name, market in places.DEPARTMENTS:
        company.departments[code] = Department.objects.create(
            code=code, name=name, market=company.markets[market] if market else None
        )
    _create_stores(company, dice)
    _create_staff(company, dice, password)
    _create_accounts(company, dice, sandbox_url)
    company.tags = {name: Tag(name=name) for name in TAGS}
    Tag.objects.bulk_create(company.tags.values())
    _create_phrases(company)
    return company


def _create_stores(company: Organisation, dice: random.Random) -> None:
    concepts = {concept.code: concept for concept in places.CONCEPTS}
    taiwan = company.markets["tw"]

    def add(code: str, brands: tuple[str, ...], floor: str = "", **fields: object) -> None:
        company.stores[code] = Store(code=code, public_id=new_public_id(dice), **fields)
        company.store_brands[code], company.floors[code] = brands, floor

    for branch in places.BRANCHES:
        for concept in (concepts[code] for code in branch.concepts.split()):
            add(
                f"{branch.code}-{concept.code}", concept.brands, concept.floor,
                name=f"{branch.name} {concept.name}", kind=Store.Kind.COUNTER, market=taiwan, region=branch.region,
                address=f"{branch.address} {concept.floor}（{branch.host}）",
                phone=f"+8862550{dice.randrange(10000):04d}", coordinates=places.COORDINATES[branch.code],
                opened_on=company.today - dt.timedelta(days=dice.randrange(800, 3600)),
            )  # fmt: skip
    abroad = tuple(spec.code for spec in BRANDS if spec.in_japan)
    everything = tuple(spec.code for spec in BRANDS)
    for code, name, market, region, address, phone in places.SHOPS:
        add(
            code, abroad, "1F", name=name, kind=Store.Kind.SHOP, market=company.markets[market], region=region,
            address=address, phone=phone, coordinates=places.COORDINATES[code],
            opened_on=company.today - dt.timedelta(days=dice.randrange(400, 1500)),
        )  # fmt: skip
    code, name, market = places.ONLINE
    add(code, everything, name=name, kind=Store.Kind.ONLINE, market=company.markets[market])
    for code, name, market in places.OUTSIDE:
        chosen = tuple(dice.sample(everything, 9))
        add(code, chosen, name=name, kind=Store.Kind.OUTSIDE, market=company.markets[market])
    Store.objects.bulk_create(company.stores.values())

    presences: list[BrandPresence] = []
    for code, brands in company.store_brands.items():
        for brand in brands:
            since = company.today - dt.timedelta(days=dice.randrange(750, 1600))
            presences.append(BrandPresence(brand=company.brands[brand], store=company.stores[code], since=since))
    # Some have come and gone: a summer counter of an outdoor brand, a brand that moves in next month.
    for code, brand, ago, until in (
        ("xinyi-ap", "namihi", 190, -70), ("nanxi-be", "kandeli", 420, -120), ("taichung-ap", "pawlee", -30, None),
    ):  # fmt: skip
        ends = None if until is None else company.today + dt.timedelta(days=until)
        begins = company.today - dt.timedelta(days=ago)
        if brand not in company.store_brands[code]:
            presences.append(
                BrandPresence(brand=company.brands[brand], store=company.stores[code], since=begins, until=ends)
            )
    BrandPresence.objects.bulk_create(presences)


def _create_staff(company: Organisation, dice: random.Random, password: str) -> None:
    served = {
        code: brands
        for code, brands in company.store_brands.items()
        if company.stores[code].kind in (Store.Kind.COUNTER, Store.Kind.SHOP)
    }
    company.specs = staff_plan(served, Names(seed=29), dice)
    # One hash for all: argon2 is slow on purpose, and they share the one demo password anyway.
    hashed = make_password(password)
    company.staff = {
        spec.username: Staff(
            username=spec.username,
            display_name=spec.display_name,
            locale=spec.locale,
            password=hashed,
            public_id=new_public_id(dice),
        )
        for spec in company.specs
    }
    Staff.objects.bulk_create(company.staff.values())

    roles = _roles()
    postings: list[Posting] = []
    limits: list[tuple[Posting, tuple[str, ...]]] = []
    for spec in company.specs:
        person = company.staff[spec.username]
        for place in spec.places:
            posting = Posting(
                staff=person,
                role=roles[place.role],
                store=company.stores.get(place.store),
                department=company.departments.get(place.department),
                market=company.markets.get(place.market),
                since=company.today - dt.timedelta(days=place.since_days),
                until=None if place.until_days is None else company.today + dt.timedelta(days=place.until_days),
            )
            postings.append(posting)
            if place.brands:
                limits.append((posting, place.brands))
            answers = Permission.CONVERSATION_REPLY in posting.role.permissions and place.role != "manager"
            if answers and place.until_days is None and place.since_days > 0 and (place.store or place.department):
                for brand in place.brands or ("",):
                    company.teams.setdefault((place.store or place.department, brand), []).append(person)
    Posting.objects.bulk_create(postings)
    through = Posting.brands.through
    through.objects.bulk_create(
        through(posting_id=posting.pk, brand_id=company.brands[code].pk) for posting, codes in limits for code in codes
    )


def _roles() -> dict[str, Role]:
    """The built-in ones: migrations make them, and a flushed test database has lost them."""
    return {
        code.value: Role.objects.get_or_create(
            code=code.value, defaults={"permissions": sorted(each.value for each in permissions)}
        )[0]
        for code, permissions in BUILT_IN_PERMISSIONS.items()
    }


def _create_accounts(company: Organisation, dice: random.Random, sandbox_url: str) -> None:
    provider = Provider.objects.create(name=PROVIDER)
    for spec in ACCOUNTS:
        company.accounts[spec.code] = Account.objects.create(
            public_id=new_public_id(dice),
            provider=provider,
            name=spec.name,
            basic_id=spec.basic_id,
            bot_user_id=spec.bot_user_id,
            channel_id=spec.channel_id,
            channel_secret=spec.secret,
            access_token=spec.access_token,
            login_channel_id=spec.login_channel_id,
            liff_id=spec.liff_id,
            api_base=sandbox_url,
            data_base=sandbox_url,
            market=company.markets[spec.market],
            default_brand=company.brands[spec.brand],
            default_department=company.departments[spec.department],
            quota_limit=spec.quota,
        )


def _create_phrases(company: Organisation) -> None:
    owner = company.staff["yawen"]
    QuickPhrase.objects.bulk_create(
        QuickPhrase(
            title=phrase.title,
            text=phrase.text,
            shortcut=phrase.shortcut,
            locale=phrase.locale,
            brand=company.brands.get(phrase.brand),
            store=company.stores.get(phrase.store),
            owner=owner if phrase.is_own else None,
            position=position,
        )
        for position, phrase in enumerate(PHRASES)
    )
