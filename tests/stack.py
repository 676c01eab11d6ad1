"""Real processes over real engines, for tests that kill them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psutil
from aiosmtpd.controller import Controller
from flask import Flask

from app import create_app
from app.embedded import Engines
from app.extensions import db
from app.tickets import service as tickets
from app.tickets.queries import get_ticket_by_link
from config import Environment, Settings

ROOT = Path(__file__).resolve().parents[1]
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something to become true; fail after a time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)


class Postbox:
    """An SMTP handler that keeps what it accepts."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, bytes]] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        """Accept a recipient."""
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        """Keep a mail."""
        self.accepted.append((envelope.rcpt_tos[0], envelope.content))
        return "250 OK"

    def count(self, address: str) -> int:
        """How many mails an address was sent."""
        return sum(recipient == address for recipient, _content in self.accepted)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """Engines, a mail server, the application, and the processes started so far."""

    folder: Path
    engines: Engines
    postbox: Postbox
    settings: Settings
    app: Flask
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """What all processes have written."""
        return self.folder / "processes.log"

    def start(self, *command: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a process of the program with this stack's settings."""
        settings = self.settings
        environment = os.environ | {
            "RIGHTDESK_ENV": settings.rightdesk_env,
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "SMTP_URL": settings.smtp_url.get_secret_value(),
            "SECRET_KEY": settings.secret_key.get_secret_value(),
            "SECURITY_PASSWORD_SALT": settings.security_password_salt.get_secret_value(),
            "INSTANCE_DIR": str(settings.instance_dir),
            "KEYS_DIR": str(settings.keys_dir),
            "LOG_LEVEL": "DEBUG",
            **more,
        }
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def flask(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a command of the program."""
        return self.start(*FLASK, *words, **more)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process and its children with SIGKILL, as a crash of the machine would."""
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in family:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.wait()

    def file_ticket(self, mail: str, text: str = "I cannot log in to PASSPort.") -> str:
        """File a ticket; return the token of its private link."""
        with self.app.app_context():
            return tickets.file_ticket(
                tickets.Filing(uuid4(), text, "Company", "Rosa Delgado", mail)
            )

    def is_routed(self, token: str) -> bool:
        """Tell whether a ticket has reached its queue."""
        with self.app.app_context():
            return get_ticket_by_link(token).queue_code is not None


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """A prepared stack without workers; everything ends with the block."""
    engines, postbox, port = Engines(folder / "engines", fast=True), Postbox(), free_port()
    engines.start()
    mail = Controller(postbox, hostname="127.0.0.1", port=port)
    mail.start()
    settings = Settings(
        rightdesk_env=Environment.TEST,
        secret_key="crash-" * 8,
        security_password_salt="crash-" * 8,
        database_url=engines.database_url,
        redis_url=engines.redis_url,
        smtp_url=f"smtp://127.0.0.1:{port}",
        public_url="http://rightdesk.test",
        instance_dir=folder,
        keys_dir=folder / "keys",
    )
    stack = Stack(folder, engines, postbox, settings, create_app(settings))
    try:
        assert stack.flask("prepare").wait(60) == 0, stack.log.read_text(errors="replace")
        yield stack
    finally:
        for process in stack.processes:
            if process.poll() is None:
                stack.kill(process)
        mail.stop()
        with stack.app.app_context():
            db.session.remove()
            db.engine.dispose()
        engines.stop()
