"""The database that the running test uses, for those who connect without Django."""

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """As MADOGUCHI_DATABASE_URL would have it; hand it to child processes of a test whose data are committed."""
    at = connection.settings_dict
    name, user, password, host, port = (
        quote(str(at[key]), safe="") for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    )
    return f"postgresql://{user}:{password}@/{name}?host={host}" + (f"&port={port}" if port else "")
