"""The data folder: whose it is, what it keeps, when it is refused; ports; the script that installs."""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from madoguchi.kit.ports import require_free
from madoguchi.kit.setup import SetupError, require_space
from madoguchi.supervisor.installation import Installation

ROOT = Path(__file__).parents[1]


@contextmanager
def opened(folder: Path, *, fresh: bool = False) -> Iterator[Installation]:
    installation = Installation(folder)
    installation.open(fresh=fresh)
    try:
        yield installation
    finally:
        installation.close()


def test_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")

    with pytest.raises(SetupError, match="files that are not Madoguchi's"):
        Installation(tmp_path).open(fresh=True)

    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_second_run_on_a_folder_is_refused_and_the_note_of_the_first_stays(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        first.remember_running({"supervisor": os.getpid(), "console_url": "http://localhost:8000", "children": {}})
        second = Installation(tmp_path)

        with pytest.raises(SetupError, match="already runs"):
            second.open(fresh=True)
        second.close()

        assert (tmp_path / "running.json").exists()
    assert not (tmp_path / "running.json").exists()


def test_fresh_keeps_nothing_and_makes_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MADOGUCHI_SECRET_KEY")
    with opened(tmp_path) as before:
        key = before.secret_key()
        (tmp_path / "media").mkdir()
        (tmp_path / "media" / "picture.jpg").write_bytes(b"x")

    with opened(tmp_path, fresh=True) as after:
        assert not (tmp_path / "media").exists()
        assert after.secret_key() != key


def test_secret_key_is_kept_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MADOGUCHI_SECRET_KEY")

    with opened(tmp_path) as installation:
        key = installation.secret_key()

    assert len(key) > 50
    assert Installation(tmp_path).secret_key() == key
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_damaged_secrets_are_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MADOGUCHI_SECRET_KEY")
    (tmp_path / "secrets.json").write_text("{")

    with pytest.raises(SetupError, match="Restore it from a backup"):
        Installation(tmp_path).secret_key()

    assert (tmp_path / "secrets.json").read_text() == "{"


def test_tables_are_checked_again_only_when_something_changed(tmp_path: Path) -> None:
    with opened(tmp_path) as installation:
        assert not installation.is_migrated("postgresql://a")
        installation.remember_migrated("postgresql://a")

        assert installation.is_migrated("postgresql://a")
        assert not installation.is_migrated("postgresql://b")


def test_former_run_that_was_killed_leaves_no_processes(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)  # madoguchi"
    with subprocess.Popen([sys.executable, "-c", stubborn]) as orphan, subprocess.Popen(["sleep", "60"]) as innocent:
        with opened(tmp_path):
            pass
        facts = {"supervisor": 1, "children": {"web": orphan.pid, "worker": innocent.pid}}
        (tmp_path / "running.json").write_text(json.dumps(facts))

        with opened(tmp_path):
            assert orphan.wait(5) == -9
            assert innocent.poll() is None
        innocent.kill()
    assert not (tmp_path / "running.json").exists()


def test_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")

    with pytest.raises(SetupError, match="must be a folder"):
        Installation(tmp_path / "var").open(fresh=False)


def test_full_disk_is_told_how_much_is_needed(tmp_path: Path) -> None:
    with pytest.raises(
        SetupError, match=rf"The disk that holds {tmp_path} has \d+ MB left and 1000000000 MB are needed"
    ):
        require_space(tmp_path, megabytes=1_000_000_000)


def test_fresh_does_not_pretend_to_empty_a_named_database(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "madoguchi", "demo", "--fresh", "--var", tmp_path / "var"],
        env=os.environ | {"MADOGUCHI_DATABASE_URL": "postgresql://localhost/precious"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "Empty that yourself" in done.stderr
    assert not (tmp_path / "var").exists()


def test_taken_port_names_who_has_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(SetupError, match=rf"Port {port} is in use by process {os.getpid()} .*Do this"):
            require_free("127.0.0.1", port, advice="Do this.")
    require_free("127.0.0.1", port, advice="Do this.")


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A copy of what the installer reads, and a PATH with nothing but a shell's usual tools."""
    for name in ("bin/install", "pyproject.toml", "requirements/run.lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "cat", "cksum", "dirname", "grep", "head", "rm", "sed", "tee"):
        found = subprocess.run(["/bin/sh", "-c", f"command -v {name}"], capture_output=True, text=True, check=True)
        (tools / name).symlink_to(found.stdout.strip())
    return tmp_path


def install(machine: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(machine / "tools")}
    return subprocess.run(
        ["/bin/sh", "bin/install", "run"], cwd=machine, env=environment, capture_output=True, text=True
    )


def test_machine_without_python_is_told_what_to_install(bare_machine: Path) -> None:
    done = install(bare_machine)

    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr
    assert "no python3" in done.stderr


def test_old_python_is_told_what_to_install(bare_machine: Path) -> None:
    script(bare_machine / "tools/python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')

    done = install(bare_machine)

    assert done.returncode == 1
    assert "this machine has Python 3.9.2" in done.stderr


def test_python_that_can_make_no_environment_is_told_the_package(bare_machine: Path) -> None:
    script(
        bare_machine / "tools/python3",
        'case "$2" in *sys.version_info*) exit 0 ;; *import*) exit 1 ;; *) echo Python 3.11.2 ;; esac',
    )

    done = install(bare_machine)

    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
