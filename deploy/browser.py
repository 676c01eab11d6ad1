"""Find Chromium for the browser tests; as root on Debian, install it. Always exits with 0."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

NAMES = (
    "chromium-headless-shell",  # the same engine without a window: half the work
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
OF_PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
LOG = Path(__file__).resolve().parents[1] / ".venv" / "browser.log"
INSTALL_SECONDS = 600


def _candidates() -> Iterator[str]:
    if chosen := os.environ.get("CHROMIUM"):
        yield chosen
        return
    yield from NAMES
    yield from PLACES
    caches = ["~/.cache/ms-playwright", "~/Library/Caches/ms-playwright"]
    for cache in [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *caches]:
        for pattern in OF_PLAYWRIGHT if cache else ():
            yield from sorted(map(str, Path(cache).expanduser().glob(pattern)), reverse=True)


def _works(path: str) -> bool:
    """Whether it starts: Ubuntu's `chromium-browser` may be a stub that only asks for snap."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def find() -> str | None:
    """Path of a Chromium that starts, or None. CHROMIUM, where set, is the only one tried."""
    found = (shutil.which(candidate) for candidate in _candidates())
    return next((path for path in found if path and _works(path)), None)


def install() -> bool:
    """Install Chromium where that is ours to do: as root, with apt."""
    if os.geteuid() != 0 or "CHROMIUM" in os.environ or not shutil.which("apt-get"):
        return False
    print("Installing Chromium for the browser tests ...", flush=True)
    install = ["install", "-y", "--no-install-recommends"]
    with LOG.open("wb") as log:
        _apt(log, "update")  # a mirror that fails here need not be the one that has Chromium
        return any(_apt(log, *install, name) and find() for name in NAMES[:2])


def _apt(log: BinaryIO, *words: str) -> bool:
    """Tell whether apt did it."""
    silent = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "a"}
    options = ["-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"]
    options += ["-o", "Dpkg::Options::=--force-confold"]
    try:
        done = subprocess.run(
            ["apt-get", *options, *words],
            env={**os.environ, **silent},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main() -> int:
    """Find or install, and otherwise say what will not be run."""
    if find() is None and not install():
        why = f" (its log: {LOG})" if LOG.exists() else ""
        print(
            f"No Chromium was found{why}: the tests in tests/browser are not run. Install it "
            "(`apt install chromium`, `brew install --cask chromium`) or set CHROMIUM to its path."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
