"""LINE's official Python SDK, synchronous and asynchronous, against the sandbox: its models check every answer."""

import asyncio
import uuid
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.conftest import CHANNEL, SECRET, TOKEN, Receiver, Sandbox
from tests.sandbox.test_phones import form, picture

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from linebot.v3 import WebhookParser
    from linebot.v3.insight import ApiClient as InsightClient
    from linebot.v3.insight import Configuration as InsightConfiguration
    from linebot.v3.insight import Insight
    from linebot.v3.messaging import (
        ApiClient,
        ApiException,
        AsyncApiClient,
        AsyncMessagingApi,
        BroadcastRequest,
        Configuration,
        FlexMessage,
        MessagingApi,
        MulticastRequest,
        PushMessageRequest,
        ReplyMessageRequest,
        RichMenuRequest,
        Sender,
        ShowLoadingAnimationRequest,
        TextMessage,
    )
    from linebot.v3.oauth import ApiClient as OauthClient
    from linebot.v3.oauth import ChannelAccessToken
    from linebot.v3.oauth import Configuration as OauthConfiguration
    from linebot.v3.webhooks import FollowEvent, ImageMessageContent, MessageEvent, TextMessageContent

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's own


async def blocking(work: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(work)


def messaging(sandbox: Sandbox, client: ApiClient) -> MessagingApi:
    api = MessagingApi(client)
    api.line_base_path = sandbox.url
    return api


async def test_synchronous(sandbox: Sandbox) -> None:
    mei = sandbox.user_id("mei")
    key = str(uuid.uuid4())

    def work() -> None:
        with ApiClient(Configuration(access_token=TOKEN)) as client:
            api = messaging(sandbox, client)
            message = TextMessage(text="您好", sender=Sender(name="森山茶舖"))
            pushed = api.push_message(PushMessageRequest(to=mei, messages=[message]), x_line_retry_key=key)
            assert pushed.sent_messages[0].quote_token
            with pytest.raises(ApiException) as caught:
                api.push_message(PushMessageRequest(to=mei, messages=[message]), x_line_retry_key=key)
            assert caught.value.status == 409
            assert caught.value.headers["x-line-accepted-request-id"]
            assert api.get_profile(mei).display_name == "美"
            assert api.get_bot_info().basic_id.startswith("@")
            assert api.get_followers().user_ids == [mei]
            assert api.get_message_quota().type == "none"
            assert api.get_message_quota_consumption().total_usage == 1
            api.multicast(MulticastRequest(to=[mei], messages=[TextMessage(text="2")]))
            api.broadcast(BroadcastRequest(messages=[TextMessage(text="3")]))
            api.show_loading_animation(ShowLoadingAnimationRequest(chat_id=mei, loading_seconds=5))
            assert api.get_webhook_endpoint().active
            assert api.get_number_of_sent_push_messages("20200101").status == "ready"

    await blocking(work)

    assert await sandbox.texts("mei") == ["您好", "2", "3"]


async def test_asynchronous(sandbox: Sandbox) -> None:
    bubble = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "x"}]},
    }
    async with AsyncApiClient(Configuration(access_token=TOKEN)) as client:
        api = AsyncMessagingApi(client)
        api.line_base_path = sandbox.url
        flex = FlexMessage.from_dict({"type": "flex", "altText": "alt", "contents": bubble})
        pushed = await api.push_message(PushMessageRequest(to=sandbox.user_id("mei"), messages=[flex]))
        menu = RichMenuRequest.from_dict(
            {
                "size": {"width": 800, "height": 540},
                "selected": False,
                "name": "m",
                "chatBarText": "c",
                "areas": [
                    {
                        "bounds": {"x": 0, "y": 0, "width": 800, "height": 540},
                        "action": {"type": "uri", "label": "web", "uri": "https://example.com"},
                    }
                ],
            }
        )
        made = await api.create_rich_menu(menu)
        listed = await api.get_rich_menu_list()

    assert pushed.sent_messages
    assert [each.rich_menu_id for each in listed.richmenus] == [made.rich_menu_id]
    assert (await sandbox.chat("mei"))["messages"][-1]["contents"] == bubble


async def test_the_parser_reads_webhooks_and_replies(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.play("lin", "add")
    await sandbox.play("lin", "messages", {"type": "text", "text": "在嗎"})
    await sandbox.play("lin", "messages", data=form("image", ("a.png", picture())))
    await receiver.wait_for(3)
    parsed = [event for raw, signed in receiver.raw for event in WebhookParser(SECRET).parse(raw, signed)]

    assert {type(event) for event in parsed} == {FollowEvent, MessageEvent}
    contents = {type(event.message): event for event in parsed if isinstance(event, MessageEvent)}
    assert set(contents) == {TextMessageContent, ImageMessageContent}
    asked = contents[TextMessageContent]
    assert asked.message.text == "在嗎"

    def reply() -> None:
        with ApiClient(Configuration(access_token=TOKEN)) as client:
            request = ReplyMessageRequest(reply_token=asked.reply_token, messages=[TextMessage(text="在的")])
            messaging(sandbox, client).reply_message(request)

    await blocking(reply)
    assert (await sandbox.texts("lin"))[-1] == "在的"


async def test_insights_and_tokens(sandbox: Sandbox) -> None:
    def work() -> None:
        with InsightClient(InsightConfiguration(access_token=TOKEN)) as client:
            insight = Insight(client)
            insight.line_base_path = sandbox.url
            assert insight.get_number_of_followers("20200101").status == "ready"
            assert insight.get_friends_demographics().available is False
        with OauthClient(OauthConfiguration()) as client:
            oauth = ChannelAccessToken(client)
            oauth.line_base_path = sandbox.url
            issued = oauth.issue_channel_token("client_credentials", CHANNEL, SECRET)
            assert oauth.verify_channel_token(issued.access_token).client_id == CHANNEL

    await blocking(work)
