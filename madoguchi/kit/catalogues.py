"""Translation catalogues without gettext's programs: texts are found, merged and checked with Babel.

The texts in code and templates are English and are the keys; `locale/<language>/LC_MESSAGES/django.po` holds the rest.
English itself needs no translation. The sandbox's pages speak for themselves (sandbox/phones/languages).
"""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import babel
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_javascript, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[1]
LOCALES = ("zh_Hant", "zh_Hans", "ja", "en")
_PLURALS, _CONTEXT, _BOTH = (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "_t": None, "lazy": None, "_lazy": None,  # as modules call them that use two of them
    "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": _PLURALS, "ngettext_lazy": _PLURALS,
    "pgettext": _CONTEXT, "pgettext_lazy": _CONTEXT,
    "npgettext": _BOTH, "npgettext_lazy": _BOTH,
}  # fmt: skip
_Found = tuple[int, str, str | tuple[str | None, ...], list[str]]
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def path_of(locale: str) -> Path:
    return PACKAGE / "locale" / locale / "LC_MESSAGES" / "django.po"


def template() -> Catalog:
    """All texts of the product, each with the places where it stands."""
    catalog = Catalog(project="Madoguchi", fuzzy=False, charset="utf-8")
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]):
        if "sandbox" not in path.relative_to(PACKAGE).parts:
            for line, text, context in _texts(path):
                catalog.add(text, locations=[(str(path.relative_to(PACKAGE.parent)), line)], context=context)
    return catalog


def read(locale: str) -> Catalog:
    """The catalogue as it is; empty when there is none yet."""
    path = path_of(locale)
    if not path.exists():
        return Catalog(locale=babel.Locale.parse(locale), project="Madoguchi", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def update(locale: str, texts: Catalog) -> None:
    """Add what is new and drop what is gone; translations of the others stay. Nothing is guessed (no fuzzy matching)."""
    catalog = read(locale)
    catalog.update(texts, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    path_of(locale).parent.mkdir(parents=True, exist_ok=True)
    with path_of(locale).open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False)


def gaps(locale: str, texts: Catalog) -> list[str]:
    """What is missing or cannot be right, one sentence each."""
    catalog = read(locale)
    found = []
    for message in texts:
        if not message.id or locale == "en":
            continue
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        translated = catalog.get(message.id, message.context)
        forms = _forms(translated) if translated else []
        if not translated or translated.fuzzy or not forms or not all(forms):
            found.append(f"{locale}: “{originals[0]}” is not translated.")
        elif any(_placeholders(form) not in map(_placeholders, originals) for form in forms):
            found.append(f"{locale}: “{originals[0]}” and its translation have different placeholders.")
    return found


def _texts(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    source = path.read_text()
    if path.suffix == ".html":
        found = extract_javascript(io.BytesIO(templatize(source).encode()), KEYWORDS, [], {"encoding": "utf-8"})
    else:
        found = extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {"encoding": "utf-8"})
    for line, function, given, _comments in cast(Iterable[_Found], found):
        arguments = given if isinstance(given, tuple) else (given,)
        context: str | None = None
        ids: list[str] = []
        for position in KEYWORDS[function] or (1,):
            number = position if isinstance(position, int) else position[0]
            word = arguments[number - 1] if number <= len(arguments) else None
            if number != position:
                context = word
            elif word:
                ids.append(word)
        if ids:
            yield line, tuple(ids) if len(ids) > 1 else ids[0], context


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text.replace("%%", ""))}
