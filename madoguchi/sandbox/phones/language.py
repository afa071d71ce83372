"""Which language a page speaks, and its words.

The words are one flat JSON file per language, shared by these pages and their scripts, so that a text exists once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "languages"
LANGUAGES: Final = {"zh-Hant": "繁體中文", "zh-Hans": "简体中文", "ja": "日本語", "en": "English"}
DEFAULT: Final = "zh-Hant"


def choose(asked: str, accepted: str) -> str:
    """The language for a request: the one asked for by `?lang=`, else the best of the `Accept-Language` header."""
    for tag in [asked, *_by_weight(accepted)]:
        found = _match(tag)
        if found:
            return found
    return DEFAULT


def words(language: str) -> dict[str, str]:
    """Every text of the pages in `language` (a key of `LANGUAGES`)."""
    texts: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return texts


def _by_weight(header: str) -> list[str]:
    """The tags of an `Accept-Language` header, best first; tags refused by `q=0` and unreadable weights are left out."""
    weighted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        if weight > 0:
            weighted.append((weight, tag))
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0])]


def _match(tag: str) -> str | None:
    """The language of ours that serves a BCP 47 tag, by script first, then by region."""
    parts = tag.strip().lower().split("-")
    if parts[0] == "zh":
        simplified = "hans" in parts or ("hant" not in parts and bool({"cn", "sg", "my"} & set(parts)))
        return "zh-Hans" if simplified else "zh-Hant"
    return parts[0] if parts[0] in ("ja", "en") else None
