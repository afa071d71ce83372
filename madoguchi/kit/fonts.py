"""Noto Sans CJK for what we draw ourselves: menu pictures, counter cards, icons. It comes as a package, so no machine has
to have a font installed. The file is the Traditional Chinese one; it holds all glyphs of the others as well, so Pillow's
``language="ja"`` and typst's ``lang: "ja"`` choose the Japanese forms."""

from __future__ import annotations

import functools
from importlib.resources import files
from pathlib import Path

FAMILY = "Noto Sans CJK TC"
"""The name inside the files, as typst wants it."""


def regular() -> Path:
    return _file("cvttf_NotoSansCJK_Regular", "NotoSansCJKtc-Regular.otf")


def bold() -> Path:
    return _file("cvttf_NotoSansCJK_Bold", "NotoSansCJKtc-Bold.otf")


@functools.cache
def _file(package: str, name: str) -> Path:
    return Path(str(files(package).joinpath(name)))
