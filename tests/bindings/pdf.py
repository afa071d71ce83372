"""Reading a PDF as far as a test needs it: which fonts it carries, and the words that can be selected and copied."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True)
class Pdf:
    """Of one page, with plain objects."""

    data: bytes

    def of(self, number: bytes) -> bytes:
        """An object without its stream."""
        found = re.search(rb"(?:^|\n)" + number + rb" 0 obj(.*?)(?:endobj|stream\r?\n)", self.data, re.DOTALL)
        assert found, f"there is no object {number!r}"
        return found[1]

    def stream(self, number: bytes) -> bytes:
        start = re.search(rb"(?:^|\n)" + number + rb" 0 obj.*?/Length (\d+).*?stream\r?\n", self.data, re.DOTALL)
        assert start, f"object {number!r} has no stream"
        raw = self.data[start.end() : start.end() + int(start[1])]
        return zlib.decompress(raw) if b"FlateDecode" in start[0] else raw

    @property
    def page_size(self) -> tuple[float, float]:
        """Points."""
        [box] = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", self.data)
        return float(box[0]), float(box[1])

    @property
    def fonts(self) -> set[str]:
        """Names of the fonts whose glyphs are inside, without the six letters that mark a subset."""
        descriptors = re.findall(rb"/FontDescriptor/FontName/[A-Z]{6}\+([\w-]+)[^>]*/FontFile3 \d+ 0 R", self.data)
        assert len(descriptors) == self.data.count(b"/Type/FontDescriptor"), "every font is embedded"
        return {name.decode().removesuffix("-Identity-H") for name in descriptors}

    @property
    def text(self) -> str:
        """By the fonts' own tables from glyphs to characters (ISO 32000-1, 9.10.3)."""
        [resources] = re.findall(rb"/Font\s*<<([^>]*)>>", self.data)
        tables = {
            name: _table(self.stream(re.findall(rb"/ToUnicode (\d+) 0 R", self.of(number))[0]))
            for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources)
        }
        [contents] = re.findall(rb"/Contents (\d+) 0 R", self.data)
        text, table = "", dict[int, str]()
        plain = rb"\\.|[^\\()]"
        nested = rb"\((?:" + plain + rb")*\)"  # balanced parentheses need no escape in a string (7.3.4.2)
        tokens = rb"/(f\d+) [\d.]+ Tf|\(((?:" + plain + rb"|" + nested + rb")*)\)|(ET)"
        for name, string, end in re.findall(tokens, self.stream(contents), re.DOTALL):
            if name:
                table = tables[name]
            elif end:
                text += " "
            else:
                glyphs = _unescaped(string)
                text += "".join(table[int.from_bytes(glyphs[at : at + 2])] for at in range(0, len(glyphs), 2))
        return text


def _table(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for glyph, characters in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(characters.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, start in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for glyph in range(int(first, 16), int(last, 16) + 1):
                found[glyph] = chr(int(start, 16) + glyph - int(first, 16))
    return found


def _unescaped(string: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        escaped = match[1]
        return bytes([int(escaped, 8)]) if escaped.isdigit() else _ESCAPES.get(escaped, escaped)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, string, flags=re.DOTALL)
