"""What every other test relies on: a migrated database of one's own, reached by the ORM and by psycopg alike."""

import psycopg
import pytest
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection

from madoguchi.organization.models import Role


@pytest.mark.django_db
def test_database_is_migrated_and_private() -> None:
    assert connection.settings_dict["NAME"].startswith("test_")
    assert Role.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_settings_name_the_test_database() -> None:
    with psycopg.connect(settings.DATABASE_URL) as direct:
        row = direct.execute("SELECT current_database()").fetchone()

    assert row == (connection.settings_dict["NAME"],)


def test_tables_are_emptied_by_deleting_what_is_in_them() -> None:
    assert "DELETE FROM" in connection.ops.sql_flush(no_style(), ["a_table"])[0]


@pytest.mark.django_db(transaction=True)
def test_rows_of_migrations_survive_tests_that_commit() -> None:
    assert Role.objects.exists()
    Role.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_they_are_there_again_after_one_has_deleted_them() -> None:
    assert Role.objects.exists()
