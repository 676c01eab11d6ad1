"""Find Chromium for the browser tests; as root on Debian, install it. Always exits with 0."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)


def find() -> str | None:
    """Path of a Chromium, or None."""
    wanted = [os.environ.get("CHROMIUM", ""), *NAMES]
    found = [shutil.which(name) for name in wanted if name]
    found += [place for place in PLACES if Path(place).exists()]
    return next((path for path in found if path), None)


def install() -> bool:
    """Install Chromium where that is ours to do."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("Installing Chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["-qq", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=3"]
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            ["apt-get", *quiet, *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            return False
    return find() is not None


def main() -> int:
    """Find or install, and otherwise say what will not be run."""
    if find() is None and not install():
        print(
            "Chromium is missing: the tests in tests/browser are not run. Install it "
            "(for example `apt install chromium`), or set CHROMIUM to its path."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
