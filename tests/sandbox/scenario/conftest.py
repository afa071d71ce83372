"""The demo, loaded once for the tests of a module that only look at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.test import override_settings

from tests.line_sandbox import LineSandbox, line_sandbox

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from madoguchi.sandbox.scenario import DemoInfo

NOW = dt.datetime(2026, 3, 14, 7, 20, tzinfo=dt.UTC)
"""A Saturday afternoon in Taipei."""
MEMBERS = 150


@dataclass(frozen=True)
class Demo:
    info: DemoInfo
    sandbox: LineSandbox


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    from madoguchi.sandbox.scenario import load

    var = tmp_path_factory.mktemp("var")
    with (
        django_db_blocker.unblock(),
        override_settings(VAR=var, MEDIA_ROOT=var / "media"),
        line_sandbox() as sandbox,
        transaction.atomic(),
    ):
        info = load(
            sandbox_url=sandbox.url, console_url="http://localhost:8000", password="demo", members=MEMBERS, now=NOW
        )
        yield Demo(info, sandbox)
        transaction.set_rollback(True)
