"""What the folders promise, checked: documented settings, relations that point downwards, migrations, short files."""

import io
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

ROOT = Path(__file__).parents[1]
LINES_AT_MOST = 415


def test_documented_settings_are_those_that_are_read() -> None:
    sources = [*(ROOT / "madoguchi").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    name = re.compile(r"\bMADOGUCHI_[A-Z][A-Z_]*[A-Z]\b")
    read = {match for path in sources for match in name.findall(path.read_text())} - {"MADOGUCHI_NONSENSE"}
    documented = set(re.findall(r"^\| `(MADOGUCHI_[A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))

    assert documented == read
    assert len(documented) <= 25


def test_relations_point_downwards_as_imports_do() -> None:
    """Foreign keys by name hide from import-linter."""
    depth = {name: level for level, names in enumerate(_layers()) for name in names}
    wrong = [
        f"{model._meta.label}.{field.name} points up to {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if model.__module__.startswith("madoguchi.")
        and field.is_relation
        and not field.auto_created
        and isinstance(field.related_model, type)
        and field.related_model.__module__.startswith("madoguchi.")
        and depth[model._meta.app_label] < depth[field.related_model._meta.app_label]
    ]

    assert wrong == []


@pytest.mark.django_db
def test_models_have_their_migrations() -> None:
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(f"Run `make migrations`:\n{said.getvalue()}")


def test_files_can_be_read_in_one_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("madoguchi", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LINES_AT_MOST
    }

    assert long == {}


def test_no_registry_address_is_in_the_repository() -> None:
    files = [ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / "bin/install", *(ROOT / "requirements").glob("*.lock")]
    offenders = [path.name for path in files if re.search(r"https?://|--(extra-|default-)?index", path.read_text())]

    assert offenders == []


def _layers() -> list[list[str]]:
    """The layers of pyproject.toml from the lowest up, each as the app labels in it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            return [[name.strip(" ()") for name in re.split(r"[|:]", layer)] for layer in reversed(contract["layers"])]
    raise AssertionError("pyproject.toml has no layers contract")
