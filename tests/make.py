"""Builders for tests: `make.world()` and the pieces it is made of.

Organisation rows are made directly, as an administrator would; what happens at the desk goes through the real actions.
Every builder has sensible defaults, so that a test names only what it is about. All take and return model instances.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from madoguchi.bindings import ledger
from madoguchi.bindings.actions.codes import issue_code
from madoguchi.bindings.actions.policies import PolicyFields, save_policy
from madoguchi.bindings.models import ALL_BRANDS, Binding, Code, Policy, Way
from madoguchi.bindings.queries import contacts_of
from madoguchi.channels.models import Account, Contact, Provider
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.conversations.terms import search_terms
from madoguchi.duty.models import OpeningHours, Seat, Shift
from madoguchi.kit.bigrams import bigrams
from madoguchi.members.models import Identity, Member
from madoguchi.organization.models import Brand, BrandPresence, Department, Market, Posting, Role, Staff, Store
from madoguchi.organization.permissions import BUILT_IN_PERMISSIONS, BuiltInRole, Permission
from madoguchi.routing.models import Rule, Team

LONG_AGO = dt.date(2020, 1, 1)
PASSWORD = "a long enough sentence"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class World:
    """Two stores, one person at each, one at headquarters, and a customer who wrote to Aoi's store."""

    market: Market
    brand: Brand
    other_brand: Brand
    store: Store
    """Aoi's."""
    other_store: Store
    """Ren's."""
    department: Department
    """Customer service, Mio's, and where the account sends what nobody has routed."""
    aoi: Staff
    """Salesperson at ``store``."""
    ren: Staff
    """Salesperson at ``other_store``."""
    mio: Staff
    """Customer service, in the whole company: sees everything."""
    account: Account
    contact: Contact
    member: Member
    conversation: Conversation
    """Open, at ``store``, about ``brand``, held by nobody, with one unanswered message."""


def world() -> World:
    market_ = market()
    brand_, other_brand = brand("mori", name="森之光", mark="森"), brand("lune", name="Lune", mark="L", color="#5a3d7a")
    store_ = store("tpe-01", name="台北信義店", market=market_, brands=[brand_, other_brand])
    other_store = store("khh-01", name="高雄左營店", market=market_, brands=[brand_])
    department_ = department("care", name="客服中心", market=market_)
    account_ = account(default_brand=brand_, default_department=department_, market=market_)
    conversation_ = conversation(account_, name="陳美玲", text="請問濾網怎麼更換？", store=store_, brand=brand_)
    return World(
        market=market_,
        brand=brand_,
        other_brand=other_brand,
        store=store_,
        other_store=other_store,
        department=department_,
        aoi=staff("aoi", name="葵", store=store_),
        ren=staff("ren", name="蓮", store=other_store),
        mio=staff("mio", name="澪", role=BuiltInRole.CUSTOMER_SERVICE),
        account=account_,
        contact=conversation_.contact,
        member=conversation_.member,
        conversation=conversation_,
    )


# -- organisation --------------------------------------------------------------------------------------------------


def market(code: str = "tw", *, name: str = "台灣", locale: str = "zh-hant", zone: str = "Asia/Taipei") -> Market:
    return Market.objects.get_or_create(
        code=code, defaults={"name": name, "locale": locale, "time_zone": zone, "currency": "TWD"}
    )[0]


def brand(code: str | None = None, *, name: str = "", mark: str = "", color: str = "#2f6b4f", **more: Any) -> Brand:
    code = code or f"brand-{next(_numbers)}"
    return Brand.objects.create(
        code=code, name=name or code, sender_name=(name or code)[:20], mark=mark or code[0].upper(), color=color, **more
    )


def store(
    code: str | None = None,
    *,
    name: str = "",
    market: Market | None = None,
    brands: Iterable[Brand] = (),
    kind: Store.Kind = Store.Kind.COUNTER,
    **more: Any,
) -> Store:
    code = code or f"store-{next(_numbers)}"
    made = Store.objects.create(code=code, name=name or code, kind=kind, market=market or _default_market(), **more)
    BrandPresence.objects.bulk_create(BrandPresence(brand=brand, store=made, since=LONG_AGO) for brand in brands)
    return made


def department(code: str | None = None, *, name: str = "", market: Market | None = None) -> Department:
    code = code or f"department-{next(_numbers)}"
    return Department.objects.create(code=code, name=name or code, market=market)


def role(*permissions: Permission, code: str | None = None) -> Role:
    """A role of the company's own; the built-in ones are ``built_in_role``."""
    return Role.objects.create(
        code=code or f"role-{next(_numbers)}", permissions=sorted(permission.value for permission in permissions)
    )


def built_in_role(code: BuiltInRole) -> Role:
    """The row of the migration; made again where a test with committed data has emptied the table."""
    permissions = sorted(permission.value for permission in BUILT_IN_PERMISSIONS[code])
    return Role.objects.get_or_create(code=code.value, defaults={"permissions": permissions})[0]


def staff(
    username: str | None = None,
    *,
    name: str = "",
    role: BuiltInRole | Role | None = BuiltInRole.SALESPERSON,
    password: str = PASSWORD,
    is_superuser: bool = False,
    locale: str = "zh-hant",
    **place: Any,
) -> Staff:
    """With one posting for ``role`` (None: without any) at the place given as for ``posting``."""
    username = username or f"staff-{next(_numbers)}"
    made = Staff.objects.create_user(
        username, password, display_name=name or username, is_superuser=is_superuser, locale=locale
    )
    if role is not None:
        posting(made, role=role, **place)
    return made


def posting(
    staff: Staff,
    *,
    role: BuiltInRole | Role = BuiltInRole.SALESPERSON,
    store: Store | None = None,
    department: Department | None = None,
    market: Market | None = None,
    brands: Sequence[Brand] = (),
    since: dt.date = LONG_AGO,
    until: dt.date | None = None,
) -> Posting:
    """No place: the whole company. ``staff`` forgets what it knew about its reach."""
    made = Posting.objects.create(
        staff=staff,
        role=built_in_role(role) if isinstance(role, BuiltInRole) else role,
        store=store,
        department=department,
        market=market,
        since=since,
        until=until,
    )
    made.brands.set(brands)
    staff.forget_postings()
    return made


def fresh(staff: Staff) -> Staff:
    """The same person as the next request would load them."""
    return Staff.objects.get(pk=staff.pk)


# -- working time --------------------------------------------------------------------------------------------------


def shift(staff: Staff, start: dt.datetime, end: dt.datetime, *, at: Store | Department) -> Shift:
    return Shift.objects.create(staff=staff, starts_at=start, ends_at=end, **_at(at))


def opening_hours(
    at: Store | Department, opens: str = "10:00", closes: str = "19:00", *, days: str = "0123456"
) -> None:
    """The same hours on each of the weekdays (0 is Monday), beside those that the place has already."""
    times = {"opens_at": dt.time.fromisoformat(opens), "closes_at": dt.time.fromisoformat(closes)}
    OpeningHours.objects.bulk_create(OpeningHours(weekday=int(day), **times, **_at(at)) for day in days)


def seat(
    staff: Staff, *, capacity: int = Seat.CAPACITY, said: bool | None = None, until: dt.datetime | None = None
) -> Seat:
    return Seat.objects.update_or_create(
        staff=staff, defaults={"capacity": capacity, "is_on_duty": said, "said_until": until}
    )[0]


def rule(*, to: Store | Department, brands: Iterable[Brand] = (), **conditions: Any) -> Rule:
    """A written rule, after those that there are; ``conditions`` are fields of ``Rule``."""
    position = (Rule.objects.aggregate(last=Max("position"))["last"] or 0) + 10
    target = {f"to_{field}": value for field, value in _at(to).items()}
    made = Rule.objects.create(**{"position": position, **conditions}, **target)
    made.brands.set(brands)
    return made


def team(
    place: Store | Department,
    method: Team.Method = Team.Method.LEAST_LOADED,
    *,
    overflow: Store | Department | None = None,
    **wishes: Any,
) -> Team:
    """How the place shares out its work; ``wishes`` are fields of ``Team``."""
    target = {f"overflow_{field}": value for field, value in _at(overflow).items()} if overflow else {}
    return Team.objects.create(method=method, **_at(place), **target, **wishes)


def _at(place: Store | Department) -> dict[str, Any]:
    return {"store": place} if isinstance(place, Store) else {"department": place}


# -- channels and people -------------------------------------------------------------------------------------------


def account(
    name: str = "窓口",
    *,
    default_brand: Brand | None = None,
    default_department: Department | None = None,
    market: Market | None = None,
    provider: str = "Demo Retail Ltd.",
    channel_secret: str = "0123456789abcdef0123456789abcdef",
    access_token: str = "an-access-token",
    **more: Any,
) -> Account:
    return Account.objects.create(
        name=name,
        provider=Provider.objects.get_or_create(name=provider)[0],
        channel_id=f"{1650000000 + next(_numbers)}",
        channel_secret=channel_secret,
        access_token=access_token,
        market=market or _default_market(),
        default_brand=default_brand or brand(),
        default_department=default_department or department(),
        **more,
    )


def line_user_id(seed: object) -> str:
    """Looks like LINE's: U and 32 hexadecimal digits. The same seed gives the same id."""
    return "U" + hashlib.md5(repr(seed).encode(), usedforsecurity=False).hexdigest()


def contact(account: Account, *, external_id: str | None = None, name: str = "", **more: Any) -> Contact:
    more.setdefault("friendship", Contact.Friendship.FRIEND)
    return Contact.objects.create(
        account=account, external_id=external_id or line_user_id(next(_numbers)), profile_name=name, **more
    )


def member(contact: Contact, *, name: str = "", phone: str = "") -> Member:
    made = Member.objects.create(display_name=name, phone=phone, search=bigrams(name), market=contact.account.market)
    Identity.objects.create(
        member=made, kind=Identity.Kind.LINE, provider=contact.account.provider, value=contact.external_id
    )
    return made


# -- who looks after whom ------------------------------------------------------------------------------------------


def code(
    account: Account,
    staff: Staff | None = None,
    *,
    store: Store | None = None,
    department: Department | None = None,
    brands: Iterable[Brand] = (),
    **more: Any,
) -> Code:
    """Of a person, or (``staff`` None) of the team there; issued by somebody who may do everything."""
    by = more.pop("by", None) or _administrator()
    return issue_code(by=by, account=account, staff=staff, store=store, department=department, brands=brands, **more)


def binding(
    member: Member,
    staff: Staff | None,
    *,
    store: Store | None = None,
    department: Department | None = None,
    account: Account | None = None,
    brands: Iterable[Brand] = (),
    way: Way = Way.LIFF,
    at: dt.datetime | None = None,
) -> Binding:
    """Current, from now on; ``staff`` None: to the place's pool. Whoever looked after the member before no longer does."""
    with transaction.atomic():
        ledger.lock_members([member.pk])
        return ledger.start(
            member_id=member.pk,
            target=ledger.Target(
                staff.pk if staff else None, store.pk if store else None, department.pk if department else None
            ),
            account_id=(account or contacts_of(member.pk)[0].account).pk,
            scope=sorted(brand.pk for brand in brands) or [ALL_BRANDS],
            way=way,
            at=at or timezone.now(),
        )


def policy(market: Market, **fields: Any) -> Policy:
    """What is not named is as the defaults say."""
    return save_policy(by=_administrator(), market=market, fields=PolicyFields(**fields))


def _administrator() -> Staff:
    return Staff.objects.filter(is_superuser=True).first() or staff(role=None, is_superuser=True)


# -- conversations -------------------------------------------------------------------------------------------------


def conversation(
    account: Account,
    *,
    name: str = "王小明",
    phone: str = "",
    text: str = "您好，請問今天有營業嗎？",
    at: dt.datetime | None = None,
    store: Store | None = None,
    department: Department | None = None,
    brand: Brand | None = None,
    holder: Staff | None = None,
) -> Conversation:
    """A new customer who wrote ``text``; open and unanswered, at the account's department unless a place is given."""
    at = at or timezone.now()
    contact_ = contact(account, name=name, last_inbound_at=at)
    made = Conversation.objects.create(
        member=member(contact_, name=name, phone=phone),
        contact=contact_,
        store=store,
        department=department or (None if store else account.default_department),
        brand=brand,
        holder=holder,
        attention_at=at,
        opened_at=at,
        last_message_at=at,
        last_direction=Message.Direction.INBOUND,
        last_kind=Message.Kind.TEXT,
    )
    Exchange.objects.create(conversation=made, number=1, opened_at=at, first_inbound_at=at)
    inbound(made, text, at=at)
    return made


def inbound(conversation: Conversation, text: str = "請問還有庫存嗎？", *, at: dt.datetime | None = None) -> Message:
    """The customer writes."""
    at = at or timezone.now()
    message = Message.objects.create(
        conversation=conversation,
        exchange=conversation.exchanges.get(closed_at=None),
        direction=Message.Direction.INBOUND,
        kind=Message.Kind.TEXT,
        text=text,
        provider_message_id=f"{500_000_000_000_000_000 + next(_numbers)}",
        occurred_at=at,
        created_at=at,
        changed_at=at,
        search=search_terms(text, at),
    )
    conversation.state = Conversation.State.OPEN
    conversation.snoozed_until = None
    conversation.attention_at = at
    conversation.waiting_since = conversation.waiting_since or at
    conversation.unread += 1
    conversation.show_last(message, at)
    conversation.save()
    return message


def _default_market() -> Market:
    return market()
