"""Raw events as they would wait for a consumer: what customers of LINE do, in believable shares."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from madoguchi.bench.vocabulary import Vocabulary

CUSTOMERS = 5_000
_SHARES = {"text": 70, "sticker": 10, "image": 8, "postback": 5, "unsend": 2, "follow": 2, "unfollow": 1, "video": 2}


def write_backlog(account_id: int, count: int, *, seed: int) -> None:
    """``count`` waiting events of 5,000 customers, by COPY."""
    rng = random.Random(seed)
    with connection.cursor() as cursor:
        assert connection.connection is not None
        with connection.connection.cursor().copy(
            "COPY intake_rawevent (account_id, event_id, payload, received_at, state, kind, attempts, note) FROM STDIN"
        ) as copy:
            for number, payload in enumerate(_payloads(count, seed, rng)):
                text = json.dumps(payload, ensure_ascii=False)
                copy.write_row((account_id, f"01B{seed:03d}{number:020d}", text, "now", "new", "", 0, ""))
        cursor.execute("ANALYZE intake_rawevent")


def _payloads(count: int, seed: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    vocabulary = Vocabulary()
    kinds = rng.choices(list(_SHARES), weights=list(_SHARES.values()), k=count)
    for number, kind in enumerate(kinds):
        yield {
            **_BY_KIND[kind](number, seed, vocabulary, rng),
            "mode": "active",
            "timestamp": 1_795_000_000_000 + number * 10,
            "source": {"type": "user", "userId": f"U{rng.randrange(CUSTOMERS):032x}"},
            "webhookEventId": f"01B{seed:03d}{number:020d}",
            "deliveryContext": {"isRedelivery": False},
            "replyToken": f"nHuyWiB7yP5Zw52FIkcQobQuGDXCTA{seed}{number}",
        }


Made = Callable[[int, int, Vocabulary, random.Random], dict[str, Any]]


def _text(number: int, seed: int, vocabulary: Vocabulary, rng: random.Random) -> dict[str, Any]:
    return _message("text", number, seed, text=vocabulary.sentence(rng)[0], quoteToken="q" * 150)


def _sticker(number: int, seed: int, _vocabulary: Vocabulary, rng: random.Random) -> dict[str, Any]:
    sticker = str(rng.randrange(10_000, 20_000))
    return _message("sticker", number, seed, packageId="446", stickerId=sticker, stickerResourceType="STATIC")


def _image(number: int, seed: int, _vocabulary: Vocabulary, _rng: random.Random) -> dict[str, Any]:
    return _message("image", number, seed, contentProvider={"type": "line"})


def _video(number: int, seed: int, _vocabulary: Vocabulary, _rng: random.Random) -> dict[str, Any]:
    return _message("video", number, seed, contentProvider={"type": "line"}, duration=9_000)


def _postback(_number: int, _seed: int, _vocabulary: Vocabulary, rng: random.Random) -> dict[str, Any]:
    return {"type": "postback", "postback": {"data": f"action=store&id={rng.randrange(300)}"}}


def _unsend(number: int, seed: int, _vocabulary: Vocabulary, rng: random.Random) -> dict[str, Any]:
    return {"type": "unsend", "unsend": {"messageId": _message_id(max(0, number - rng.randrange(1, 2_000)), seed)}}


def _follow(_number: int, _seed: int, _vocabulary: Vocabulary, rng: random.Random) -> dict[str, Any]:
    return {"type": "follow", "follow": {"isUnblocked": rng.random() < 0.3}}


def _unfollow(_number: int, _seed: int, _vocabulary: Vocabulary, _rng: random.Random) -> dict[str, Any]:
    return {"type": "unfollow"}


def _message(kind: str, number: int, seed: int, **more: Any) -> dict[str, Any]:
    token = f"{number}-xAkQkT1oYvL6WcXzJ3uRbEw-abcdefgh"
    return {
        "type": "message",
        "message": {"type": kind, "id": _message_id(number, seed), "markAsReadToken": token, **more},
    }


def _message_id(number: int, seed: int) -> str:
    return str(500_000_000_000_000_000 + seed * 10_000_000 + number)


_BY_KIND: dict[str, Made] = {
    "follow": _follow,
    "image": _image,
    "postback": _postback,
    "sticker": _sticker,
    "text": _text,
    "unfollow": _unfollow,
    "unsend": _unsend,
    "video": _video,
}
