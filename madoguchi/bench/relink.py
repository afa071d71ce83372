"""The menu of a million customers: which of them is to see another one, by rules over brand, language and state.

Measured are the count that a plan shows, and writing down what is wanted: when all are new, when another version is live,
and when nothing has changed. The machine's own limit in the same run is reading the same rows and writing as many into a
bare table, without rules, without comparing and without keys.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from madoguchi.bench.company import create_account
from madoguchi.bench.figures import Context, Figure
from madoguchi.channels.models import Account
from madoguchi.menus import layouts, linking
from madoguchi.menus.models import MemberState, Menu, Page, RichMenu, Size, Version
from madoguchi.organization.models import Brand, Staff, Store

MEMBERS = 1_000_000
BRANDS = 40
LOCALES = ["zh-hant", "zh-hans", "ja", "en"]
_SECONDS = 30


def run(context: Context) -> list[Figure]:
    return measure(context.progress, MEMBERS)


def measure(progress: Callable[[str], None], members: int) -> list[Figure]:
    account = create_account()
    first, second = _versions(account)
    progress(f"writing {members:,} customers")
    _write_customers(account, members)

    planned, plan_seconds = _timed(lambda: linking.count(second, linking.first_pages(second)))
    progress(f"count: {plan_seconds:.1f} s")
    limits = [_timed(_limit)[1]]
    written, all_seconds = _timed(lambda: linking.decide(first.menu_id))
    progress(f"everybody is new: {all_seconds:.1f} s")
    limits.append(_timed(_limit)[1])
    _make_live(second)
    changed, change_seconds = _timed(lambda: linking.decide(first.menu_id))
    progress(f"another version: {change_seconds:.1f} s")
    limits.append(_timed(_limit)[1])
    again, same_seconds = _timed(lambda: linking.decide(first.menu_id))
    limit = statistics.median(limits)
    return [
        Figure(f"seconds for the plan of {members:,} customers", plan_seconds, "s", at_most=_SECONDS),
        Figure("customers in it", planned, "", at_least=members * 0.5),
        Figure("seconds to write down what all want", all_seconds, "s", at_most=2 * _SECONDS),
        Figure("written", written, ""),
        Figure("seconds when another version is live", change_seconds, "s", at_most=2 * _SECONDS),
        Figure("changed", changed, ""),
        Figure("seconds when nothing has changed", same_seconds, "s", at_most=_SECONDS),
        Figure("written then", again, "", at_most=0),
        Figure("the same rows read and written without rules", limit, "s"),
        Figure("the plan, times that", plan_seconds / limit, "×", at_most=4),
    ]


def _timed(work: Callable[[], int]) -> tuple[int, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def _limit() -> int:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_read")
        cursor.execute(_LIMIT)
        return int(cursor.rowcount)


def _versions(account: Account) -> tuple[Version, Version]:
    """Two versions with variants by brand, language and state; the first is live."""
    Brand.objects.bulk_create(
        Brand(code=f"b{number}", name=f"B{number}", sender_name="B", mark="B", color="#2f6b4f")
        for number in range(BRANDS)
    )
    menu = Menu.objects.create(account=account)
    first, second = (_version(menu, number) for number in (1, 2))
    _make_live(first)
    return first, second


def _version(menu: Menu, number: int) -> Version:
    version = Version.objects.create(menu=menu, number=number, locales=LOCALES, published_at=timezone.now())
    brands = list(Brand.objects.all()[:5])
    conditions: list[tuple[list[Brand], list[str]]] = [
        *(([brand], [MemberState.BOUND.value]) for brand in brands),
        *(([brand], []) for brand in brands),
        ([], [MemberState.HAS_OPEN_CASE.value]),
        ([], [MemberState.BOUND.value]),
        ([], []),
    ]
    for position, (wanted, states) in enumerate(conditions, 1):
        variant = version.variants.create(
            position=position,
            code=f"variant{chr(96 + position)}",
            name=f"{position}",
            is_fallback=position == len(conditions),
            states=states,
            size=Size.LARGE,
        )
        variant.brands.set(wanted)
        tab = variant.tabs.create(position=1, layout=layouts.FIRST[Size.LARGE])
        for locale in LOCALES:
            shown = RichMenu.objects.create(account=menu.account, content_hash=f"{number}-{position}-{locale}")
            Page.objects.create(
                version=version, tab=tab, locale=locale, alias=f"{variant.code}-{locale}-1", rich_menu=shown
            )
    return version


def _make_live(version: Version) -> None:
    Menu.objects.filter(pk=version.menu_id).update(live=version)


def _write_customers(account: Account, members: int) -> None:
    """Half of them speak the market's language; a fifth is bound, a tenth has something open."""
    staff = Staff.objects.create(username="aoi", display_name="Aoi")
    store = Store.objects.create(code="s", name="S", kind=Store.Kind.SHOP, market=account.market)
    brand_ids = list(Brand.objects.order_by("pk").values_list("pk", flat=True))
    parameters: dict[str, Any] = {
        "account": account.pk,
        "department": account.default_department_id,
        "members": members,
        "brands": brand_ids,
        "staff": staff.pk,
        "store": store.pk,
        "languages": ["zh-TW", "zh-TW", "zh-TW", "zh-TW", "ja", "en", "zh-CN", "th"],
    }
    with connection.cursor() as cursor:
        for statement in _CUSTOMERS:
            cursor.execute(statement, parameters)


_CUSTOMERS = (
    # Whether bindings overlap is not what is measured, and checking it takes longer than all the rest.
    "ALTER TABLE bindings_binding DROP CONSTRAINT binding_one_at_a_time_per_scope",
    """
INSERT INTO channels_contact (account_id, external_id, friendship, profile_name, picture_url, status_message, language,
                              created_at)
SELECT %(account)s, 'U' || md5(n::text), CASE WHEN n %% 20 = 0 THEN 'blocked' ELSE 'friend' END, '', '', '',
       (%(languages)s::text[])[1 + n %% 8], now()
FROM generate_series(1, %(members)s) n
""",
    """
INSERT INTO members_member (public_id, display_name, is_name_confirmed, phone, email, locale, picture_url, search,
                            created_at)
SELECT 'm' || n, '', false, '', '', '', '', '{}', now() FROM generate_series(1, %(members)s) n
""",
    """
INSERT INTO conversations_conversation (public_id, member_id, contact_id, department_id, brand_id, state, exchange_number,
                                        opened_at, attention_at, unread, last_message_at, last_direction, last_kind,
                                        last_text, changed_at)
SELECT 'c' || n, n, n, %(department)s, (%(brands)s::bigint[])[1 + (n / 7) %% 60], -- a third is about no brand
       CASE WHEN n %% 10 = 3 THEN 'open' ELSE 'closed' END, 1, now(), CASE WHEN n %% 10 = 3 THEN now() END, 0, now(),
       'inbound', 'text', '', now()
FROM generate_series(1, %(members)s) n
""",
    """
INSERT INTO bindings_binding (public_id, member_id, staff_id, store_id, account_id, brand_ids, way, may_write_first,
                              started_at, "end")
SELECT 'b' || n, n, %(staff)s, %(store)s, %(account)s, '{0}', 'text', true, now(), ''
FROM generate_series(5, %(members)s, 5) n
""",
    "ANALYZE",
)
_LIMIT = """
CREATE TABLE bench_read AS
SELECT contact.id AS contact_id, contact.language, conversation.brand_id, conversation.state, binding.brand_ids
FROM channels_contact contact
LEFT JOIN conversations_conversation conversation ON conversation.contact_id = contact.id
LEFT JOIN bindings_binding binding ON binding.member_id = conversation.member_id AND binding.ended_at IS NULL
"""
