"""Pages for customers are light, and hold nothing inline."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from madoguchi.bindings.actions.codes import issue_code
from tests.line_sandbox import LineSandbox
from tests.make import World

STATIC = Path(__file__).parents[2] / "madoguchi/door/static/door"


@pytest.mark.parametrize(("kind", "bytes_at_most"), [("js", 5_000), ("css", 5_000)])
def test_what_a_page_loads_is_light(kind: str, bytes_at_most: int) -> None:
    files = list(STATIC.glob(f"*.{kind}"))

    assert files
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) <= bytes_at_most


def test_the_page_behind_a_code_is_light_and_holds_nothing_inline(
    client: Client, world: World, line: LineSandbox
) -> None:
    code = issue_code(by=world.aoi, account=world.account, staff=world.aoi, store=world.store)

    body = client.get(f"/liff/bind/{code.token}").content.decode()

    assert len(body) < 15_000
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", body)
