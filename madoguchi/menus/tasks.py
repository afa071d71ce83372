"""Jobs of the menus. Each is safe to run twice; what a lost job has left, the sweep of the next minute finds."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from madoguchi.channels.errors import ChannelError
from madoguchi.channels.models import Account
from madoguchi.channels.rich_menus import RichMenus
from madoguchi.kit.exclusive import exclusive
from madoguchi.menus import linking, rechecks
from madoguchi.menus.answers import tap as answers
from madoguchi.menus.models import MemberMenu, Menu, Publication, Recheck
from madoguchi.menus.publish import clean
from madoguchi.menus.publish.repair import repair
from madoguchi.menus.publish.run import run
from madoguchi.organization.coordinates import Coordinates

logger = logging.getLogger(__name__)


@app.task(name="madoguchi.menus.tasks.run_publication")
def run_publication(publication_id: int) -> None:
    """Go on with it; one that has to wait comes again when its time has come."""
    publication = run(publication_id)
    if publication is not None and publication.state == Publication.State.WAITING and publication.resumes_at:
        run_publication.configure(schedule_at=publication.resumes_at).defer(publication_id=publication_id)


@app.task(name="madoguchi.menus.tasks.answer_tap")
def answer_tap(contact_id: int, data: str, event_id: int) -> None:
    """The same tap is answered once, however often this runs."""
    answers.answer(contact_id=contact_id, data=data, event_id=event_id)


@app.task(name="madoguchi.menus.tasks.answer_location")
def answer_location(
    contact_id: int, address: str, event_id: int, latitude: float | None = None, longitude: float | None = None
) -> None:
    """Stores near a place the customer sent."""
    at = Coordinates(latitude, longitude) if latitude is not None and longitude is not None else None
    answers.answer_place(contact_id=contact_id, at=at, address=address, event_id=event_id)


@app.task(name="madoguchi.menus.tasks.look_again")
def look_again(account_id: int) -> None:
    """At those about whom something changed just now; when LINE does not answer, the sweep does it."""
    try:
        rechecks.work_off(Account.objects.get(pk=account_id))
    except ChannelError as error:
        logger.info("Menus of customers have to wait: %s", error.message)


@app.periodic(cron="* * * * *")
@app.task(name="madoguchi.menus.tasks.look_after_publications")
def look_after_publications(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    """Those whose job was lost, and those whose time has come. Whoever is at one already is not disturbed."""
    due = Q(state=Publication.State.RUNNING) | Q(state=Publication.State.WAITING, resumes_at__lte=timezone.now())
    for publication in Publication.objects.filter(due):
        run(publication.pk)


@app.periodic(cron="* * * * *")
@app.task(name="madoguchi.menus.tasks.look_after_customers")
def look_after_customers(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    """Customers about whom something changed, and whoever LINE could not be told of."""
    asked = Recheck.objects.filter(due_at__lte=timezone.now()).values("contact__account")
    owed = MemberMenu.objects.filter(is_due=True).values("account")
    for account in Account.objects.filter(Q(pk__in=asked) | Q(pk__in=owed), is_active=True):
        try:
            rechecks.work_off(account)
        except ChannelError as error:
            logger.warning("%s: menus of customers have to wait: %s", account.name, error.message)


@app.periodic(cron="40 3 * * *")
@app.task(name="madoguchi.menus.tasks.decide_for_everybody")
def decide_for_everybody(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    """Once a night, for whatever nobody told us of."""
    for menu in _live_menus():
        linking.decide(menu.pk)


@app.periodic(cron="*/20 * * * *")
@app.task(name="madoguchi.menus.tasks.clean_up")
def clean_up(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    """What a publication could not delete within the hour's allowance."""
    for menu in _live_menus():
        if clean.is_needed(menu):
            _at_line(menu, clean.clean)


@app.periodic(cron="10 * * * *")
@app.task(name="madoguchi.menus.tasks.repair_menus")
def repair_menus(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    """A tab that leads nowhere is noticed by customers, not by us."""
    for menu in _live_menus():
        _at_line(menu, repair)


@app.task(name="madoguchi.menus.tasks.repair_menu_of")
def repair_menu_of(account_id: int) -> None:
    """A customer met a tab that led nowhere."""
    for menu in _live_menus().filter(account=account_id):
        _at_line(menu, repair)


def _live_menus() -> QuerySet[Menu]:
    return Menu.objects.filter(live__isnull=False, account__is_active=True).select_related("account")


def _at_line(menu: Menu, work: Callable[[Menu, RichMenus], object]) -> None:
    """Unless a publication is at it; what LINE does not let us do now, comes again."""
    with exclusive("menu", menu.account_id) as is_ours:
        if not is_ours or menu.publications.filter(state__in=Publication.UNFINISHED).exists():
            return
        try:
            with RichMenus(menu.account) as line:
                work(menu, line)
        except ChannelError as error:
            logger.warning("%s: the menu at LINE could not be looked after: %s", menu.account.name, error.message)
