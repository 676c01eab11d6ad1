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
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.embedded import Engines
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
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(
                pytest.mark.skipif(find() is None, reason="Chromium is missing; set CHROMIUM")
            )


@pytest.fixture(scope="session")
def stack_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """PostgreSQL and Valkey of the stack."""
    engines = Engines(tmp_path_factory.mktemp("stack-engines"), fast=True)
    engines.start()
    yield engines
    engines.stop()


@pytest.fixture(scope="session")
def stack(stack_engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Rightdesk with demo staff and tickets."""
    folder, engines = tmp_path_factory.mktemp("stack"), stack_engines
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = os.environ | {
        "RIGHTDESK_ENV": "development",
        "DATABASE_URL": engines.database_url,
        "REDIS_URL": engines.redis_url,
        "SECRET_KEY": "browser-" * 8,
        "SECURITY_PASSWORD_SALT": "browser-" * 8,
        "INSTANCE_DIR": str(folder),
        "KEYS_DIR": str(folder / "keys"),
        "PUBLIC_URL": f"http://{address}",
        "SMTP_URL": "",
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "-b", address]
    with (folder / "stack.log").open("wb") as log:
        options = {"env": environment, "cwd": ROOT, "stdout": log, "stderr": log}
        subprocess.run([*flask, "prepare", "--demo"], check=True, **options)
        parts = [
            subprocess.Popen([*gunicorn, "wsgi:app"], **options),
            subprocess.Popen([*flask, "worker"], **options),
        ]
        try:
            _wait_for(f"http://{address}/readyz")
            yield f"http://{address}"
        finally:
            for part in parts:
                part.terminate()
            for part in parts:
                part.wait(20)


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


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """Both colour schemes."""
    return str(request.param)


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
