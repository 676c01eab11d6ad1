"""Real engines, a prepared database and real workers, for benchmarks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from app import create_app
from app.embedded import Engines
from app.extensions import db
from config import load_settings

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


@contextmanager
def prepared() -> Iterator[tuple[Flask, Engines]]:
    """The application over engines of its own; the processes started meanwhile use them too."""
    with TemporaryDirectory() as folder:
        engines = Engines(Path(folder) / "engines")
        engines.start()
        os.environ |= {
            "RIGHTDESK_ENV": "test",
            "DATABASE_URL": engines.database_url,
            "REDIS_URL": engines.redis_url,
            "SECRET_KEY": "bench-" * 8,
            "SECURITY_PASSWORD_SALT": "bench-" * 8,
            "KEYS_DIR": f"{folder}/keys",
            "INSTANCE_DIR": folder,
            "LOG_LEVEL": "ERROR",
        }
        try:
            subprocess.run([*FLASK, "prepare"], check=True)  # noqa: S603 (our own command)
            app = create_app(load_settings())
            yield app, engines
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
        finally:
            engines.stop()


@contextmanager
def running(*command: str, times: int = 1) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The same command some times at once, ended with the block."""
    processes = [subprocess.Popen(command) for _ in range(times)]  # noqa: S603 (our own command)
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
