"""The whole stack for the browser: real engines, web server and worker, with the demo data."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app import create_app
from app.embedded import Engines
from app.extensions import db
from config import Settings
from deploy.browser import find

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser tests together, so that one stack serves them all."""
    missing = pytest.mark.skipif(find() is None, reason="Chromium is missing; set CHROMIUM")
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(missing)


@pytest.fixture(autouse=True)
def _same_cost(shipped_cost: None) -> None:
    """A receipt of the stack opens here, too."""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of the stack, whose engines run."""
    folder = tmp_path_factory.mktemp("stack")
    engines = Engines(folder / "engines", fast=True)
    engines.start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    yield {
        "RIGHTDESK_ENV": "development",
        "DATABASE_URL": engines.database_url,
        "REDIS_URL": engines.redis_url,
        "SECRET_KEY": "browser-" * 8,
        "SECURITY_PASSWORD_SALT": "browser-" * 8,
        "INSTANCE_DIR": str(folder),
        "KEYS_DIR": str(folder / "keys"),
        "PUBLIC_URL": f"http://{address}",
        "SMTP_URL": "",
        "LEAVE_URL": f"http://{address.replace('127.0.0.1', 'localhost')}/healthz",  # another site
    }
    engines.stop()


@pytest.fixture(scope="session")
def stack(environment: dict[str, str]) -> Iterator[str]:
    """The address of a running Rightdesk with demo staff and tickets."""
    folder = Path(environment["INSTANCE_DIR"])
    address = environment["PUBLIC_URL"].removeprefix("http://")
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "-b", address]
    with (folder / "stack.log").open("wb") as log:
        options = {"env": os.environ | environment, "cwd": ROOT, "stdout": log, "stderr": log}
        subprocess.run([*flask, "prepare", "--demo"], check=True, **options)
        parts = [
            subprocess.Popen([*gunicorn, "wsgi:app"], **options),
            subprocess.Popen([*flask, "worker"], **options),
            subprocess.Popen([*flask, "scheduler"], **options),
        ]
        try:
            _wait_for(f"http://{address}/readyz")
            yield f"http://{address}"
        finally:
            for part in parts:
                part.terminate()
            for part in parts:
                part.wait(20)


@pytest.fixture
def behind(stack: str, environment: dict[str, str]) -> Iterator[Flask]:
    """The application over the stack's own database, for what no page does yet."""
    app = create_app(Settings(**{name.lower(): value for name, value in environment.items()}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the stack did not start")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, stack: str) -> Iterator[BrowserContext]:
    """A visitor without JavaScript: our pages must work for them."""
    context = chromium.new_context(base_url=stack, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of that visitor."""
    return context.new_page()
