"""Template messages (template-messages): buttons, confirm, carousel, image carousel."""

from madoguchi.sandbox.line.records import Json

from .actions import Place, check_action
from .checks import Checker, grapheme_length

ALT_TEXT = 1500
ASPECT_RATIOS = frozenset({"rectangle", "square"})
IMAGE_SIZES = frozenset({"cover", "contain"})


def check_template(checker: Checker, message: Json, where: str) -> None:
    checker.text(message, "altText", where, ALT_TEXT)
    if (template := checker.object(message, "template", where)) is None:
        return
    at = f"{where}.template"
    match checker.choice(template, "type", at, {"buttons", "confirm", "carousel", "image_carousel"}):
        case "buttons":
            _look(checker, template, at)
            _card(checker, template, at, text=160, actions=4)
        case "confirm":
            checker.text(template, "text", at, 240, count=grapheme_length)
            _actions(checker, template, at, 2, 2)
        case "carousel":
            _carousel(checker, template, at)
        case "image_carousel":
            for index, column in enumerate(checker.items(template, "columns", at, 1, 10)):
                each = f"{at}.columns[{index}]"
                checker.url(column, "imageUrl", each)
                check_action(checker, checker.object(column, "action", each), f"{each}.action", Place.IMAGE_CAROUSEL)


def _look(checker: Checker, template: Json, where: str) -> None:
    checker.choice(template, "imageAspectRatio", where, ASPECT_RATIOS, required=False)
    checker.choice(template, "imageSize", where, IMAGE_SIZES, required=False)


def _card(checker: Checker, card: Json, where: str, *, text: int, actions: int) -> int:
    """Image or title shorten the text to 60. Returns the number of actions."""
    checker.url(card, "thumbnailImageUrl", where, required=False)
    checker.text(card, "title", where, 40, required=False, count=grapheme_length)
    adorned = card.get("thumbnailImageUrl") or card.get("title")
    checker.text(card, "text", where, 60 if adorned else text, count=grapheme_length)
    default = checker.object(card, "defaultAction", where, required=False)
    check_action(checker, default, f"{where}.defaultAction", Place.TAPPABLE)
    return _actions(checker, card, where, 1, actions)


def _actions(checker: Checker, holder: Json, where: str, low: int, high: int) -> int:
    actions = checker.items(holder, "actions", where, low, high)
    for index, action in enumerate(actions):
        check_action(checker, action, f"{where}.actions[{index}]", Place.TEMPLATE)
    return len(actions)


def _carousel(checker: Checker, template: Json, where: str) -> None:
    _look(checker, template, where)
    counts, adornments = set(), set()
    for index, column in enumerate(checker.items(template, "columns", where, 1, 10)):
        counts.add(_card(checker, column, f"{where}.columns[{index}]", text=120, actions=3))
        adornments.add((bool(column.get("thumbnailImageUrl")), bool(column.get("title"))))
    if len(counts) > 1:
        checker.add("All columns must have the same number of actions", f"{where}.columns")
    if len(adornments) > 1:
        checker.add("All columns must have an image and a title, or none of them", f"{where}.columns")
