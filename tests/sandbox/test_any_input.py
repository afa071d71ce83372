"""Whatever JSON arrives, the validators have an opinion: they never stumble over it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.sandbox.line import audience
from madoguchi.sandbox.line.records import Channel
from madoguchi.sandbox.line.validation.checks import Checker
from madoguchi.sandbox.line.validation.messages import CHECKS, check_messages
from madoguchi.sandbox.line.validation.richmenus import check_batch, check_rich_menu
from madoguchi.sandbox.line.world import World


def words(text: str) -> list[str]:
    return text.split()


KINDS = st.sampled_from(
    [
        *CHECKS,
        *words("bubble carousel buttons confirm image_carousel box button uri postback datetimepicker operator"),
        *words("gender age link unlinkAll mention emoji vertical"),
    ]
)
NAMES = st.sampled_from(
    words(
        "type text altText template contents columns actions action label data uri body hero layout quickReply items sender "
        "name substitution mentionee emojis index size width height areas bounds mode initial and or not oneOf gte area "
        "demographic video baseSize operations from recipient filter selected quoteToken defaultAction"
    )
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | KINDS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=8)


def checker() -> Checker:
    return Checker(lambda url: url.startswith("https://"))


@given(st.lists(st.builds(lambda item, kind: {**item, "type": kind}, OBJECTS, KINDS | JSON), max_size=3))
@settings(max_examples=40, deadline=None)
def test_messages(messages: list[dict[str, Any]]) -> None:
    found = checker()
    check_messages(found, messages, World(), Channel("1", "secret", "name", "provider"))

    assert all(text and where.startswith("messages[") for text, where in found.problems)


@given(OBJECTS)
@settings(max_examples=30, deadline=None)
def test_rich_menus_batches_and_audiences(body: dict[str, Any]) -> None:
    for check in (check_rich_menu, check_batch, audience.check):
        found = checker()
        check(found, body)
        assert all(text for text, _ in found.problems)
