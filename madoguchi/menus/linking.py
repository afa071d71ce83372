"""Each customer gets the menu that is meant for them: what is wanted, compared with what LINE was told.

*Wanted* is written by one statement for an account of any size, or for the few customers about whom something changed.
What differs is then told to LINE, 500 people at a time, and written down after each call: it may break off anywhere
and goes on from there. Linking somebody twice does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from madoguchi.channels import errors
from madoguchi.channels.models import Account
from madoguchi.channels.rich_menus import PEOPLE_PER_CALL, RichMenus
from madoguchi.menus.choosing import Choice, Rules
from madoguchi.menus.models import MemberMenu, Menu, Page, RichMenu, Version
from madoguchi.organization.models import Brand

logger = logging.getLogger(__name__)

Places = Mapping[Choice, int]
"""The rich menu (its id here) that each choice begins with."""


def first_pages(version: Version) -> dict[Choice, int]:
    rows = Page.objects.filter(version=version, tab__position=1)
    return {
        Choice(code, locale): rich_menu_id
        for code, locale, rich_menu_id in rows.values_list("tab__variant__code", "locale", "rich_menu")
    }


@transaction.atomic
def decide(menu_id: int, contact_ids: Collection[int] | None = None) -> int:
    """Write down which menu is wanted, for these contacts or (None) for all of the account; how many were written.

    The live version cannot change meanwhile: its row is locked, as whoever changes it locks it.
    """
    menu = Menu.objects.select_for_update(of=("self",)).get(pk=menu_id)
    if menu.live_id is None:
        return 0
    version = Version.objects.select_related("menu__account__market").get(pk=menu.live_id)
    statement = _WRITE.format(seen=_SEEN_ALL if contact_ids is None else _SEEN_FEW)
    parameters = _parameters(version, first_pages(version), contact_ids)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def count(version: Version, places: Places) -> int:
    """How many customers would have to be told of another menu if this version were live. Ids in ``places`` may be
    made up, for menus that do not exist yet."""
    parameters = _parameters(version, places, None)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(seen=_SEEN_ALL), parameters)
        row: tuple[int] = cursor.fetchone()
    return row[0]


def tell(account: Account, line: RichMenus, progress: Callable[[int], None] = lambda _: None) -> int:
    """Link and unlink until LINE knows all that is wanted; how many people that were. Raises ChannelError: what was done
    until then is written down."""
    told = 0
    while batch := _next_batch(account.pk):
        wanted, people = batch
        contact_ids, user_ids = [pk for pk, _ in people], [user_id for _, user_id in people]
        _tell(line, wanted.line_id if wanted else "", user_ids)
        MemberMenu.objects.filter(contact__in=contact_ids).update(linked=wanted)
        told += len(people)
        progress(told)
    return told


def due(account: Account) -> int:
    return _due(account.pk).count()


def _due(account_id: int) -> QuerySet[MemberMenu]:
    """But for those whose menu somebody else has deleted at LINE: they wait until it is made again."""
    is_there = Q(wanted=None) | ~Q(wanted__line_id="")
    return MemberMenu.objects.filter(is_there, account=account_id, is_due=True)


def _next_batch(account_id: int) -> tuple[RichMenu | None, list[tuple[int, str]]] | None:
    """The next people who are to see the same menu: contact and user id."""
    rows = _due(account_id)
    first = rows.order_by("wanted", "contact").select_related("wanted").first()
    if first is None:
        return None
    same = rows.filter(wanted=first.wanted_id).order_by("contact")
    return first.wanted, list(same.values_list("contact", "contact__external_id")[:PEOPLE_PER_CALL])


def _tell(line: RichMenus, line_id: str, user_ids: Sequence[str]) -> None:
    """When LINE refuses a batch, somebody in it is to blame: it is halved until that one is found and left out."""
    try:
        if line_id:
            line.link(line_id, user_ids)
        else:
            line.unlink(user_ids)
    except errors.AccessTokenRefused:
        raise
    except errors.CallRefused as error:
        if len(user_ids) == 1:
            logger.warning("LINE links no menu to %s: %s", user_ids[0], error.message)
            return
        half = len(user_ids) // 2
        _tell(line, line_id, user_ids[:half])
        _tell(line, line_id, user_ids[half:])


def _parameters(version: Version, places: Places, contact_ids: Collection[int] | None) -> dict[str, Any]:
    account = version.menu.account
    ids = None if contact_ids is None else sorted(contact_ids)
    rules = Rules.of(version)
    brand_ids = list(Brand.objects.values_list("pk", flat=True))
    rows = list(rules.table(brand_ids, _languages(account, ids), account.market.locale))
    wanted = [None if choice == rules.default else places[choice] for *_, choice in rows]
    columns = [list(column) for column in zip(*(row[:4] for row in rows), strict=True)] or [[], [], [], []]
    return {
        "brands": columns[0],
        "languages": columns[1],
        "bound": columns[2],
        "open": columns[3],
        "wanted": wanted,
        "account": account.pk,
        "default_brand": account.default_brand_id,
        "contacts": ids,
    }


def _languages(account: Account, contact_ids: list[int] | None) -> list[str]:
    """As LINE says them."""
    rows = account.contacts.all() if contact_ids is None else account.contacts.filter(pk__in=contact_ids)
    return list(rows.order_by().values_list("language", flat=True).distinct())


_TARGET = """
WITH target AS (
  SELECT * FROM unnest(
    %(brands)s::bigint[], %(languages)s::text[], %(bound)s::boolean[], %(open)s::boolean[], %(wanted)s::bigint[]
  ) AS t (brand_id, language, is_bound, is_open, rich_menu_id)
), {seen}
"""
_SEEN = """seen AS (
  SELECT contact.id AS contact_id, contact.language,
         coalesce(conversation.brand_id, bound.brand_id, %(default_brand)s) AS brand_id,
         bound.member_id IS NOT NULL AS is_bound,
         coalesce(conversation.state <> 'closed', false) AS is_open
  FROM channels_contact contact
  LEFT JOIN conversations_conversation conversation ON conversation.contact_id = contact.id
  LEFT JOIN {bound} ON bound.member_id = conversation.member_id
  WHERE contact.account_id = %(account)s AND contact.friendship <> 'blocked' {only}
)"""
_BOUND = """(
    SELECT member_id, min(nullif(brand_ids[1], 0)) AS brand_id
    FROM bindings_binding WHERE ended_at IS NULL AND staff_id IS NOT NULL {only} GROUP BY member_id
  ) bound"""
_SEEN_ALL = _SEEN.format(bound=_BOUND.format(only=""), only="")
_SEEN_FEW = _SEEN.format(
    bound="LATERAL " + _BOUND.format(only="AND member_id = conversation.member_id"),
    only="AND contact.id = ANY(%(contacts)s)",
)
_JOINED = """
FROM seen
JOIN target USING (brand_id, language, is_bound, is_open)
LEFT JOIN menus_membermenu known ON known.contact_id = seen.contact_id
"""
_COUNT = _TARGET + "SELECT count(*)" + _JOINED + "WHERE target.rich_menu_id IS DISTINCT FROM known.linked_id"
_WRITE = (
    _TARGET
    + """
INSERT INTO menus_membermenu (contact_id, account_id, wanted_id)
SELECT seen.contact_id, %(account)s, target.rich_menu_id
"""
    + _JOINED
    + """
WHERE target.rich_menu_id IS DISTINCT FROM known.wanted_id
ORDER BY seen.contact_id
ON CONFLICT (contact_id) DO UPDATE SET wanted_id = excluded.wanted_id
"""
)
