"""Start the parts of the stack, restart one that dies, and leave none behind.

Ours, because the usual Procfile runner stops everything when one part stops, while here a
part that dies (with Redis, say) has to come back by itself. Run as a program, this file is the
guard: a small process that ends the parts when the supervisor is killed and cannot.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import psutil

log = logging.getLogger(__name__)
SHORTEST_WAIT = 0.5
LONGEST_WAIT = 5.0
STEADY_SECONDS = 10.0
GRACE_SECONDS = 8.0
LARGEST_LOG = 5 * 1024 * 1024
ONE_SIGNAL_SECONDS = 0.5
"""A closing terminal may tell us twice; only what comes later is impatience."""
_TICK = 0.1


class Part(Protocol):
    """Anything that can be started, watched and stopped; a process with a session of its own."""

    name: str
    stop_signal: signal.Signals

    @property
    def pid(self) -> int | None:
        """Number of its process, while that lives."""

    def start(self) -> None:
        """Start it."""

    def is_running(self) -> bool:
        """Tell whether it lives."""

    def ask_to_stop(self) -> None:
        """Ask it to stop, and return at once."""

    def kill(self) -> None:
        """Make sure that nothing of it is left."""


def members(session: int) -> list[int]:
    """Processes of a session. RQ gives each job a group of its own, but stays in its session."""
    found = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == session and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
        except (OSError, psutil.Error):
            continue
    return found


def kill_session(session: int) -> None:
    """Kill every process of a session, those it forks meanwhile included."""
    while pids := members(session):
        for pid in pids:
            _send(pid, signal.SIGKILL)
        time.sleep(_TICK / 10)


def _send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


@dataclass
class Command:
    """A child process in a session of its own, its output in a log file."""

    name: str
    command: Sequence[str]
    log_file: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Number of its process, while that lives."""
        return self._process.pid if self._process is not None and self.is_running() else None

    def start(self) -> None:
        """Start it with exactly its environment; a log that has grown large is set aside once."""
        if self.log_file.exists() and self.log_file.stat().st_size > LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with self.log_file.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def is_running(self) -> bool:
        """Tell whether it lives."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask the process to stop."""
        if self._process is not None:
            self._process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """Kill what is left of it: children may outlive it."""
        if self._process is not None:
            kill_session(self._process.pid)
            self._process.wait()
            self._process = None


class Guard:
    """Our end of the guard: it is told what runs, and acts when this end falls silent."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__],
            stdin=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
        )

    def watch(self, pid: int, stop_signal: int) -> None:
        """From now on, end this process and its session when we are gone."""
        self._say(f"{pid} {stop_signal}")

    def forget(self, pid: int) -> None:
        """Let go of a process that has ended: its number may become somebody else's."""
        self._say(f"{pid} 0")

    def dismiss(self) -> None:
        """Nothing is left to guard."""
        self._say("0 0")
        self._process.wait()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 (for the type checker: it is a pipe)
        try:
            self._process.stdin.write(line + "\n")
        except BrokenPipeError:
            log.warning("guard.gone")


def guard(lines: Iterable[str]) -> None:
    """Note what runs; when the lines end without a farewell, stop it, and then kill it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched: dict[int, int] = {}
    for line in lines:
        pid, stop_signal = map(int, line.split())
        if pid == 0:
            return
        watched[pid] = stop_signal
        if stop_signal == 0:
            del watched[pid]
    for pid in reversed(watched):
        _send(pid, watched[pid])
    deadline = time.monotonic() + GRACE_SECONDS
    while any(members(pid) for pid in watched) and time.monotonic() < deadline:
        time.sleep(_TICK)
    for pid in watched:
        kill_session(pid)


@dataclass
class _Watched:
    part: Part
    pid: int | None = None
    wait: float = SHORTEST_WAIT
    started_at: float = 0.0
    restart_at: float | None = None


class Supervisor:
    """Runs floors of parts, each on top of those before; stops the topmost floor first.

    As a context it takes over Ctrl-C and the usual signals, and at the end stops everything.
    """

    def __init__(self) -> None:
        self._floors: list[list[_Watched]] = []
        self._told_at: float | None = None
        self._impatient = False

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._guard = Guard()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for floor in reversed(self._floors):
            self._stop(floor)
        self._guard.dismiss()

    @property
    def told_to_stop(self) -> bool:
        """Whether somebody wants an end of it."""
        return self._told_at is not None

    def start(self, parts: Sequence[Part]) -> None:
        """Start a floor of parts; what keeps one from starting is raised."""
        floor: list[_Watched] = []
        self._floors.append(floor)
        for part in parts:
            watched = _Watched(part)
            floor.append(watched)
            self._start(watched)

    def run(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Watch until told to stop or until `until()`; return False when told to stop."""
        while not self.told_to_stop:
            if until():
                return True
            for floor in self._floors:
                for watched in floor:
                    self._look_after(watched)
            time.sleep(_TICK)
        return False

    def _on_signal(self, number: int, _frame: object) -> None:
        now = time.monotonic()
        if self._told_at is None:
            self._told_at = now
        elif number == signal.SIGINT and now - self._told_at > ONE_SIGNAL_SECONDS:
            self._impatient = True

    def _start(self, watched: _Watched) -> None:
        watched.restart_at = None
        watched.started_at = time.monotonic()
        watched.part.start()
        watched.pid = watched.part.pid
        if watched.pid is not None:
            self._guard.watch(watched.pid, watched.part.stop_signal)

    def _stop(self, floor: list[_Watched]) -> None:
        for watched in reversed(floor):
            watched.part.ask_to_stop()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(watched.part.is_running() for watched in floor):
            if self._impatient or time.monotonic() > deadline:
                break
            time.sleep(_TICK / 4)
        for watched in reversed(floor):
            self._end(watched)

    def _end(self, watched: _Watched) -> None:
        watched.part.kill()
        if watched.pid is not None:
            self._guard.forget(watched.pid)
            watched.pid = None

    def _look_after(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.part.is_running():
            if now - watched.started_at > STEADY_SECONDS:
                watched.wait = SHORTEST_WAIT
        elif watched.restart_at is None:
            log.warning("part.died", extra={"part": watched.part.name})
            self._end(watched)
            watched.restart_at = now + watched.wait
            watched.wait = min(watched.wait * 2, LONGEST_WAIT)
        elif now >= watched.restart_at:
            try:
                self._start(watched)
            except Exception as error:
                kind = type(error).__name__
                log.warning("part.not_started", extra={"part": watched.part.name, "kind": kind})


if __name__ == "__main__":
    guard(sys.stdin)
