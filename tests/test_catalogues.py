"""Every text of the product is in every language, and the catalogues are as the code wants them."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from madoguchi.kit import catalogues


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogues.template()


@pytest.mark.parametrize("locale", catalogues.LOCALES)
def test_every_text_is_translated(locale: str, texts: Catalog) -> None:
    assert catalogues.path_of(locale).exists()
    assert catalogues.gaps(locale, texts) == []


def test_texts_are_found_in_code_and_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path / "package")
    (tmp_path / "package/sandbox").mkdir(parents=True)
    (tmp_path / "package/code.py").write_text(
        'a = _("One")\nb = ngettext("%(n)s day", "%(n)s days", n)\nc = pgettext_lazy("verb", "Close")\nd = other("No")\n'
    )
    (tmp_path / "package/page.html").write_text(
        "{% load i18n %}<p title='{% translate \"Two\" %}'>don't</p>\n"
        "{% blocktranslate count n=n trimmed %}\n  {{ n }} new\n{% plural %}\n  {{ n }} new ones\n{% endblocktranslate %}"
    )
    (tmp_path / "package/sandbox/own.py").write_text('_("Not ours")')

    found = catalogues.template()

    assert {(message.id, message.context) for message in found if message.id} == {
        ("One", None), (("%(n)s day", "%(n)s days"), None), ("Close", "verb"),
        ("Two", None), (("%(n)s new", "%(n)s new ones"), None),
    }  # fmt: skip


def test_update_keeps_translations_and_gaps_names_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    first, second = Catalog(), Catalog()
    first.add("Old")
    first.add("%(name)s writes")
    second.add("%(name)s writes")
    second.add("New")
    catalogues.update("ja", first)
    path = catalogues.path_of("ja")
    path.write_text(path.read_text().replace('writes"\nmsgstr ""', 'writes"\nmsgstr "%(nam)sが入力中"'))

    catalogues.update("ja", second)

    assert "%(nam)sが入力中" in path.read_text()
    assert "Old" not in path.read_text()
    assert catalogues.gaps("ja", second) == [
        "ja: “%(name)s writes” and its translation have different placeholders.",
        "ja: “New” is not translated.",
    ]


def test_no_module_calls_gettext_by_a_name_that_is_not_looked_for() -> None:
    alias = re.compile(r"^from django\.utils\.translation import \w*gettext\w* as (\w+)", re.MULTILINE)
    used = {name for path in catalogues.PACKAGE.rglob("*.py") for name in alias.findall(path.read_text())}

    assert used <= catalogues.KEYWORDS.keys()
