"""The entrance for webhooks: what is let in, what is refused, and what is kept of it."""

import asyncio
import json
from dataclasses import replace

import pytest
from django.db import connection
from pytest_django import Settings

from madoguchi.channels.models import Account
from madoguchi.intake import group_commit, hooks
from madoguchi.intake.hooks import Hooks
from madoguchi.intake.models import RawEvent, Rejection
from tests import make
from tests.intake.entrance import Request, ask, deliver, text_event, webhook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account() -> Account:
    return make.account()


def rejections() -> dict[tuple[str, int | None], int]:
    return {(row.reason, row.account_id): row.count for row in Rejection.objects.all()}


# -- let in ----------------------------------------------------------------------------------------------------------


def test_events_are_stored_as_they_came_before_the_answer(account: Account) -> None:
    events = [text_event(1), {**text_event(2), "somethingNew": {"a": [1, None, "濾網"]}}, {"type": "unheardOf"}]

    [answer] = deliver(webhook(account, events))

    assert (answer.status, answer.body) == (200, b"OK")
    rows = RawEvent.objects.order_by("event_id")
    assert {json.dumps(row.payload, sort_keys=True) for row in rows} == {json.dumps(e, sort_keys=True) for e in events}
    assert {(row.state, row.account) for row in rows} == {("new", account)}
    assert {row.event_id for row in rows} > {events[0]["webhookEventId"], events[1]["webhookEventId"]}


def test_connection_check_without_events_is_answered(account: Account) -> None:
    [answer] = deliver(webhook(account, []))

    assert answer.status == 200
    assert not RawEvent.objects.exists()


def test_events_that_come_again_are_stored_once(account: Account) -> None:
    one, two = text_event(1), text_event(2)
    again = {**one, "deliveryContext": {"isRedelivery": True}}

    answers = deliver(*[webhook(account, [one, one, two])] * 3, webhook(account, [again]), webhook(account, [two, one]))
    answers += deliver(webhook(account, [one]))

    assert {answer.status for answer in answers} == {200}
    assert RawEvent.objects.count() == 2


def test_the_same_event_id_at_two_accounts_is_two_events(account: Account) -> None:
    other = make.account("other")

    deliver(webhook(account, [text_event(1)]), webhook(other, [text_event(1)]))

    assert set(RawEvent.objects.values_list("account", flat=True)) == {account.pk, other.pk}


def test_events_without_a_usable_id_are_told_apart_by_their_content(account: Account) -> None:
    nameless = [
        {"type": "a"},
        {"type": "b"},
        {"type": "a"},
        {"webhookEventId": "x" * 81},
        {"webhookEventId": 5},
        7,
        None,
    ]

    [answer] = deliver(webhook(account, nameless))

    assert answer.status == 200
    assert RawEvent.objects.count() == 6


def test_a_body_in_pieces_is_put_together(account: Account) -> None:
    [answer] = deliver(replace(webhook(account, [text_event(1)]), chunk_bytes=7))

    assert answer.status == 200
    assert RawEvent.objects.count() == 1


# -- refused ---------------------------------------------------------------------------------------------------------


def test_what_is_not_properly_signed_is_refused_and_only_counted(account: Account) -> None:
    good = webhook(account, [text_event(1)])
    altered = replace(good, body=good.body.replace(b"message", b"massage"))
    unsigned = replace(good, headers=())
    foreign = webhook(account, [text_event(1)], secret="somebody else's")
    not_ascii = replace(good, headers=((b"x-line-signature", b"\xff\xfe"),))

    answers = deliver(altered, unsigned, foreign, not_ascii)

    assert [answer.status for answer in answers] == [401, 401, 401, 401]
    assert not RawEvent.objects.exists()
    assert rejections() == {("wrong_signature", account.pk): 3, ("no_signature", account.pk): 1}


def test_unknown_and_inactive_accounts_look_the_same(account: Account) -> None:
    inactive = make.account("inactive", is_active=False)
    nobody = Request("/hooks/line/nobody", b"{}")

    answers = deliver(webhook(inactive, [text_event(1)]), nobody, Request("/hooks/line/", b""))

    assert [(answer.status, answer.body) for answer in answers] == [(404, b"No such address")] * 3
    assert rejections() == {("unknown_account", None): 3}


@pytest.mark.parametrize("chunk_bytes", [1 << 30, 64 * 1024])
def test_a_body_over_two_megabytes_is_refused_while_it_is_read(account: Account, chunk_bytes: int) -> None:
    fits = webhook(account, b'{"events":[]}'.ljust(hooks.BODY_BYTES_MAX))
    too_large = webhook(account, b'{"events":[]}'.ljust(hooks.BODY_BYTES_MAX + 1))

    answers = deliver(replace(fits, chunk_bytes=chunk_bytes), replace(too_large, chunk_bytes=chunk_bytes))

    assert [answer.status for answer in answers] == [200, 413]
    assert rejections() == {("too_large", account.pk): 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b'{"events": [',
        b"[]",
        b"3",
        b'"events"',
        b"{}",
        b'{"events": {}}',
        b'{"events": null}',
        b"\xff\xfe{}",
    ],
)
def test_what_is_no_list_of_events_is_refused(account: Account, body: bytes) -> None:
    [answer] = deliver(webhook(account, body))

    assert answer.status == 400
    assert rejections() == {("not_json", account.pk): 1}


def test_signature_is_checked_before_the_content_is_looked_at(account: Account) -> None:
    [answer] = deliver(webhook(account, b"not json", secret="wrong"))

    assert answer.status == 401


def test_only_post_is_served(account: Account) -> None:
    [answer] = deliver(replace(webhook(account, [text_event(1)]), method="GET"))

    assert answer.status == 405
    assert not RawEvent.objects.exists()


def test_refusals_add_up_within_a_day(account: Account) -> None:
    deliver(webhook(account, b"x"))
    deliver(webhook(account, b"x"), webhook(account, b"y"))

    assert rejections() == {("not_json", account.pk): 3}


# -- a secret that changes -------------------------------------------------------------------------------------------


def test_a_reissued_secret_and_a_new_account_work_without_a_restart(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("madoguchi.intake.account_secrets.RELOAD_SECONDS_MIN", 0.0)

    async def scenario() -> list[int]:
        entrance = Hooks()
        await entrance.start()
        before = await ask(entrance, webhook(account, [text_event(1)]))
        new = await asyncio.to_thread(_change_secret_and_add_account, account)
        after = await ask(entrance, webhook(account, [text_event(2)], secret="the new secret"))
        old = await ask(entrance, webhook(account, [text_event(3)], secret="0123456789abcdef0123456789abcdef"))
        added = await ask(entrance, webhook(new, [text_event(4)]))
        await entrance.stop()
        return [answer.status for answer in (before, after, old, added)]

    assert asyncio.run(scenario()) == [200, 200, 401, 200]


def _change_secret_and_add_account(account: Account) -> Account:
    Account.objects.filter(pk=account.pk).update(channel_secret="the new secret")
    try:
        return make.account("new")
    finally:
        connection.close()


def test_an_account_whose_secret_cannot_be_read_keeps_nobody_else_out(
    account: Account, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("madoguchi.intake.account_secrets.RELOAD_SECONDS_MIN", 0.0)
    other = make.account("other")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE channels_account SET channel_secret = 'of another key' WHERE id = %s", [other.pk])

    answers = deliver(*(webhook(each, [text_event(1)]) for each in (account, other, other, account)))

    assert [answer.status for answer in answers] == [200, 503, 503, 200]
    assert RawEvent.objects.get().account_id == account.pk
    assert [other.public_id in line for line in caplog.messages].count(True) == 1


# -- what cannot be stored as it is ----------------------------------------------------------------------------------


def test_a_row_that_cannot_be_stored_does_not_fail_its_neighbours_and_is_not_lost(account: Account) -> None:
    bad = text_event(1, text="a\0b\ud800c")
    neighbours = [webhook(account, [text_event(number)]) for number in range(2, 30)]

    answers = deliver(*neighbours[:14], webhook(account, [bad, text_event(99)]), *neighbours[14:])

    assert {answer.status for answer in answers} == {200}
    assert RawEvent.objects.count() == 30
    kept = RawEvent.objects.get(event_id=bad["webhookEventId"])
    assert kept.payload["message"]["text"] == "a\ufffdb\ufffdc"
    assert (kept.state, bool(kept.note)) == ("new", True)


def test_what_cannot_be_stored_at_all_is_refused_and_holds_nobody_up(account: Account) -> None:
    too_deep = b'{"events":[' + b"[" * 600 + rb'"\u0000"' + b"]" * 600 + b"]}"

    async def scenario() -> list[int]:
        entrance = Hooks()
        await entrance.start()
        together = [webhook(account, [text_event(1)]), webhook(account, too_deep), webhook(account, [text_event(2)])]
        async with asyncio.timeout(20):
            answers = await asyncio.gather(*(ask(entrance, request) for request in together))
            answers.append(await ask(entrance, webhook(account, [text_event(3)])))
        await entrance.stop()
        return [answer.status for answer in answers]

    assert asyncio.run(scenario()) == [200, 503, 200, 200]
    assert RawEvent.objects.count() == 3


def test_an_entrance_whose_part_fails_goes_on(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the mistake may be; here the limit of a batch is no number for a while."""

    async def scenario() -> list[int]:
        entrance = Hooks()
        await entrance.start()
        with monkeypatch.context() as broken:
            broken.setattr(group_commit, "BATCH_REQUESTS_MAX", None)
            waiting = asyncio.create_task(ask(entrance, webhook(account, [text_event(1)])))
            await asyncio.sleep(0.3)
        async with asyncio.timeout(20):
            answers = [await waiting, await ask(entrance, webhook(account, [text_event(2)]))]
        await entrance.stop()
        return [answer.status for answer in answers]

    assert asyncio.run(scenario()) == [200, 200]
    assert RawEvent.objects.count() == 2


def test_numbers_that_json_does_not_know_are_kept_as_text(account: Account) -> None:
    [answer] = deliver(webhook(account, b'{"events":[{"a":NaN,"b":-Infinity,"c":1e400000,"webhookEventId":"E"}]}'))

    assert answer.status == 200
    assert RawEvent.objects.get().payload == {"a": "nan", "b": "-inf", "c": "inf", "webhookEventId": "E"}


# -- when we cannot --------------------------------------------------------------------------------------------------


def test_a_full_queue_asks_to_come_again_and_loses_nothing(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "WAITING_REQUESTS_MAX", 10)

    answers = deliver(*(webhook(account, [text_event(number)]) for number in range(40)))

    refused = [answer for answer in answers if answer.status == 503]
    assert 0 < len(refused) < 40
    assert {answer.headers[b"retry-after"] for answer in refused} == {b"1"}
    assert RawEvent.objects.count() == 40 - len(refused)


def test_large_bodies_fill_the_queue_by_their_size(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "WAITING_BYTES_MAX", 5_000)

    answers = deliver(*(webhook(account, [text_event(number, text="x" * 2_000)]) for number in range(10)))

    assert sorted({answer.status for answer in answers}) == [200, 503]
    assert RawEvent.objects.count() == [answer.status for answer in answers].count(200)


def test_without_a_database_nothing_is_accepted(account: Account, settings: Settings) -> None:
    settings.DATABASE_URL = "postgresql://nobody@/nothing?host=/nonexistent"

    [answer] = deliver(webhook(account, [text_event(1)]))

    assert (answer.status, answer.headers[b"retry-after"]) == (503, b"1")
    assert not RawEvent.objects.exists()
