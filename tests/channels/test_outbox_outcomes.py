"""What each answer of LINE makes of a message: the whole table, at the wire."""

import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from madoguchi.channels.models import Account, OutboundMessage, ReplyToken
from madoguchi.conversations.actions.send import send
from tests import make, pictures
from tests.channels import sending
from tests.channels.sending import State, make_due, run_sender, write
from tests.line_sandbox import LineSandbox
from tests.make import World

pytestmark = pytest.mark.django_db(transaction=True)
Route, Refusal = OutboundMessage.Route, OutboundMessage.Refusal


@pytest.fixture(autouse=True)
def _open(world: World, sandbox: LineSandbox) -> None:
    sandbox.open_for(world.account)
    sandbox.befriend(world.contact)


def fresh_token(world: World, sandbox: LineSandbox) -> ReplyToken:
    """The customer has just written, and the webhook's reply token has reached us."""
    path = f"/sandbox/people/p{world.contact.pk}/channels/{world.account.channel_id}/events"
    event = sandbox.call("POST", path, {"type": "postback", "postback": {"data": "x"}})["event"]
    return ReplyToken.objects.create(
        contact=world.contact, token=event["replyToken"], expires_at=timezone.now() + ReplyToken.LIFETIME
    )


def test_a_push_is_accepted_and_keeps_what_line_returned(world: World, sandbox: LineSandbox) -> None:
    outbound = write(world.conversation, world.aoi, "馬上來")

    run_sender()

    outbound.refresh_from_db()
    [bubble] = sandbox.accepted()
    assert (outbound.state, outbound.route) == (State.ACCEPTED, Route.PUSH)
    assert bubble["message"]["text"] == "馬上來"
    assert bubble["retryKey"] == str(outbound.key)
    assert outbound.sent_messages[0]["id"] == bubble["messageId"]
    assert outbound.sent_messages[0]["quoteToken"]
    assert outbound.request_id == bubble["requestId"]
    assert outbound.settled_at is not None


def test_a_valid_reply_token_makes_it_free(world: World, sandbox: LineSandbox) -> None:
    fresh_token(world, sandbox)
    outbound = write(world.conversation, world.aoi)

    run_sender()

    outbound.refresh_from_db()
    world.account.refresh_from_db()
    assert (outbound.state, outbound.route) == (State.ACCEPTED, Route.REPLY)
    assert [each["via"] for each in sandbox.accepted()] == ["reply"]
    assert world.account.quota_used == 0
    assert not ReplyToken.objects.exists()


def test_a_reply_token_is_spent_once(world: World, sandbox: LineSandbox) -> None:
    fresh_token(world, sandbox)
    first, second = write(world.conversation, world.aoi, "一"), write(world.conversation, world.aoi, "二")

    run_sender()

    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.route, second.route] == [Route.REPLY, Route.PUSH]
    assert sandbox.texts() == ["一", "二"]


def test_a_reply_token_that_has_run_out_is_not_tried(world: World, sandbox: LineSandbox) -> None:
    token = fresh_token(world, sandbox)
    ReplyToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    outbound = write(world.conversation, world.aoi)

    run_sender()

    outbound.refresh_from_db()
    assert (outbound.state, outbound.route) == (State.ACCEPTED, Route.PUSH)
    assert sandbox.requests() == [("push", 200)]


def test_a_reply_token_that_line_no_longer_takes_becomes_a_push_by_itself(world: World, sandbox: LineSandbox) -> None:
    fresh_token(world, sandbox)
    sandbox.call("POST", "/sandbox/clock/advance", {"seconds": 3600})
    outbound = write(world.conversation, world.aoi)

    run_sender()

    outbound.refresh_from_db()
    assert (outbound.state, outbound.route) == (State.ACCEPTED, Route.PUSH)
    assert sandbox.requests() == [("reply", 400), ("push", 200)]


@pytest.mark.parametrize("fault", ["timeout_after_accept", "500_after", "500", "drop"])
def test_a_reply_without_an_answer_is_unknown_and_never_repeated(
    world: World, sandbox: LineSandbox, fault: str
) -> None:
    fresh_token(world, sandbox)
    sandbox.fail(fault, seconds=2, times=None)
    outbound = write(world.conversation, world.aoi)

    run_sender(request_seconds=0.4)
    sandbox.recover()
    run_sender(at_least=1.5)

    outbound.refresh_from_db()
    assert (outbound.state, outbound.route) == (State.UNKNOWN, Route.REPLY)
    assert len([each for each in sandbox.requests() if each[0] in ("reply", "push")]) <= 1


def test_what_is_unknown_lets_the_next_one_pass(world: World, sandbox: LineSandbox) -> None:
    fresh_token(world, sandbox)
    sandbox.fail("500", path="/v2/bot/message/reply")
    first, second = write(world.conversation, world.aoi, "一"), write(world.conversation, world.aoi, "二")

    run_sender()

    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.state, second.state] == [State.UNKNOWN, State.ACCEPTED]
    assert sandbox.texts() == ["二"]


@pytest.mark.parametrize("fault", ["timeout_after_accept", "timeout_before_accept", "500_after", "500", "drop"])
def test_a_push_without_an_answer_is_repeated_under_its_key_and_shown_once(
    world: World, sandbox: LineSandbox, fault: str
) -> None:
    sandbox.fail(fault, seconds=2)
    outbound = write(world.conversation, world.aoi, "只有一次")

    run_sender(request_seconds=0.4)
    outbound.refresh_from_db()
    assert outbound.state == State.QUEUED
    assert outbound.due_at > timezone.now() - dt.timedelta(seconds=1)
    make_due()
    run_sender()

    outbound.refresh_from_db()
    world.account.refresh_from_db()
    assert outbound.state == State.ACCEPTED
    assert sandbox.texts() == ["只有一次"]
    assert outbound.sent_messages[0]["id"] == sandbox.accepted()[0]["messageId"]
    assert outbound.request_id == sandbox.accepted()[0]["requestId"]
    assert world.account.quota_used == 1


def test_a_rate_limit_makes_it_wait(world: World, sandbox: LineSandbox) -> None:
    sandbox.fail("429")
    outbound = write(world.conversation, world.aoi)

    run_sender()
    outbound.refresh_from_db()
    assert outbound.state == State.QUEUED
    assert outbound.due_at > outbound.claimed_at  # type: ignore[operator]
    make_due()
    run_sender()

    outbound.refresh_from_db()
    assert (outbound.state, outbound.attempts) == (State.ACCEPTED, 2)


def test_what_waits_holds_up_its_thread_only(world: World, sandbox: LineSandbox) -> None:
    other = make.conversation(world.account, store=world.store, brand=world.brand)
    sandbox.befriend(other.contact)
    sandbox.fail("500")
    first = write(world.conversation, world.aoi, "一")
    run_sender()
    first.refresh_from_db()
    assert first.state == State.QUEUED
    OutboundMessage.objects.filter(pk=first.pk).update(due_at=timezone.now() + dt.timedelta(hours=1))
    second = write(world.conversation, world.aoi, "二")
    write(other, world.aoi, "別人")

    OutboundMessage.objects.filter(pk=second.pk).update(due_at=timezone.now() + dt.timedelta(seconds=-1))
    with pytest.raises(AssertionError, match="did not come to rest"):
        _run_briefly()
    assert sandbox.texts() == ["別人"]
    make_due()
    run_sender()

    assert sandbox.texts() == ["別人", "一", "二"]


def _run_briefly() -> None:
    before, sending.SECONDS_MAX = sending.SECONDS_MAX, 1.5
    try:
        run_sender()
    finally:
        sending.SECONDS_MAX = before


def test_after_a_day_without_an_answer_we_stop_trying(world: World, sandbox: LineSandbox) -> None:
    sandbox.fail("500", times=None)
    outbound = write(world.conversation, world.aoi)
    run_sender()
    OutboundMessage.objects.update(first_tried_at=timezone.now() - dt.timedelta(hours=24), due_at=timezone.now())
    sandbox.recover()

    run_sender()

    outbound.refresh_from_db()
    assert (outbound.state, outbound.refusal) == (State.REFUSED, Refusal.EXPIRED)
    assert sandbox.texts() == []


def test_the_monthly_limit_refuses_and_is_told_by_the_account(world: World, sandbox: LineSandbox) -> None:
    sandbox.open_for(world.account, plan_limit=1)
    first, second = write(world.conversation, world.aoi, "一"), write(world.conversation, world.aoi, "二")

    run_sender(at_least=0.3)

    first.refresh_from_db()
    second.refresh_from_db()
    world.account.refresh_from_db()
    assert first.state == State.ACCEPTED
    assert (second.state, second.refusal) == (State.REFUSED, Refusal.QUOTA)
    assert "monthly limit" in second.refusal_detail
    assert (world.account.health, world.account.quota_used) == (Account.Health.QUOTA_USED_UP, 1)


def test_a_free_reply_still_goes_when_the_quota_is_used_up(world: World, sandbox: LineSandbox) -> None:
    sandbox.open_for(world.account, plan_limit=0)
    Account.objects.update(health=Account.Health.QUOTA_USED_UP)
    fresh_token(world, sandbox)
    outbound = write(world.conversation, world.aoi)

    run_sender(at_least=0.3)

    outbound.refresh_from_db()
    world.account.refresh_from_db()
    assert (outbound.state, outbound.route) == (State.ACCEPTED, Route.REPLY)
    assert world.account.health == Account.Health.QUOTA_USED_UP


def test_a_refused_token_loses_nothing_and_a_new_one_sends_at_once(world: World, sandbox: LineSandbox) -> None:
    sandbox.use_token(world.account, "another-token")
    outbound = write(world.conversation, world.aoi, "等一下")
    with pytest.raises(AssertionError, match="did not come to rest"):
        _run_briefly()
    outbound.refresh_from_db()
    world.account.refresh_from_db()
    assert (outbound.state, outbound.first_tried_at) == (State.QUEUED, None)
    assert world.account.health == Account.Health.TOKEN_REFUSED
    assert sandbox.requests() == [("push", 401)]  # not once for each second

    world.account.access_token = "another-token"
    world.account.save()
    run_sender(at_least=0.3)

    outbound.refresh_from_db()
    world.account.refresh_from_db()
    assert outbound.state == State.ACCEPTED
    assert sandbox.texts() == ["等一下"]
    assert world.account.health == Account.Health.OK


def test_an_account_whose_token_cannot_be_read_holds_nobody_else_up(
    world: World, sandbox: LineSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    lost = make.conversation(make.account("lost"), store=world.store)
    waiting, outbound = write(lost, world.aoi), write(world.conversation, world.aoi, "照常")
    with connection.cursor() as cursor:
        sql = "UPDATE channels_account SET access_token = 'of another key' WHERE id = %s"
        cursor.execute(sql, [lost.contact.account_id])

    with pytest.raises(AssertionError, match="did not come to rest"):
        _run_briefly()

    waiting.refresh_from_db()
    outbound.refresh_from_db()
    assert (waiting.state, outbound.state) == (State.QUEUED, State.ACCEPTED)
    assert sandbox.texts() == ["照常"]
    assert ["until it has a new token" in line for line in caplog.messages].count(True) == 1


def test_an_unknown_recipient_is_refused_with_the_reason(world: World, sandbox: LineSandbox) -> None:
    world.contact.external_id = "U" + "0" * 32
    world.contact.save()
    outbound = write(world.conversation, world.aoi)

    run_sender()

    outbound.refresh_from_db()
    assert (outbound.state, outbound.refusal) == (State.REFUSED, Refusal.RECIPIENT)
    assert outbound.refusal_detail == "Failed to send messages"
    assert outbound.request_id


def test_content_that_line_does_not_take_is_refused_with_its_details(world: World, sandbox: LineSandbox) -> None:
    outbound = write(world.conversation, world.aoi)
    OutboundMessage.objects.update(messages=[{"type": "text", "text": ""}])

    run_sender()

    outbound.refresh_from_db()
    assert (outbound.state, outbound.refusal) == (State.REFUSED, Refusal.INVALID)
    assert "messages[0].text" in outbound.refusal_detail


def test_an_account_that_does_not_answer_is_called_unreachable_until_it_does(
    world: World, sandbox: LineSandbox
) -> None:
    for number in range(3):
        conversation = make.conversation(world.account, store=world.store)
        sandbox.befriend(conversation.contact)
        write(conversation, world.aoi, f"第{number}位")
    sandbox.fail("500", times=3)

    run_sender(at_least=0.3)
    world.account.refresh_from_db()
    assert world.account.health == Account.Health.UNREACHABLE
    make_due()
    run_sender(at_least=0.3)

    world.account.refresh_from_db()
    assert world.account.health == Account.Health.OK
    assert len(sandbox.accepted()) == 3


def test_every_kind_of_bubble_is_accepted_in_one_request(
    world: World, sandbox: LineSandbox, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    files = [
        pictures.upload(pictures.jpeg(), "照片.jpg"),
        pictures.upload(pictures.mp4(), "示範.mp4"),
        pictures.upload(b"%PDF-1.7\n%\xe2\xe3", "使用說明 (最終版).pdf"),
        pictures.upload(b"a;b\n", "表.csv"),
    ]

    send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid4(), text="請看附件", files=files)
    run_sender()

    outbound = OutboundMessage.objects.get()
    assert (outbound.state, outbound.refusal_detail) == (State.ACCEPTED, "")
    assert [each["message"]["type"] for each in sandbox.accepted()] == ["text", "image", "video", "flex", "flex"]
    assert {each["message"]["sender"]["name"] for each in sandbox.accepted()} == {world.brand.sender_name}
    assert len({each["requestId"] for each in sandbox.accepted()}) == 1


def test_two_brands_speak_in_their_own_voices(world: World, sandbox: LineSandbox) -> None:
    for brand in (world.brand, world.other_brand):
        send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid4(), text="您好", brand_id=brand.pk)

    run_sender()

    senders = [each["message"]["sender"] for each in sandbox.accepted()]
    assert [sender["name"] for sender in senders] == [world.brand.sender_name, world.other_brand.sender_name]
    assert senders[0]["iconUrl"] != senders[1]["iconUrl"]


def test_for_a_customer_who_blocks_us_accepted_is_all_that_is_claimed(world: World, sandbox: LineSandbox) -> None:
    chat = f"/sandbox/people/p{world.contact.pk}/channels/{world.account.channel_id}"
    sandbox.call("POST", f"{chat}/block", {"quiet": True})
    outbound = write(world.conversation, world.aoi)

    run_sender()

    outbound.refresh_from_db()
    assert outbound.state == State.ACCEPTED  # LINE says 200 and drops it; accepted is all that we ever claim
    assert sandbox.accepted()[0]["delivered"] is False
