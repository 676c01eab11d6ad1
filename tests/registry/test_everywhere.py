"""A change of the registry takes effect at once in every process."""

import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from stack import Stack, free_port, running_stack, wait_until

from app.cli.bundled import BUNDLED

OLD, NEW = "Sign in to PIP, or reset the password", "Get into PIP again"


def _serve(stack: Stack) -> str:
    """Start a web server of its own process; return the address of its form."""
    address = f"127.0.0.1:{free_port()}"
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "-b", address]
    stack.start(*gunicorn, "wsgi:app", WEB_WORKERS="1")
    form = f"http://{address}/help"

    def answers() -> bool:
        try:
            return _page(form) is not None
        except URLError:
            return False

    wait_until(answers, 30, "the web server")
    return form


def _page(address: str) -> str:
    with urlopen(address) as answer:
        return str(answer.read().decode())


def test_every_process_goes_by_the_new_registry_at_its_next_request(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack:
        forms = [_serve(stack), _serve(stack)]
        assert all(OLD in _page(form) for form in forms), "each has built the old one"
        changed = BUNDLED.read_text(encoding="utf-8").replace(OLD, NEW)
        (tmp_path / "new.toml").write_text(changed, encoding="utf-8")
        assert stack.flask("registry", "load", str(tmp_path / "new.toml")).wait(30) == 0
        for form in forms:
            page = _page(form)
            assert NEW in page
            assert OLD not in page
