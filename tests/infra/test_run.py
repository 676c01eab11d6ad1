"""`make run`, as a program: what keeps it from starting is said in one line."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "app.cli.run"]
CHOSEN_BY_RUN = ("DATABASE_URL", "REDIS_URL", "KEYS_DIR", "SECRET_KEY", "SECURITY_PASSWORD_SALT")


def environment(instance: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in CHOSEN_BY_RUN}
    return kept | {"INSTANCE_DIR": str(instance), "PORT": str(port)}


def refusal(instance: Path, port: int) -> str:
    """The one line with which it refuses to start."""
    done = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=environment(instance, port),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).splitlines()
    return line


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def until(done: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that is about to be true."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refusal(tmp_path, port).startswith(f"Port {port} is taken.")


def test_a_second_start_in_the_same_folder_names_the_first(tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        said = refusal(tmp_path, free_port())
    assert said == "Rightdesk is running in this folder already, as process 4711."


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    instance = tmp_path / "file" / "instance"
    assert refusal(instance, free_port()).startswith(f"The folder {instance} cannot be written to")


class Running:
    """The whole stack, with what it has said so far."""

    def __init__(self, instance: Path) -> None:
        self.port = free_port()
        self.log = instance.with_name("said")
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                COMMAND,
                cwd=ROOT,
                env=environment(instance, self.port),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until(lambda: "Ctrl-C" in self.said() or self.process.poll() is not None, 60)
        assert "Ctrl-C" in self.said(), self.said()
        self.parts = psutil.Process(self.process.pid).children(recursive=True)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def is_ready(self) -> bool:
        web = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            web.request("GET", "/readyz")
            return web.getresponse().status == 200
        except OSError:
            return False
        finally:
            web.close()

    def part(self, words: str) -> psutil.Process:
        own = psutil.Process(self.process.pid).children()
        return next(part for part in own if words in " ".join(part.cmdline()))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "instance")
    yield running
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(60)


def test_the_stack_comes_up_mends_itself_and_leaves_none_behind(running: Running) -> None:
    assert f"Rightdesk runs at http://127.0.0.1:{running.port}\n" in running.said()
    for words in ("/postgres -D", "valkey-server", "gunicorn"):
        before = running.part(words)
        before.kill()
        before.wait(10)
        until(running.is_ready)
    everybody = [*running.parts, *psutil.Process(running.process.pid).children(recursive=True)]
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0
    _gone, left = psutil.wait_procs(everybody, timeout=5)
    assert left == []
