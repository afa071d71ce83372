"""What is printed: the QR code says the link and nothing else, and the card carries its letters inside."""

import io
import re
from itertools import chain

import pytest
import segno
from django.utils import translation
from django.utils.translation import gettext
from PIL import Image

from madoguchi.bindings import cards, links
from madoguchi.bindings.actions.codes import issue_code
from madoguchi.bindings.models import Code
from madoguchi.bindings.tokens import shown
from tests.bindings.pdf import Pdf
from tests.make import World

pytestmark = pytest.mark.django_db
Modules = list[list[bool]]


@pytest.fixture
def code(world: World) -> Code:
    world.account.liff_id, world.account.basic_id = "2007290078-abcd1234", "@one-life"
    world.account.save()
    return issue_code(by=world.aoi, account=world.account, staff=world.aoi, store=world.store)


@pytest.fixture
def teams(world: World, code: Code) -> Code:
    row = Code.objects.create(account=world.account, store=world.store, created_by=world.aoi)
    row.brands.set([world.other_brand])
    return row


def expected(code: Code) -> Modules:
    """The symbol that a scanner reads as this code's link, drawn by the library anew from the text alone."""
    return [[bool(module) for module in row] for row in segno.make_qr(links.code_url(code), error="m").matrix]


def seen(picture: Image.Image, left: float, top: float, module: float, count: int) -> Modules:
    """What is dark at the middle of each module."""
    width, grey = picture.width, picture.convert("L").tobytes()
    middles = [(round(left + (at + 0.5) * module), round(top + (at + 0.5) * module)) for at in range(count)]
    return [[grey[y * width + x] < 128 for x, _ in middles] for _, y in middles]


def dark_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is dark."""
    box = picture.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box
    return box


def test_the_png_says_the_link_and_has_its_quiet_zone(code: Code) -> None:
    picture, wanted = Image.open(io.BytesIO(cards.png(code))), expected(code)
    count = len(wanted)
    module = picture.width / (count + 2 * cards.QUIET_ZONE)

    assert picture.width == picture.height >= 600
    assert dark_box(picture)[0] == round(module * cards.QUIET_ZONE)
    assert seen(picture, module * cards.QUIET_ZONE, module * cards.QUIET_ZONE, module, count) == wanted
    assert segno.make_qr(links.code_url(code), error="m").error in "MQH"


def test_the_svg_holds_the_same_modules_filled(code: Code) -> None:
    drawing, wanted = cards.svg(code).decode(), expected(code)
    size = len(wanted) + 2 * cards.QUIET_ZONE
    drawn = [[False] * size for _ in range(size)]
    ground, dark = re.findall(r'<path fill="#\w+" stroke="none" d="([^"]+)"/>', drawing)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", dark):
        drawn[int(y)][int(x) : int(x) + int(length)] = [True] * int(length)

    assert f'viewBox="0 0 {size} {size}"' in drawing
    assert ground == f"M0 0h{size}v{size}h-{size}z"
    zone = cards.QUIET_ZONE
    assert [row[zone:-zone] for row in drawn[zone:-zone]] == wanted
    assert sum(chain.from_iterable(drawn)) == sum(chain.from_iterable(wanted)), "nothing in the quiet zone"


def test_the_code_on_the_card_says_the_link(code: Code) -> None:
    card, wanted = Image.open(io.BytesIO(cards.preview(code))), expected(code)
    millimetre = card.width / 105
    left, top, right, bottom = (round(edge * millimetre) for edge in (24, 43, 81, 102))
    middle = card.crop((left, top, right, bottom))
    left, top, right, bottom = dark_box(middle)
    count = len(wanted)

    assert abs((right - left) - (bottom - top)) <= 2, "it is square"
    assert (right - left) / millimetre == pytest.approx(45, abs=0.5)
    assert seen(middle, left, top, (right - left) / count, count) == wanted


def test_the_card_is_one_a6_page_with_its_fonts_inside(code: Code) -> None:
    document = Pdf(cards.pdf(code))

    assert document.page_size == pytest.approx((105 / 25.4 * 72, 148 / 25.4 * 72), abs=0.01)
    assert document.fonts == {"NotoSansCJKtc-Bold", "NotoSansCJKtc-Regular"}
    assert len(document.data) < 100_000, "a subset of each, for a whole one has 16 MB"


@pytest.mark.parametrize("is_person", [True, False])
def test_the_words_on_the_card_can_be_read_out(world: World, code: Code, teams: Code, is_person: bool) -> None:
    chosen = code if is_person else teams

    text = "".join(Pdf(cards.pdf(chosen)).text.split())  # where Latin letters begin, a new piece of text does

    assert shown(chosen.token) in text
    assert world.store.name in text
    assert "@one-life" in text
    assert (world.aoi.display_name in text) is is_person
    assert (world.brand if is_person else world.other_brand).name in text


@pytest.mark.parametrize(
    ("locale", "tag"), [("zh-hant", b"zh-TW"), ("zh-hans", b"zh-CN"), ("ja", b"ja-JP"), ("en", b"en-GB")]
)
def test_the_card_speaks_the_language_of_its_market(world: World, code: Code, locale: str, tag: bytes) -> None:
    world.market.locale = locale
    world.market.save()

    document = Pdf(cards.pdf(Code.objects.get(pk=code.pk)))

    with translation.override(locale):
        words = gettext("Scan with LINE, add us, and ask anything.")
    assert b"/Lang(" + tag + b")" in document.data
    assert "".join(words.split()) in "".join(document.text.split())


def test_long_names_stay_on_the_card(world: World, code: Code) -> None:
    world.aoi.display_name = "Alexandra Montgomery-Whitfield Y"
    world.store.name = "遠光百貨信義新天地A8館八樓家電與生活選物專櫃"
    code.staff, code.store = world.aoi, world.store

    card = Image.open(io.BytesIO(cards.preview(code)))

    margin = round(card.width / 105 * 8)
    edge = card.crop((card.width - margin, margin, card.width, card.height)).convert("L")
    low, _high = edge.getextrema()
    assert isinstance(low, int | float)
    assert low > 200, "nothing runs over the margin"
