"""The contract itself: that it sees what an ordinary validator would let pass."""

import pytest

from tests.sandbox import contract


@pytest.fixture
def agreed() -> contract.Contract:
    found = contract.load()
    if found is None:
        pytest.skip("LINE's OpenAPI files are not beside the repository (../shared/line-openapi)")
    return found


def _event(message: contract.Json) -> contract.Json:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": 1,
        "webhookEventId": "01M7ZVMN7HZP5HT59QM5ANKN9X",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": "U" + "0" * 32},
        "replyToken": "token",
        "message": message,
    }
    return {"destination": "U" + "1" * 32, "events": [event]}


def test_a_complete_event_agrees(agreed: contract.Contract) -> None:
    assert agreed.check_webhook(_event({"type": "text", "id": "1", "text": "hi", "quoteToken": "q"})) == []


def test_a_text_event_without_text_is_noticed(agreed: contract.Contract) -> None:
    problems = agreed.check_webhook(_event({"type": "text", "id": "1", "quoteToken": "q"}))

    assert any("'text' is a required property" in problem for problem in problems)


def test_an_unknown_kind_is_noticed(agreed: contract.Contract) -> None:
    assert agreed.check_webhook(_event({"type": "hologram", "id": "1"}))
