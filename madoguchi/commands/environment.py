"""Getting ready what a command needs to run: settings, and the database of the run beside it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from madoguchi.kit.setup import SetupError
from madoguchi.postgres import throw_away
from madoguchi.supervisor.installation import Installation


def use_running_installation() -> None:
    """Where no database is named, use that of the `madoguchi demo` which runs on the same data folder.

    So `madoguchi manage shell` or `madoguchi createstaff` in a second terminal needs no settings.
    """
    if "MADOGUCHI_DATABASE_URL" not in os.environ:
        facts = Installation(Path(os.environ.get("MADOGUCHI_VAR") or "var")).running()
        for name, value in facts["environment"].items() if facts else ():
            os.environ.setdefault(name, value)


def set_up_django() -> None:
    """Raises SetupError when there is no database to work with."""
    use_running_installation()
    if "MADOGUCHI_DATABASE_URL" not in os.environ:
        raise SetupError(
            "No database: set MADOGUCHI_DATABASE_URL (docs/settings.md), or start `make demo` in another terminal."
        )
    if not os.environ.get("MADOGUCHI_SECRET_KEY"):
        raise SetupError(
            "MADOGUCHI_SECRET_KEY is not set. Set it to a long random text and keep it: sessions and stored secrets "
            "depend on it. `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
    import django

    with plain_errors():
        django.setup()


@contextmanager
def throw_away_database() -> Iterator[None]:
    """For commands that look at the code and not at data: an empty database of their own, unless one is named."""
    if "MADOGUCHI_DATABASE_URL" in os.environ:
        yield
    else:
        with throw_away() as server:
            os.environ["MADOGUCHI_DATABASE_URL"] = server.url
            os.environ.setdefault("MADOGUCHI_SECRET_KEY", "for a moment")
            yield


@contextmanager
def plain_errors() -> Iterator[None]:
    """What an operator can put right becomes a SetupError."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    try:
        yield
    except ImproperlyConfigured as error:
        raise SetupError(str(error)) from error
    except OperationalError as error:
        raise SetupError(f"The database cannot be reached: {str(error).strip()}") from error
