"""The whole stack on one machine, for `make run`: `python -m app.cli.run`."""

import fcntl
import os
import secrets
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from dotenv import dotenv_values

from app.cli.supervise import Command, Part, Supervisor
from app.core import logging
from app.embedded import EngineError, Engines
from config import ROOT

DEFAULT_PORT = 8000
READY_SECONDS = 20
LAST_LINES = 5
WORKERS = 2
GENERATED = ("SECRET_KEY", "SECURITY_PASSWORD_SALT")


class StackError(Exception):
    """The stack cannot start; the message is one line for people."""


def _port() -> int:
    wanted = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (wanted.isascii() and wanted.isdigit() and 0 < int(wanted) < 2**16):
        raise StackError(f"PORT={wanted} is not a port number.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(wanted)))
        except PermissionError:
            raise StackError(f"Port {wanted} needs root. Choose one above 1023.") from None
        except OSError:
            raise StackError(
                f"Port {wanted} is taken. Stop what uses it, or choose another: PORT=8001 make run"
            ) from None
    return int(wanted)


def _lock(instance: Path) -> IO[str]:
    """Hold the folder for this stack alone; the lock ends with the process."""
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        (instance / "logs").mkdir(mode=0o700, exist_ok=True)
        file = (instance / "run.lock").open("a+")
    except OSError as error:
        raise StackError(f"The folder {instance} cannot be written to: {error.strerror}.") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        raise StackError(
            f"Rightdesk is running in this folder already, as process {file.read()}."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _settings(instance: Path, engines: Engines, port: int) -> dict[str, str]:
    """What the parts need to know. The environment wins over what was chosen here.

    What was chosen is kept in a file, so that `flask --app wsgi …` in another window knows it
    too. The file is replaced whole: secrets lost half-way would lock everybody out.
    """
    file = instance / "environment"
    known = dotenv_values(file) if file.exists() else {}
    chosen = {name: known.get(name) or secrets.token_urlsafe(48) for name in GENERATED}
    chosen["DATABASE_URL"] = engines.database_url
    chosen["REDIS_URL"] = engines.redis_url
    chosen["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    kept = {
        name: value
        for name, value in chosen.items()
        if name in GENERATED or not os.environ.get(name)
    }
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text("".join(f"{k}='{v}'\n" for k, v in kept.items()), encoding="utf-8")
    new.replace(file)
    given = {name: value for name, value in os.environ.items() if value}
    return chosen | {"INSTANCE_DIR": str(instance)} | given


def _flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]


def _prepare(supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    process = subprocess.Popen(_flask("prepare", "--demo"), env=environment, cwd=ROOT)
    while process.poll() is None:
        if supervisor.told_to_stop:
            process.terminate()
        time.sleep(0.05)
    if process.returncode != 0 and not supervisor.told_to_stop:
        raise StackError("Rightdesk could not be prepared; the reason stands above.")


def _parts(instance: Path, environment: Mapping[str, str], port: int) -> list[Part]:
    """Web, workers, scheduler. Only the workers are told where the private keys are."""
    keyless = {name: value for name, value in environment.items() if name != "KEYS_DIR"}

    def command(name: str, words: list[str], environment: Mapping[str, str]) -> Command:
        return Command(name, words, instance / "logs" / f"{name}.log", environment)

    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "wsgi:app"]
    parts: list[Part] = [command("web", [*gunicorn, "-b", f"127.0.0.1:{port}"], keyless)]
    parts += [
        command(f"worker-{number}", _flask("worker"), environment)
        for number in range(1, WORKERS + 1)
    ]
    return [*parts, command("scheduler", _flask("scheduler"), keyless)]


def _is_ready(port: int) -> bool:
    web = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        web.request("GET", "/readyz")
        return web.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        web.close()


def _last_lines(log: Path) -> str:
    with log.open(encoding="utf-8", errors="replace") as lines:
        return "".join(deque(lines, maxlen=LAST_LINES))


def _announce(instance: Path, port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    print(f"\nRightdesk runs at {address}\n")
    if not os.environ.get("SMTP_URL"):
        print(f"Outgoing mail lands in {instance / 'outbox'} and on {address}/dev/mail")
    print(f"Logs are in {instance / 'logs'}. Press Ctrl-C to stop.", flush=True)


def _engines_wanted(engines: Engines) -> list[Part]:
    """The engines that the environment does not replace."""
    wanted: list[Part] = []
    if not os.environ.get("DATABASE_URL"):
        wanted.append(engines.postgres)
    if not os.environ.get("REDIS_URL"):
        wanted.append(engines.valkey)
    return wanted


def _start(supervisor: Supervisor, engines: Engines, instance: Path, port: int) -> None:
    """Start everything, wait until the web answers, and say where."""
    supervisor.start(_engines_wanted(engines))
    environment = {"KEYS_DIR": str(instance / "keys")} | _settings(instance, engines, port)
    _prepare(supervisor, environment)
    if supervisor.told_to_stop:
        return
    supervisor.start(_parts(instance, environment, port))
    deadline = time.monotonic() + READY_SECONDS
    ready = lambda: _is_ready(port) or time.monotonic() > deadline  # noqa: E731 (read here alone)
    if supervisor.run(ready):
        if not _is_ready(port):
            log = instance / "logs" / "web.log"
            raise StackError(
                f"The web server does not answer. Its log {log} ends:\n{_last_lines(log)}"
            )
        _announce(instance, port)


def run_stack() -> None:
    """Start everything, wait, and stop everything; raise StackError or EngineError."""
    os.chdir(ROOT)
    instance = Path(os.environ.get("INSTANCE_DIR") or ROOT / "instance").resolve()
    with _lock(instance):
        port = _port()
        engines = Engines(instance)
        try:
            with Supervisor() as supervisor:
                _start(supervisor, engines, instance, port)
                supervisor.run()
        finally:
            engines.stop()


if __name__ == "__main__":
    logging.configure("WARNING")
    try:
        run_stack()
    except (StackError, EngineError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
