"""Pages from files with `{{ name }}` places: words of the language, addresses of assets, and parts made by the caller."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Final

from madoguchi.sandbox.phones import assets, language

FOLDER: Final = Path(__file__).parent / "pages"
_PLACE: Final = re.compile(r"\{\{ *([\w./-]+) *\}\}")

__all__ = ["Page", "escape"]


@dataclass(frozen=True)
class Page:
    """What every page knows: its language, and whether the address (`?lang=`) chose it."""

    language: str
    chosen: bool = False

    @cached_property
    def words(self) -> dict[str, str]:
        """The texts of the language, by key."""
        return language.words(self.language)

    def say(self, key: str, **values: str) -> str:
        """One text as HTML: escaped, with its `{name}` places filled by the (escaped) values."""
        return escape(self.words[key].format(**values) if values else self.words[key])

    def to(self, path: str) -> str:
        """A link within these pages that keeps a chosen language."""
        if not self.chosen:
            return escape(path)
        before, _, fragment = path.partition("#")
        joined = f"{before}{'&' if '?' in before else '?'}lang={self.language}"
        return escape(joined + (f"#{fragment}" if fragment else ""))

    def fill(self, file: str, /, **parts: str) -> str:
        """The page `file` with its places filled.

        `{{ asset/NAME }}` is an asset's address, `{{ word/KEY }}` a text, `{{ page/FILE }}` another file, anything else
        one of `parts`, which are HTML. An unknown name is a `KeyError`.
        """
        assets_at = assets.address("")
        known = {"language": self.language, "assets": assets_at, "languages": self._languages(), **parts}

        def replace(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("asset/"):
                return assets_at + name.removeprefix("asset/")
            if name.startswith("word/"):
                return self.say(name.removeprefix("word/"))
            return self.fill(name.removeprefix("page/")) if name.startswith("page/") else known[name]

        return _PLACE.sub(replace, (FOLDER / file).read_text("utf-8"))

    def _languages(self) -> str:
        """Links to the same page in each language."""
        return "".join(
            f'<a href="?lang={code}" lang="{code}" hreflang="{code}" aria-current="{str(code == self.language).lower()}">'
            f"{name}</a>"
            for code, name in language.LANGUAGES.items()
        )
