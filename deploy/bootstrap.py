"""Make `.venv` and put the locked dependencies into it: `bootstrap.py [--dev]`.

Only the standard library, and written so that every Python since 2.7 can read it: an old one
has to be able to say that it is too old. Versions and hashes come from uv.lock; where files
are fetched from is the machine's own choice (the settings of pip and uv). Nothing is compiled.
"""

from __future__ import print_function

import hashlib
import os
import platform
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
TOOLS = os.path.join(VENV, "tools")
LOG = os.path.join(VENV, "install.log")
STAMP = os.path.join(VENV, "installed")
OLDEST = (3, 11)
UV = "uv==0.13.9"
PLATFORMS = "Linux (glibc) on x86-64 or ARM64, and macOS"

SOURCE_ONLY = ("flask-principal",)
"""Plain Python without a wheel in any index: the only packages that may be built here."""

BUILDER = (
    "setuptools==80.9.0"
    " --hash=sha256:062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922"
)
"""What builds them."""

PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
"""pip's settings, and the variables by which uv knows the same."""

FAULTS = (
    (
        r"Because ([\w.-]+)==\S+ has no (?:usable )?wheels",
        "There is no ready-made package of %s for this machine ({0}); Rightdesk runs on {1}.",
    ),
    (
        r"Failed to build `?([\w.=-]+)",
        "%s would have to be compiled on this machine ({0}); Rightdesk runs on {1}.",
    ),
    (
        r"Hash mismatch for `?([\w.=-]+)",
        "The file offered for %s is not the one whose hash is locked; it was not installed.",
    ),
    (r"(No space left on device)", "%s: make room, and start again."),
    (
        r"Failed to (?:fetch|download):? `?([\w.:/=-]+)",
        "%s could not be fetched; is there a network?",
    ),
)
"""What the installer's words mean to a person."""


class BootstrapError(Exception):
    """Why the installation cannot go on, in one line."""


def require_python():
    """Refuse a Python that is too old, or one that came without its venv module."""
    if sys.version_info < OLDEST:
        raise BootstrapError(
            "Rightdesk needs Python 3.11 or newer; this is %s. "
            "With another one installed: make run PYTHON=python3.11"
            % ".".join(str(part) for part in sys.version_info[:3])
        )
    try:
        import ensurepip  # noqa: F401 (Debian ships Python without it)
        import venv  # noqa: F401
    except ImportError:
        raise BootstrapError(
            "This Python lacks its venv module. On Debian and Ubuntu: apt install python3-venv"
        )


def wanted_stamp():
    """What a finished installation of this lock file, here and with this Python, is known by."""
    with open(os.path.join(ROOT, "uv.lock"), "rb") as lock:
        digest = hashlib.sha256(lock.read())
    digest.update(repr((sys.version_info[:2], UV, ROOT)).encode())
    return digest.hexdigest()


def is_installed(stamp, dev):
    """Tell whether the wanted packages are there; development includes all others."""
    try:
        with open(STAMP) as file:
            found, kind = file.read().split()
    except (IOError, ValueError):
        return False
    return found == stamp and (kind == "dev" or not dev) and os.path.exists(python_of(VENV))


def python_of(environment):
    """The interpreter of a virtual environment."""
    return os.path.join(environment, "bin", "python")


def is_usable(environment):
    """Tell whether an environment was made here and by this Python; a copied one was not."""
    check = "import sys; sys.exit(sys.version_info[:2] != %r)" % (sys.version_info[:2],)
    try:
        with open(os.path.join(environment, "pyvenv.cfg")) as file:
            made_here = environment in file.read()
        done = subprocess.run(
            [python_of(environment), "-c", check], stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return made_here and done.returncode == 0


def make_environments():
    """Create `.venv`, and within it a small one for the installer."""
    import venv

    if os.path.exists(STAMP):
        os.remove(STAMP)
    if not is_usable(VENV):
        venv.create(VENV, clear=True, symlinks=True)
    if not os.path.exists(os.path.join(TOOLS, "bin", "pip3")):
        venv.create(TOOLS, clear=True, symlinks=True)
        call([python_of(TOOLS), "-m", "ensurepip"], "pip could not be installed.")


def call(command, problem, environment=None):
    """Run a command with its output in the log; raise BootstrapError with what went wrong."""
    with open(LOG, "ab") as log:
        before = log.tell()
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    if done.returncode != 0:
        with open(LOG, "rb") as log:
            log.seek(before)
            said = " ".join(log.read().decode("utf-8", "replace").split())
        raise BootstrapError("%s All of it is in %s" % (explain(said) or problem, LOG))


def explain(said):
    """The installer's complaint in words for people, or None when it is not a known one."""
    here = "%s %s, Python %s" % (platform.system(), platform.machine(), platform.python_version())
    for pattern, words in FAULTS:
        found = re.search(pattern, said)
        if found:
            return words.format(here, PLATFORMS) % found.group(1)
    return None


def index_settings():
    """The environment for uv: what pip is told about indexes holds for uv, unless uv is told."""
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    # Safe although any index may answer: uv.lock's hashes decide which file is taken.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    if not os.access(os.path.expanduser("~"), os.W_OK):
        environment.setdefault("UV_CACHE_DIR", os.path.join(VENV, "cache"))
    said = subprocess.run(
        [python_of(TOOLS), "-m", "pip", "config", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    for line in said.stdout.decode().splitlines():
        name, _, value = line.partition("=")
        variable = PIP_TO_UV.get(name.rpartition(".")[2])
        if variable:
            environment.setdefault(variable, value.strip("'\"").replace("\\n", " ").strip())
    return environment


def install(dev):
    """Install what the lock file says, with its hashes; remove what it does not name."""
    uv, python = os.path.join(TOOLS, "bin", "uv"), python_of(VENV)
    wanted = os.path.join(VENV, "requirements.txt")
    builder = os.path.join(VENV, "builder.txt")
    with open(builder, "w") as file:
        file.write(BUILDER)
    pip = [python_of(TOOLS), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--only-binary", ":all:", UV]
    call(pip, "The installer could not be fetched; is there a network?")
    environment = index_settings()
    export = [uv, "export", "--quiet", "--frozen", "--no-emit-project", "--no-header"]
    export += ["--python", python, "--output-file", wanted] + ([] if dev else ["--no-dev"])
    call(export, "The lock file uv.lock could not be read.", environment)
    with open(wanted) as file:
        names = set(re.findall(r"^([\w.-]+)==", file.read(), re.MULTILINE))
    sync = [uv, "pip", "sync", "--compile-bytecode", "--require-hashes", "--python", python]
    sync += ["--build-constraints", builder]
    for name in sorted(names.difference(SOURCE_ONLY)):
        sync += ["--only-binary", name]
    sync.append(wanted)
    call(sync, "The dependencies could not be installed.", environment)


def bring_up_to_date(dev):
    """Install, unless that has been done; only one process at a time."""
    import fcntl

    stamp = wanted_stamp()
    if is_installed(stamp, dev):
        return
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if is_installed(stamp, dev):
            return
        print("Installing the dependencies into .venv ...")
        sys.stdout.flush()
        make_environments()
        install(dev)
        with open(STAMP, "w") as file:
            file.write("%s %s" % (stamp, "dev" if dev else "run"))
    finally:
        os.close(folder)


def main():
    """Bring `.venv` up to date; return the exit status."""
    try:
        require_python()
        bring_up_to_date(dev="--dev" in sys.argv[1:])
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 1
    except (IOError, OSError, ValueError) as error:
        print("The folder %s cannot be written to: %s" % (VENV, error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
