"""Settings refuse nonsense with a sentence that names the variable and says what would do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from madoguchi.kit import environment
from madoguchi.kit.setup import SetupError

NAME = "MADOGUCHI_NONSENSE"


def number(name: str) -> object:
    return environment.whole_number(name, 8, at_least=1, at_most=64)


def level(name: str) -> object:
    return environment.one_of(name, "info", ("debug", "info"))


def switch(name: str) -> object:
    return environment.flag(name, default=False)


def address(name: str) -> object:
    return environment.web_address(name, "http://localhost:8000")


def hosts(name: str) -> object:
    return environment.hosts(name, "localhost")


def zone(name: str) -> object:
    return environment.time_zone(name, "Asia/Taipei")


def database(name: str) -> object:
    return environment.database(name, "postgresql://localhost/madoguchi")[1]["NAME"]


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (number, "", 8), (number, "64", 64), (number, " 1 ", 1),
        (level, "", "info"), (level, "debug", "debug"),
        (switch, "", False), (switch, "yes", True), (switch, "1", True), (switch, "0", False), (switch, "Off", False),
        (address, "", "http://localhost:8000"), (address, "https://care.example.com/", "https://care.example.com"),
        (hosts, " a.example , .example.com,[::1]", ["a.example", ".example.com", "[::1]"]),
        (zone, "Asia/Tokyo", "Asia/Tokyo"),
        (database, "", "madoguchi"), (database, "postgres://u:p@db/care?sslmode=require", "care"),
    ],
)  # fmt: skip
def test_sense_is_read(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object], value: str, expected: object
) -> None:
    monkeypatch.setenv(NAME, value)

    assert read(NAME) == expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (number, "0"), (number, "65"), (number, "eight"), (number, "-1"), (number, "1.5"), (number, "\u0665"),
        (level, "loud"), (switch, "maybe"),
        (address, "care.example.com"), (address, "https://care.example.com/path"), (address, "ftp://x"),
        (address, "https://care.example.com:port"), (address, "https://"),
        (hosts, "https://care.example.com"), (hosts, "care.example.com:8000"), (hosts, "a b"),
        (zone, "Taipei"), (zone, "../../etc/passwd"),
        (database, "mysql://localhost/x"), (database, "/var/lib/x.db"), (database, "postgresql://localhost/"),
        (database, "postgresql://u:p@localhost:99999x/m"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object], value: str) -> None:
    monkeypatch.setenv(NAME, value)

    with pytest.raises(SetupError, match=NAME):
        read(NAME)


def test_database_options_and_socket_folders_reach_django(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "postgresql://u:p%40ss@/care?host=%2Frun%2Fpg&sslmode=disable")

    _, django = environment.database(NAME, "")

    assert {key: django[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "care", "USER": "u", "PASSWORD": "p@ss", "HOST": "/run/pg", "PORT": "", "OPTIONS": {"sslmode": "disable"},
    }  # fmt: skip


def test_folder_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(NAME, "data")

    assert environment.folder(NAME, "var") == tmp_path / "data"
