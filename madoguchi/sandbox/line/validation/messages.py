"""Message objects that are sent (message-objects, action-objects): limits by type."""

from collections.abc import Callable

from ..delivery import quoted_message
from ..records import Channel, Json
from ..world import World
from .checks import Checker

Check = Callable[[Checker, Json, str], None]


def check_messages(checker: Checker, messages: list[Json], world: World, channel: Channel) -> None:
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        check = CHECKS.get(str(message.get("type")))
        if check is None:
            checker.choice(message, "type", where, CHECKS.keys())
            continue
        check(checker, message, where)
        if "quoteToken" in message and quoted_message(world, channel, message["quoteToken"]) is None:
            checker.add("Invalid quote token", f"{where}.quoteToken")


def _text(checker: Checker, message: Json, where: str) -> None:
    checker.text(message, "text", where, 5000)


CHECKS: dict[str, Check] = {"text": _text}
