from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone, translation
from procrastinate.contrib.django import app

from madoguchi.alerts.models import Subscription
from madoguchi.alerts.sending import Alert, Answer, Outcome, send
from madoguchi.alerts.subjects import Subject
from madoguchi.duty.schedule import Schedule
from madoguchi.kit import public_web

BACK_OFF_SECONDS = (15, 45, 120)
"""Between one try and the next. After these it is left: an alert that comes later than that is worse than none."""


@app.task(name="madoguchi.alerts.tasks.deliver")
def deliver(
    staff_ids: list[int],
    subject: str,
    name: str,
    url: str,
    tag: str,
    subscription_ids: list[int] | None = None,
    tries: int = 0,
    *,
    is_allowed: public_web.Check = public_web.is_public,
) -> None:
    """To the devices of those who are on duty now, in each person's language: whoever is off duty is left in peace.

    ``subscription_ids``: only these, where ``tries`` before have not got through.
    """
    about = Subject(subject)
    rows = Subscription.objects.filter(staff__in=_listening(staff_ids, about), staff__is_active=True)
    if subscription_ids is not None:
        rows = rows.filter(pk__in=subscription_ids)
    answers: dict[int, Answer] = {}
    for alert, those in _in_languages(rows.select_related("staff").order_by("pk"), about, name, url, tag):
        answers |= send(those, alert, is_allowed=is_allowed)

    later = {
        pk: answer.wait_seconds
        for pk, answer in answers.items()
        if answer.outcome is Outcome.LATER and answer.wait_seconds <= BACK_OFF_SECONDS[-1]
    }
    if later and tries < len(BACK_OFF_SECONDS):
        wait = max(BACK_OFF_SECONDS[tries], *later.values())
        deliver.configure(schedule_in={"seconds": wait}).defer(
            staff_ids=[*staff_ids],
            subject=subject,
            name=name,
            url=url,
            tag=tag,
            subscription_ids=[*sorted(later)],
            tries=tries + 1,
        )


def _listening(staff_ids: Sequence[int], subject: Subject) -> list[int]:
    if subject.is_own_wish:
        return [*staff_ids]
    schedule = Schedule.load(timezone.now(), staff_ids=staff_ids, places=())
    return [pk for pk in staff_ids if schedule.is_on_duty(pk)]


def _in_languages(
    rows: Iterable[Subscription], subject: Subject, name: str, url: str, tag: str
) -> Iterator[tuple[Alert, list[Subscription]]]:
    by_locale: dict[str, list[Subscription]] = {}
    for row in rows:
        by_locale.setdefault(row.staff.locale, []).append(row)
    for locale, those in by_locale.items():
        with translation.override(locale):
            title = translation.gettext("Madoguchi")
            body = str(subject.label) % {"name": name or translation.gettext("A customer")}
        yield Alert(title, body, url, tag), those
