"""Menus in the state a test begins from, made by the actions that make them."""

from __future__ import annotations

from madoguchi.channels.models import Account
from madoguchi.menus import designing, drafts
from madoguchi.menus.designing import Audience
from madoguchi.menus.models import Cell, Publication, Version
from madoguchi.menus.publish import actions
from madoguchi.menus.publish.run import run
from madoguchi.organization.models import Brand, Staff


def draft(by: Staff, account: Account) -> Version:
    return drafts.begin(by=by, account=account)


def publish(by: Staff, version: Version) -> Publication:
    publication = actions.publish(by=by, version_id=version.pk)
    run(publication.pk)
    publication.refresh_from_db()
    return publication


def published(by: Staff, account: Account) -> Publication:
    return publish(by, draft(by, account))


def changed_draft(by: Staff, account: Account) -> Version:
    """As the live one, but for a label on the second tab."""
    version = draft(by, account)
    cell = Cell.objects.filter(tab__variant__version=version, tab__position=2).order_by("index").first()
    assert cell is not None
    cell.labels = {"zh-hant": "新的"}
    cell.save()
    return version


def add_variant(
    by: Staff,
    version: Version,
    name: str,
    *,
    brands: tuple[Brand, ...] = (),
    locales: tuple[str, ...] = (),
    states: tuple[str, ...] = (),
) -> str:
    """Before the fallback, after those added before; its code."""
    made = designing.add_variant(by=by, version_id=version.pk, copy_of="everyone")
    audience = Audience(brands=brands, locales=locales, states=states)
    designing.change_variant(by=by, version_id=version.pk, variant=made.code, name=name, audience=audience, style=None)
    return made.code
