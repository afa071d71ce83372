"""The embedded PostgreSQL: its owner, what is left after a crash, and who may come in."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from madoguchi.kit.processes import is_running
from madoguchi.kit.setup import SetupError
from madoguchi.postgres import Postgres, throw_away
from tests.servers import copy_of


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """The folder of a server that was stopped: copying it is quicker than making another."""
    with throw_away() as server:
        server.stop()
        yield server.folder


@pytest.fixture
def server(stopped: Path) -> Iterator[Postgres]:
    with copy_of(stopped) as server:
        yield server


def rows(url: str, query: str = "SELECT count(*) FROM kept") -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def keep_something(server: Postgres) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")


def test_data_survive_a_restart_at_the_same_address(server: Postgres) -> None:
    keep_something(server)
    address = server.url

    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    server.start()

    assert server.url == address
    assert rows(address) == [(1,)]


def test_data_survive_a_crash() -> None:
    with throw_away(durable=True) as server:
        keep_something(server)

        server.kill()
        server.start()

        assert rows(server.url) == [(1,)]


def test_second_owner_is_refused_and_told_who_the_first_is(server: Postgres) -> None:
    with pytest.raises(SetupError, match=rf"in use by another Madoguchi \(process {os.getpid()}\)"):
        Postgres(server.folder).start()

    assert server.pid


def test_pid_file_with_the_number_of_another_process_does_not_stop_the_start(server: Postgres) -> None:
    server.kill()
    pid_file = server.data / "postmaster.pid"
    _, rest = pid_file.read_text().split("\n", 1)
    with subprocess.Popen(["sleep", "60"]) as innocent:
        pid_file.write_text(f"{innocent.pid}\n{rest}")

        server.start()

        assert innocent.poll() is None
        innocent.kill()
    assert rows(server.url, "SELECT 1") == [(1,)]


def test_server_dies_with_its_killed_owner_and_the_next_owner_finds_the_data(server: Postgres) -> None:
    keep_something(server)
    server.close()
    program = (
        "import pathlib, sys, time; from madoguchi.postgres import Postgres\n"
        "server = Postgres(pathlib.Path(sys.argv[1])); server.start(); print(server.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, server.folder], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        orphan = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)

    server.start()

    assert not is_running(orphan)
    assert rows(server.url) == [(1,)]


def test_orphan_that_still_runs_is_stopped_by_the_next_owner(server: Postgres) -> None:
    keep_something(server)
    orphan = server.pid
    assert orphan
    successor = Postgres(server.folder)
    assert server._lock
    server._lock.close()  # what the kernel does when an owner is killed, here without the signal to its child

    with successor:
        assert not is_running(orphan)
        assert rows(successor.url) == [(1,)]


def test_neither_password_nor_account_lets_others_in(server: Postgres) -> None:
    run = server.folder / "run"

    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(run), user="postgres", dbname="postgres", password="guess")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(run), user="madoguchi", dbname="madoguchi")


def test_product_is_no_superuser(server: Postgres) -> None:
    assert rows(server.url, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [
        (False, True)
    ]


def test_half_made_data_are_made_again(server: Postgres) -> None:
    server.close()
    server.data.rename(server.folder / "data.unfinished")
    (server.folder / "data.unfinished" / "PG_VERSION").unlink()
    (server.folder / "password").unlink()

    server.start()

    assert rows(server.url, "SELECT 1") == [(1,)]


def test_long_path_gets_its_socket_elsewhere(server: Postgres) -> None:
    server.close()
    folder = server.folder / ("long" * 30)
    folder.mkdir()
    server.data.rename(folder / "data")
    (server.folder / "password").rename(folder / "password")

    with Postgres(folder, durable=False) as far:
        assert rows(far.url, "SELECT 1") == [(1,)]
        socket_folder = far._socket_folder
        assert socket_folder
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert not socket_folder.exists()


def test_folder_that_its_account_may_not_enter_is_named_under_root(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "var", durable=False)

    if os.geteuid() == 0:
        with pytest.raises(SetupError, match=r"does not run as root.*chmod o\+x"):
            server.start()
    else:
        with server:
            assert rows(server.url, "SELECT 1") == [(1,)]


def test_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")

    with pytest.raises(SetupError, match=r"must be a folder, but a file of that name is in the way"):
        Postgres(tmp_path / "var").start()


def test_data_of_another_version_are_refused(server: Postgres) -> None:
    server.close()
    (server.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(SetupError, match="was made by PostgreSQL 17"):
        server.start()

    (server.data / "PG_VERSION").write_text("18\n")


def test_failure_to_start_names_the_reason_and_the_log(server: Postgres) -> None:
    server.close()
    broken = Postgres(server.folder, settings={"shared_buffers": "nonsense"})

    with pytest.raises(SetupError, match=r'invalid value for parameter "shared_buffers".*postgres\.log'):
        broken.start()


def test_abandoned_throw_away_servers_are_cleared(server: Postgres) -> None:
    program = (
        "import sys, time; from madoguchi.postgres import throw_away\n"
        "with throw_away() as server: print(server.folder, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        abandoned = Path(owner.stdout.readline().strip())
        owner.kill()
    hour_ago = time.time() - 3600
    os.utime(abandoned, (hour_ago, hour_ago))

    deadline = time.monotonic() + 10
    while abandoned.exists() and time.monotonic() < deadline:  # its server, told by the kernel, is still going down
        with throw_away():
            pass

    assert not abandoned.exists()
    assert server.pid
