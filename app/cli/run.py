"""The whole stack on one machine, for `make run`: `python -m app.cli.run`."""

import fcntl
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from dotenv import dotenv_values

from app.cli.supervise import Command, Part, Supervisor
from app.core import logging
from app.embedded import EngineError, Engines
from config import ROOT

DEFAULT_PORT = 8000
READY_SECONDS = 30
WORKERS = 2
GENERATED = ("SECRET_KEY", "SECURITY_PASSWORD_SALT")


class StackError(Exception):
    """The stack cannot start; the message is one line for people."""


def _port() -> int:
    wanted = os.environ.get("PORT", str(DEFAULT_PORT))
    if not wanted.isdigit() or not 0 < int(wanted) < 2**16:
        raise StackError(f"PORT={wanted} is not a port number.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(wanted)))
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
    except OSError:
        raise StackError(f"The folder {instance} cannot be written to.") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        raise StackError(
            f"Rightdesk runs in this folder already (process {file.read()})."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _environment(instance: Path, engines: Engines, port: int) -> dict[str, str]:
    """What the parts need to know. The environment wins over what an earlier start wrote."""
    file = instance / "environment"
    known = {k: v for k, v in dotenv_values(file).items() if v} if file.exists() else {}
    chosen = {name: known.get(name) or secrets.token_urlsafe(48) for name in GENERATED}
    chosen["DATABASE_URL"] = engines.database_url
    chosen["REDIS_URL"] = engines.redis_url
    chosen["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    chosen = {name: os.environ.get(name) or value for name, value in chosen.items()}
    file.touch(mode=0o600)
    file.write_text("".join(f"{k}='{v}'\n" for k, v in chosen.items()), encoding="utf-8")
    return chosen


def _flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]


def _prepare(environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        _flask("prepare", "--demo"),
        env={**os.environ, **environment},
        cwd=ROOT,
        check=False,
    )
    if done.returncode != 0:
        raise StackError("Rightdesk could not be prepared; the reason stands above.")


def _parts(instance: Path, environment: Mapping[str, str], port: int) -> list[Part]:
    def command(name: str, words: list[str], **more: str) -> Command:
        return Command(name, words, instance / "logs" / f"{name}.log", {**environment, **more})

    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "wsgi:app"]
    keys = str(instance / "keys")
    parts: list[Part] = [command("web", [*gunicorn, "-b", f"127.0.0.1:{port}"], KEYS_DIR="")]
    parts += [
        command(f"worker-{number}", _flask("worker"), KEYS_DIR=keys)
        for number in range(1, WORKERS + 1)
    ]
    parts.append(command("scheduler", _flask("scheduler"), KEYS_DIR=""))
    return parts


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (URLError, OSError):
        return False


def _announce(instance: Path, port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    print(f"\nRightdesk runs at {address}\n")
    if not os.environ.get("SMTP_URL"):
        print(f"Outgoing mail lands in {instance / 'outbox'} and on {address}/dev/mail")
    print(f"Logs are in {instance / 'logs'}. Press Ctrl-C to stop.", flush=True)


def _supervise(instance: Path, engines: list[Part], environment: dict[str, str], port: int) -> None:
    supervisor = Supervisor([*engines, *_parts(instance, environment, port)])
    supervisor.start()
    deadline = time.monotonic() + READY_SECONDS
    try:
        if supervisor.run(lambda: _is_ready(port) or time.monotonic() > deadline):
            if time.monotonic() > deadline:
                raise StackError(f"The web server did not start; see {instance / 'logs'}.")
            _announce(instance, port)
            supervisor.run()
    finally:
        supervisor.stop()


def run_stack() -> None:
    """Start everything, wait, and stop everything; raise StackError or EngineError."""
    port, instance = _port(), ROOT / "instance"
    lock = _lock(instance)
    engines = Engines(instance)
    own: list[Part] = []
    try:
        if not os.environ.get("DATABASE_URL"):
            engines.postgres.start()
            own.append(engines.postgres)
        if not os.environ.get("REDIS_URL"):
            engines.valkey.start()
            own.append(engines.valkey)
        environment = _environment(instance, engines, port)
        _prepare(environment | {"KEYS_DIR": str(instance / "keys")})
        _supervise(instance, own, environment, port)
    finally:
        for part in reversed(own):
            part.end()
        lock.close()


if __name__ == "__main__":
    logging.configure("WARNING")
    try:
        run_stack()
    except (StackError, EngineError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
