"""Start the parts of the stack, restart one that dies, and leave none behind.

Ours, because the usual Procfile runner stops everything when one part stops, while here a
part that dies (with Redis, say) has to come back by itself.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.embedded import end_with_parent

log = logging.getLogger(__name__)
SHORTEST_WAIT = 0.5
LONGEST_WAIT = 5.0
STEADY_SECONDS = 10.0
GRACE_SECONDS = 8.0
LARGEST_LOG = 5 * 1024 * 1024
_TICK = 0.1


class Part(Protocol):
    """Anything that can be started, watched and stopped."""

    name: str

    def start(self) -> None:
        """Start it."""

    def is_running(self) -> bool:
        """Tell whether it lives."""

    def ask_to_stop(self) -> None:
        """Ask it to stop, and return at once."""

    def end(self) -> None:
        """Make sure that nothing of it is left."""


@dataclass
class Command:
    """A child process in a group of its own, its output in a log file."""

    name: str
    command: Sequence[str]
    log_file: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; a log that has grown large is set aside once."""
        if self.log_file.exists() and self.log_file.stat().st_size > LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with self.log_file.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def is_running(self) -> bool:
        """Tell whether it lives."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask the process to stop."""
        if self._process is not None and self.is_running():
            self._process.terminate()

    def end(self) -> None:
        """Kill what is left of its group: children may outlive it."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@dataclass
class _Watched:
    part: Part
    wait: float = SHORTEST_WAIT
    started_at: float = 0.0
    restart_at: float | None = None


class Supervisor:
    """Runs parts in their order, and stops them in the opposite one."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._watched = [_Watched(part) for part in parts]
        self._signals = 0

    def start(self) -> None:
        """Start every part and take over Ctrl-C and the usual signals."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        for watched in self._watched:
            self._start(watched)

    def run(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Watch until told to stop or until `until()`; return False when told to stop."""
        while not self._signals:
            if until():
                return True
            for watched in self._watched:
                self._look_after(watched)
            time.sleep(_TICK)
        return False

    def stop(self) -> None:
        """Stop the last part first; what does not stop in time, or a second Ctrl-C, is killed."""
        for watched in reversed(self._watched):
            watched.part.ask_to_stop()
            deadline = time.monotonic() + GRACE_SECONDS
            while watched.part.is_running() and time.monotonic() < deadline and self._signals <= 1:
                time.sleep(_TICK / 4)
            watched.part.end()

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._signals += 1

    def _start(self, watched: _Watched) -> None:
        watched.restart_at = None
        watched.started_at = time.monotonic()
        try:
            watched.part.start()
        except Exception as error:
            log.exception("part.not_started", extra={"part": watched.part.name, "kind": str(error)})

    def _look_after(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.part.is_running():
            if now - watched.started_at > STEADY_SECONDS:
                watched.wait = SHORTEST_WAIT
        elif watched.restart_at is None:
            log.warning("part.died", extra={"part": watched.part.name})
            watched.restart_at = now + watched.wait
            watched.wait = min(watched.wait * 2, LONGEST_WAIT)
        elif now >= watched.restart_at:
            watched.part.end()
            self._start(watched)
