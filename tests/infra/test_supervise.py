"""The supervisor over real processes, which like RQ's fork into groups of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

HERE = Path(__file__).resolve().parents[2] / "app" / "cli"

SUPERVISOR = """
import os, sys
from pathlib import Path
import supervise
folder = Path(sys.argv[1])
def part(name, *flags):
    words = [sys.executable, "-S", "-c", (folder / "part.py").read_text(), name, *flags]
    return supervise.Command(name, words, folder / f"{name}.log", dict(os.environ))
with supervise.Supervisor() as supervisor:
    supervisor.start([part("below")])
    supervisor.start([part("one"), part("two", *sys.argv[2:])])
    supervisor.run()
"""

PART = """
import os, signal, sys, time
name, flags = sys.argv[1], sys.argv[2:]
def stop(*_):
    print("stopped", name, flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in flags else stop)
child = os.fork()
if child == 0:
    os.setpgrp()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(120)
print("started", os.getpid(), child, time.monotonic(), flush=True)
if "dies" in flags:
    sys.exit(1)
time.sleep(120)
"""


def until(done: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for something that is about to be true."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Stack:
    """A supervisor with three stand-in parts, on two floors."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.folder = folder
        (folder / "part.py").write_text(PART, encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(folder), *flags],
            env={**os.environ, "PYTHONPATH": str(HERE)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(lambda: all(self.starts(name) for name in ("below", "one", "two")))

    def starts(self, name: str) -> list[list[int]]:
        """Each start of a part: its process and that process's child."""
        log = self.folder / f"{name}.log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        found = [line.split() for line in lines if line.startswith("started")]
        return [[int(pid) for pid in words[1:3]] for words in found if len(words) == 4]

    def times(self, name: str) -> list[float]:
        lines = (self.folder / f"{name}.log").read_text(encoding="utf-8").splitlines()
        return [float(line.split()[3]) for line in lines if line.startswith("started")]

    def everybody(self) -> set[int]:
        """Every process there ever was, the guard included."""
        parts = (pids for name in ("below", "one", "two") for pids in self.starts(name))
        return {pid for pids in parts for pid in pids} | self.guards

    @property
    def guards(self) -> set[int]:
        own = psutil.Process(self.process.pid).children() if lives(self.process.pid) else []
        return {child.pid for child in own if "supervise.py" in " ".join(child.cmdline())}

    def nobody_is_left(self, before: set[int]) -> None:
        until(lambda: not any(lives(pid) for pid in before | self.everybody()))


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    yield stack
    end(stack)


def end(stack: Stack) -> None:
    """Leave nothing behind, even when a test failed."""
    stack.process.kill()
    stack.process.wait()
    for pid in stack.everybody():
        if lives(pid):
            os.kill(pid, signal.SIGKILL)


def test_a_part_that_dies_comes_back_alone_and_its_children_are_ended(stack: Stack) -> None:
    first, child = stack.starts("one")[0]
    os.kill(first, signal.SIGKILL)
    until(lambda: len(stack.starts("one")) == 2)
    assert not lives(child)
    assert len(stack.starts("two")) == len(stack.starts("below")) == 1


def test_a_part_that_dies_at_once_is_tried_at_growing_intervals(tmp_path: Path) -> None:
    stack = Stack(tmp_path, "dies")
    until(lambda: len(stack.starts("two")) >= 3)
    first, second, third = stack.times("two")[:3]
    assert second - first >= 0.5
    assert third - second >= 1.0
    assert len(stack.starts("one")) == 1
    end(stack)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_stop_leaves_none_behind(stack: Stack, number: signal.Signals) -> None:
    everybody = stack.everybody()
    assert len(everybody) == 7, "three parts with a child each, and the guard"
    stack.process.send_signal(number)
    assert stack.process.wait(15) == 0
    assert not any(lives(pid) for pid in everybody), "nobody outlives the supervisor"


def test_the_upper_floor_stops_first(stack: Stack) -> None:
    stack.process.send_signal(signal.SIGINT)
    stack.process.wait(15)
    logs = {name: (stack.folder / f"{name}.log") for name in ("below", "one", "two")}
    assert all("stopped" in log.read_text(encoding="utf-8") for log in logs.values())
    last = {name: log.stat().st_mtime_ns for name, log in logs.items()}
    assert max(last["one"], last["two"]) <= last["below"]


def test_a_second_ctrl_c_does_not_wait_for_a_stubborn_part(tmp_path: Path) -> None:
    stack = Stack(tmp_path, "stubborn")
    everybody = stack.everybody()
    begun = time.monotonic()

    def pressed() -> bool:
        stack.process.send_signal(signal.SIGINT)
        return stack.process.poll() is not None

    until(pressed)
    assert time.monotonic() - begun < 6
    assert not any(lives(pid) for pid in everybody)


def test_a_supervisor_that_is_killed_leaves_none_behind(tmp_path: Path) -> None:
    stack = Stack(tmp_path, "stubborn")
    everybody = stack.everybody()
    os.kill(stack.starts("one")[0][0], signal.SIGKILL)
    until(lambda: len(stack.starts("one")) == 2)
    stack.process.kill()
    stack.process.wait()
    stack.nobody_is_left(everybody)
