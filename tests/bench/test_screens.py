import datetime as dt

import pytest
from django.conf import settings

from madoguchi.bench import screens_child
from madoguchi.bench.generate import generate

STATEMENTS_MAX = 12


@pytest.mark.django_db(transaction=True)
def test_every_kind_of_page_answers_within_its_statements() -> None:
    """The bench asks for some hundred; a part of them is enough to see that it asks for what there is."""
    generate(settings.DATABASE_URL, scale=0.0002, anchor=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    browser = screens_child.Browser()

    for asked in (screens_child.inboxes(), screens_child.threads(), screens_child.searches()):
        assert len({request.who for request in asked}) > 1
        for request in asked[::4]:
            milliseconds, statements = browser.get(request)
            assert milliseconds > 0
            assert 0 < statements <= STATEMENTS_MAX, request
