"""The run of a publication: its steps, one after the other, each safe to repeat.

It may be killed anywhere. Whoever goes on asks LINE first what stands there: a rich menu whose making was answered too
late is found by its name, one that somebody deleted is made again, and an alias that is missing is set again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi import live
from madoguchi.channels import errors
from madoguchi.channels.rich_menus import MENUS_MOST, RichMenus
from madoguchi.kit.exclusive import exclusive
from madoguchi.menus import linking, pages
from madoguchi.menus.models import Menu, Page, Publication, RichMenu, Step
from madoguchi.menus.pages import PageDesign
from madoguchi.menus.publish import clean
from madoguchi.menus.publish.lost import forget
from madoguchi.menus.publish.plan import creations_left, next_creation
from madoguchi.menus.render import render

logger = logging.getLogger(__name__)

TOPIC = "accounts"
"""Whoever looks at a publication hears of it there."""
FIRST_PAUSE = dt.timedelta(seconds=5)
LONGEST_PAUSE = dt.timedelta(minutes=10)
State = Publication.State


class HourIsFull(Exception):
    """LINE lets us make no more menus in this hour."""


def run(publication_id: int) -> Publication | None:
    """Go on with it, as far as LINE lets us. None: somebody else is at it, or it is done."""
    publication = Publication.objects.select_related("menu__account__default_brand", "version", "by").get(
        pk=publication_id
    )
    with exclusive("menu", publication.menu.account_id) as is_ours:
        unfinished = Publication.objects.filter(pk=publication_id, state__in=Publication.UNFINISHED)
        if not is_ours or not unfinished.update(state=State.RUNNING, resumes_at=None):
            return None
        publication.refresh_from_db(fields=["state", "resumes_at"])
        with translation.override(publication.by.locale if publication.by else settings.LANGUAGE_CODE):
            _go_on(publication)
    return publication


def _go_on(publication: Publication) -> None:
    """What stands in the way is written down in the words of whoever decided it."""
    _set(publication, State.RUNNING)
    try:
        with RichMenus(publication.menu.account) as line:
            _Run(publication, line).go()
    except HourIsFull:
        at = next_creation(publication.menu.account, timezone.now())
        _set(publication, State.WAITING, _("LINE allows 100 new menus an hour."), resumes_at=at)
    except errors.TryAgainLater as error:
        _set(publication, State.WAITING, error.message, resumes_at=timezone.now() + _pause(publication))
    except errors.ChannelError as error:
        logger.warning("Publication %s stopped: %s", publication.pk, error.message)
        _set(publication, State.FAILED, error.message)


class _Run:
    """What one run knows."""

    def __init__(self, publication: Publication, line: RichMenus) -> None:
        self._publication = publication
        self._menu = publication.menu
        self._line = line
        self._aliases: dict[str, str] = {}

    def go(self) -> None:
        self._look_around()
        perform: dict[str, Callable[[Step], None]] = {
            Step.Kind.CREATE: self._create,
            Step.Kind.UPLOAD: self._upload,
            Step.Kind.ALIAS: self._point,
            Step.Kind.DEFAULT: self._show,
            Step.Kind.RELINK: self._relink,
            Step.Kind.SWITCH: self._switch,
            Step.Kind.DELETE: self._clean,
        }
        for step in self._publication.steps.filter(done_at=None).select_related("rich_menu"):
            Step.objects.filter(pk=step.pk).update(attempts=F("attempts") + 1)
            perform[step.kind](step)
            Step.objects.filter(pk=step.pk).update(done_at=timezone.now())
            live.publish([TOPIC])
        _set(self._publication, State.DONE)

    def _look_around(self) -> None:
        """Bring what we know in line with what is at LINE."""
        listed = self._line.listed()
        self._aliases = self._line.aliases()
        there, by_key = {each.line_id for each in listed}, {each.name.rpartition(" ")[2]: each for each in listed}
        for row in RichMenu.objects.filter(pages__version=self._publication.version).distinct():
            found = by_key.get(pages.name_key(row.content_hash))
            if row.line_id in there or (found is None and not row.line_id):
                continue
            if row.line_id:
                forget(row)
            if found is not None:
                row.line_id = found.line_id
                row.save(update_fields=["line_id"])
            again = Q(rich_menu=row) | Q(kind=Step.Kind.RELINK)
            self._publication.steps.filter(again).update(done_at=None)
        missing = [alias for alias in self._wanted_aliases if alias not in self._aliases]
        self._publication.steps.filter(kind=Step.Kind.ALIAS, alias__in=missing).update(done_at=None)
        to_make = RichMenu.objects.filter(pages__version=self._publication.version, line_id="").distinct().count()
        if len(listed) + to_make > MENUS_MOST:
            gone = clean.make_room(self._menu, self._line)
            if len(listed) - gone + to_make > MENUS_MOST:
                raise errors.CallRefused(_("The account has too many menus: LINE allows 1,000. Delete some of them."))

    def _create(self, step: Step) -> None:
        row = _rich_menu(step)
        if row.line_id:
            return
        now = timezone.now()
        if not creations_left(self._menu.account, now):
            raise HourIsFull
        body = self._design(row).body(row.content_hash)
        RichMenu.objects.filter(pk=row.pk).update(created_at=now)  # before the call: we may never hear the answer
        row.line_id = self._line.create(body)
        row.save(update_fields=["line_id"])

    def _upload(self, step: Step) -> None:
        row = _rich_menu(step)
        if row.uploaded_at:
            return
        picture = render(self._design(row).design)
        try:
            self._line.upload(row.line_id, picture.data, picture.content_type)
        except errors.AccessTokenRefused:
            raise
        except errors.CallRefused:
            if not self._line.has_picture(row.line_id):  # else it has arrived before, and we have not heard
                raise
        row.uploaded_at = timezone.now()
        row.save(update_fields=["uploaded_at"])

    def _point(self, step: Step) -> None:
        line_id = _rich_menu(step).line_id
        if self._aliases.get(step.alias) != line_id:
            self._line.point(step.alias, line_id)

    def _show(self, step: Step) -> None:
        line_id = _rich_menu(step).line_id
        if self._line.default() != line_id:
            self._line.set_default(line_id)

    def _relink(self, step: Step) -> None:
        """From here on the new version is the live one."""
        _go_live(self._publication)
        linking.decide(self._menu.pk)
        publication = self._publication
        already = publication.relinked
        publication.to_relink = already + linking.due(self._menu.account)
        publication.save(update_fields=["to_relink"])

        def progress(told: int) -> None:
            Publication.objects.filter(pk=publication.pk).update(relinked=already + told)
            publication.relinked = already + told
            live.publish([TOPIC])

        linking.tell(self._menu.account, self._line, progress)

    def _switch(self, step: Step) -> None:
        """Turning to a tab links the customer to it, unknown to us: they all come along to the same tab of the new
        version. Three times an hour; when that is used up, the next publication takes them along."""
        moves = self._moves()
        if not moves:
            return
        try:
            self._line.switch(moves, key=self._publication.public_id)
        except errors.TryAgainLater as error:
            logger.info("%s: old pages stay on some phones: %s", self._menu.account, error.message)

    def _clean(self, step: Step) -> None:
        self._menu.refresh_from_db(fields=["live", "previous"])
        clean.clean(self._menu, self._line)

    def _moves(self) -> list[tuple[str, str]]:
        """From each page of another version to the one with the same alias, or to nothing."""
        standing = Page.objects.filter(version__menu=self._menu, rich_menu__deleted_at=None).exclude(
            rich_menu__line_id=""
        )
        ours = standing.filter(version=self._publication.version)
        latter = dict(ours.values_list("alias", "rich_menu__line_id"))
        others = standing.exclude(version=self._publication.version).order_by("version__number")
        former = dict(others.values_list("rich_menu__line_id", "alias"))
        staying = set(latter.values())
        return [(line_id, latter.get(alias, "")) for line_id, alias in former.items() if line_id not in staying]

    def _design(self, row: RichMenu) -> PageDesign:
        """Raises CallRefused when the page would look different by now: what was decided is not what would be made."""
        found = self._designs.get(row.content_hash)
        if found is None:
            raise errors.CallRefused(
                _(
                    "Something the menu is drawn with has changed meanwhile, such as a brand's colour. Give this up, and"
                    " publish again."
                )
            )
        return found

    @cached_property
    def _designs(self) -> dict[str, PageDesign]:
        version = self._publication.version
        version.menu = self._menu
        return {page.content_hash(): page for page in pages.pages(version)}

    @cached_property
    def _wanted_aliases(self) -> list[str]:
        return list(self._publication.version.pages.values_list("alias", flat=True))


def _rich_menu(step: Step) -> RichMenu:
    """Fresh: an earlier step may have changed it."""
    assert step.rich_menu_id is not None
    return RichMenu.objects.get(pk=step.rich_menu_id)


@transaction.atomic
def _go_live(publication: Publication) -> None:
    menu = Menu.objects.select_for_update(of=("self",)).get(pk=publication.menu_id)
    if menu.live_id != publication.version_id:
        menu.live_id, menu.previous_id = publication.version_id, menu.live_id
        menu.save(update_fields=["live", "previous"])


def _pause(publication: Publication) -> dt.timedelta:
    """Longer with each attempt of the step that is in the way."""
    step = publication.steps.filter(done_at=None).first()
    longer: int = 2 ** min(10, step.attempts if step else 0)
    return min(LONGEST_PAUSE, FIRST_PAUSE * longer)


def _set(
    publication: Publication, state: Publication.State, reason: str = "", *, resumes_at: dt.datetime | None = None
) -> None:
    publication.state, publication.reason, publication.resumes_at = state, reason[:300], resumes_at
    publication.finished_at = timezone.now() if state == State.DONE else None
    publication.save(update_fields=["state", "reason", "resumes_at", "finished_at"])
    live.publish([TOPIC])
