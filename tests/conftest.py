"""What every test stands on: one private PostgreSQL per run, and no way out to the Internet.

The server is started before Django reads its settings, by the process that hands out the tests (with xdist, its workers
inherit the address and make a database each). `MADOGUCHI_DATABASE_URL` names another server to use instead.
"""

import contextlib
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from madoguchi.bench.chromium import HOW_TO_GET_ONE, find_chromium
from tests.database import database_url
from tests.servers import OwnServer, migrated

if TYPE_CHECKING:
    from tests.make import World

_JOURNEYS = Path(__file__).parent / "e2e"
_TEMPLATE = "TEST_DATABASE_TEMPLATE"
"""Variable that tells the workers of xdist which database is there to be copied; unset, they migrate one themselves."""
_server = pytest.StashKey[contextlib.ExitStack]()


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """A page leaves its reader's language behind in the thread that rendered it: each test begins with the product's own."""
    translation.deactivate()
    yield
    translation.deactivate()


def pytest_configure(config: pytest.Config) -> None:
    if "MADOGUCHI_DATABASE_URL" not in os.environ:
        stack = config.stash[_server] = contextlib.ExitStack()
        server = stack.enter_context(migrated(config))
        os.environ["MADOGUCHI_DATABASE_URL"], os.environ[_TEMPLATE] = server.url, "madoguchi"
    os.environ.setdefault("MADOGUCHI_SECRET_KEY", "for tests only, and of no use anywhere else")
    os.environ["DJANGO_SETTINGS_MODULE"] = "madoguchi.settings"
    settings.DATABASES["default"]["ENGINE"] = "tests.backend"
    settings.DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get(_TEMPLATE)}
    django.setup()
    # pytest-django would set up by itself what xdist's workers inherit, before this hook could choose the backend.
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure(config: pytest.Config) -> None:
    if stack := config.stash.get(_server, None):
        stack.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _JOURNEYS in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if not find_chromium():
                item.add_marker(pytest.mark.skip(reason=HOW_TO_GET_ONE))
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            item.add_marker(pytest.mark.django_db(**{**marker.kwargs, "serialized_rollback": True}), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that commits has its tables emptied: put back what migrations inserted, and take its jobs away."""
    yield
    marker = item.get_closest_marker("django_db")
    if nextitem and marker and marker.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")  # Django does not manage them
            connection.creation.deserialize_db_from_string(vars(connections["default"])["_test_serialized_contents"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database is named to those who talk to psycopg themselves, as settings.DATABASE_URL names ours.

    At the end it is taken from threads that a test has left behind with a connection: it could not be dropped otherwise.
    """
    settings.DATABASE_URL = database_url()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def own_server(pytestconfig: pytest.Config) -> OwnServer:
    """``with own_server() as server``: a migrated PostgreSQL that may be killed, for processes of the product."""
    return partial(migrated, pytestconfig)


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Argon2 is slow on purpose; tests sign in often."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None) -> "World":
    """See tests.make. Imported here, because models can only be imported once Django is set up."""
    from tests import make

    return make.world()
