from collections.abc import Iterator

import pytest

from tests.line_sandbox import LineSandbox, line_sandbox


@pytest.fixture
def sandbox() -> Iterator[LineSandbox]:
    with line_sandbox() as running:
        yield running
