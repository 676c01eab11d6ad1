"""Make `.venv` and put the locked dependencies into it: `bootstrap.py [--dev]`.

Only the standard library, and written so that every Python since 2.7 can read it: an old one
has to be able to say that it is too old. Versions and hashes come from uv.lock; where files
are fetched from is the machine's own choice (pip's and uv's settings).
"""

from __future__ import print_function

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
TOOLS = os.path.join(VENV, "tools")
LOG = os.path.join(VENV, "install.log")
STAMP = os.path.join(VENV, "installed")
OLDEST = (3, 11)
UV = "uv==0.13.9"
PLATFORMS = "Linux on x86-64 or ARM64, and macOS"


class BootstrapError(Exception):
    """Why the installation cannot go on, in one line."""


def require_python():
    """Refuse a Python that is too old."""
    if sys.version_info < OLDEST:
        raise BootstrapError(
            "Rightdesk needs Python 3.11 or newer; this is %d.%d (%s). "
            "Try: make PYTHON=python3.11 run"
            % (sys.version_info[0], sys.version_info[1], sys.executable)
        )


def wanted_stamp():
    """What a finished installation of this lock file with this Python is known by."""
    with open(os.path.join(ROOT, "uv.lock"), "rb") as file:
        digest = hashlib.sha256(file.read())
    digest.update(repr((sys.version_info[:2], UV)).encode())
    return digest.hexdigest()


def read_stamp():
    """The stamp and the kind (run or dev) of what is installed."""
    try:
        with open(STAMP) as file:
            stamp, kind = file.read().split()
    except (IOError, ValueError):
        return "", ""
    return stamp, kind


def call(command, problem):
    """Run a command with its output in the log; raise BootstrapError with the problem."""
    with open(LOG, "ab") as log:
        if subprocess.call(command, stdout=log, stderr=log, cwd=ROOT) != 0:
            raise BootstrapError("%s Details are in %s" % (problem, LOG))


def make_environments():
    """Create `.venv`, and within it a small one for the installer."""
    try:
        import ensurepip  # noqa: F401 (Debian ships venv without it)
        import venv
    except ImportError:
        raise BootstrapError(
            "This Python lacks the venv module. On Debian and Ubuntu: apt install python3-venv"
        )
    try:
        venv.create(VENV, with_pip=False, clear=not is_usable(), symlinks=True)
        if not os.path.exists(os.path.join(TOOLS, "bin", "pip")):
            venv.create(TOOLS, with_pip=True, clear=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BootstrapError("The folder %s cannot be written to (%s)." % (VENV, error))


def is_usable():
    """Tell whether `.venv` was made here and by this Python; copied ones are not."""
    check = "import sys; sys.exit(sys.version_info[:2] != %r)" % (sys.version_info[:2],)
    try:
        return subprocess.call([python_of(VENV), "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def python_of(environment):
    """The interpreter of a virtual environment."""
    return os.path.join(environment, "bin", "python")


def install(dev):
    """Install what the lock file says, with its hashes; wheels where they exist."""
    call(
        [python_of(TOOLS), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV],
        "The installer could not be fetched; is there a network?",
    )
    uv = os.path.join(TOOLS, "bin", "uv")
    requirements = os.path.join(VENV, "requirements.txt")
    export = [uv, "export", "--quiet", "--frozen", "--no-emit-project", "-o", requirements]
    call(export + ([] if dev else ["--no-dev"]), "The lock file uv.lock could not be read.")
    call(
        [
            uv,
            "pip",
            "sync",
            "--quiet",
            "--require-hashes",
            "--python",
            python_of(VENV),
            requirements,
        ],
        "A dependency could not be installed. Ready-made packages exist for %s; elsewhere a C "
        "compiler and the Python headers are needed." % PLATFORMS,
    )


def main():
    """Bring `.venv` up to date; return the exit status."""
    dev = "--dev" in sys.argv[1:]
    try:
        require_python()
        stamp, (found, kind) = wanted_stamp(), read_stamp()
        # What was once installed for development stays so: it includes all others.
        dev = dev or kind == "dev"
        if found == stamp and (kind == "dev") == dev:
            return 0
        print("Installing the dependencies into .venv ...")
        sys.stdout.flush()
        make_environments()
        if os.path.exists(STAMP):
            os.remove(STAMP)
        install(dev)
        with open(STAMP, "w") as file:
            file.write("%s %s" % (stamp, "dev" if dev else "run"))
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
