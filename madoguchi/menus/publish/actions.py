"""Deciding to publish, to go back, to go on after an error, to give up.

``by`` needs ``menu:publish`` where the account's default department is. All raise NotFound and NotAllowed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi import live
from madoguchi.kit.errors import Conflict, Invalid, NotFound
from madoguchi.menus import access
from madoguchi.menus.models import Menu, Page, Publication, RichMenu, Step, Version
from madoguchi.menus.problems import problems
from madoguchi.menus.publish.plan import Planned, plan_pages
from madoguchi.menus.publish.run import TOPIC
from madoguchi.menus.tasks import run_publication
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

Kind, State = Step.Kind, Publication.State


class AlreadyPublishing(Conflict):
    default = _("A version of this menu is being published. Wait until it is done, or give it up.")


class NotReady(Invalid):
    default = _("Something in this version is not complete yet: see the list of what is missing.")


class NothingToGoBackTo(Conflict):
    default = _("There is no version before this one.")


class NotStopped(Conflict):
    default = _("This publication is not waiting for anybody's decision.")


@transaction.atomic
def publish(*, by: Staff, version_id: int) -> Publication:
    """Decide it; a job does it. The live version again: whatever is missing at LINE is made again.

    Raises AlreadyPublishing, NotReady.
    """
    version = Version.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound
    menu = access.lock(by, version.menu_id, Permission.MENU_PUBLISH)
    version = (
        Version.objects.select_for_update(of=("self",))
        .select_related("menu__account__default_brand")
        .get(pk=version_id)
    )
    now = timezone.now()
    if problems(version):
        raise NotReady
    publication = _begin(menu, version, by)
    if version.published_at is None:
        version.published_at = now
        version.save(update_fields=["published_at"])
    _write_steps(publication, _write_pages(version), now)
    run_publication.defer(publication_id=publication.pk)
    live.publish([TOPIC])
    return publication


@transaction.atomic
def roll_back(*, by: Staff, menu_id: int) -> Publication:
    """Publish again what was live before. Raises AlreadyPublishing, NothingToGoBackTo."""
    menu = access.lock(by, menu_id, Permission.MENU_PUBLISH)
    if menu.previous_id is None:
        raise NothingToGoBackTo
    return publish(by=by, version_id=menu.previous_id)


@transaction.atomic
def resume(*, by: Staff, publication_id: int) -> Publication:
    """Try again now, after an error or while it waits. Raises NotStopped."""
    publication = _stopped(by, publication_id)
    publication.state, publication.reason, publication.resumes_at = State.RUNNING, "", None
    publication.save(update_fields=["state", "reason", "resumes_at"])
    run_publication.defer(publication_id=publication.pk)
    live.publish([TOPIC])
    return publication


@transaction.atomic
def give_up(*, by: Staff, publication_id: int) -> Publication:
    """Leave it as it is: what was made for it is deleted, unless customers see it already. Raises NotStopped."""
    publication = _stopped(by, publication_id)
    publication.state, publication.resumes_at, publication.finished_at = State.GIVEN_UP, None, timezone.now()
    publication.save(update_fields=["state", "resumes_at", "finished_at"])
    live.publish([TOPIC])
    return publication


def _begin(menu: Menu, version: Version, by: Staff) -> Publication:
    try:
        with transaction.atomic():
            return menu.publications.create(version=version, replaces_id=menu.live_id, by=by)
    except IntegrityError:  # one at a time
        raise AlreadyPublishing from None


def _write_pages(version: Version) -> list[Page]:
    """Anew, also for a version that was published before: what stood at LINE for it may be gone."""
    planned = plan_pages(version)
    rows = _rich_menus(version, planned)
    version.pages.all().delete()
    pages = [
        Page(
            version=version,
            tab=each.page.tab,
            locale=each.page.locale,
            alias=each.page.alias,
            rich_menu=rows[each.content_hash],
        )
        for each in planned
    ]
    return Page.objects.bulk_create(pages)


def _rich_menus(version: Version, planned: Sequence[Planned]) -> dict[str, RichMenu]:
    known = {each.content_hash: each.rich_menu for each in planned if each.rich_menu}
    missing = dict.fromkeys(each.content_hash for each in planned if each.content_hash not in known)
    made = RichMenu.objects.bulk_create(
        RichMenu(account_id=version.menu.account_id, content_hash=content_hash) for content_hash in missing
    )
    return known | {row.content_hash: row for row in made}


def _write_steps(publication: Publication, pages: Sequence[Page], now: dt.datetime) -> None:
    """Everything is made before anything is shown; what stands at LINE already is done from the beginning."""
    rows = {page.rich_menu_id: page.rich_menu for page in pages}
    steps = [
        Step(kind=kind, rich_menu=row, done_at=now if row.is_ready else None)
        for row in rows.values()
        for kind in (Kind.CREATE, Kind.UPLOAD)
    ]
    steps += [Step(kind=Kind.ALIAS, rich_menu=page.rich_menu, alias=page.alias) for page in pages]
    fallback = next(page for page in pages if page.tab.variant.is_fallback and page.tab.position == 1)
    steps.append(Step(kind=Kind.DEFAULT, rich_menu=fallback.rich_menu))
    steps += [Step(kind=kind) for kind in (Kind.RELINK, Kind.SWITCH, Kind.DELETE)]
    for position, step in enumerate(steps):
        step.publication, step.position = publication, position
    Step.objects.bulk_create(steps)


def _stopped(by: Staff, publication_id: int) -> Publication:
    publication = Publication.objects.filter(pk=publication_id).first()
    if publication is None:
        raise NotFound
    access.lock(by, publication.menu_id, Permission.MENU_PUBLISH)
    publication = Publication.objects.select_for_update(of=("self",)).get(pk=publication_id)
    if publication.state not in (State.FAILED, State.WAITING):
        raise NotStopped
    return publication
