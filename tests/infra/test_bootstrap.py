"""The installer, run as a program in small projects of its own, without a network."""

import ast
import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import time
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "deploy" / "bootstrap.py"
TOOLS = ROOT / ".venv" / "tools"
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "project"
version = "0"
source = {{ virtual = "." }}
dependencies = [{{ name = "{name}" }}]

[package.metadata]
requires-dist = [{{ name = "{name}" }}]

[[package]]
name = "{name}"
version = "1"
source = {{ registry = "https://index.invalid/simple" }}
{kind} = {entry}
"""
PROJECT = """\
[project]
name = "project"
version = "0"
requires-python = ">=3.11"
dependencies = ["{name}"]

[tool.uv]
package = false
"""


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


class Project:
    """A folder with the bootstrap, a lock file that names one package, and an offline index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.links = folder / "links"
        self.links.mkdir()
        (folder / "deploy").mkdir()
        shutil.copy(SCRIPT, folder / "deploy")
        venv.create(folder / ".venv", symlinks=True)
        # Hard links: what a test does to its installer must not reach the real one.
        copy = folder / ".venv" / "tools"
        shutil.copytree(TOOLS, copy, symlinks=True, copy_function=_link)

    def lock(self, name: str, file: Path, *, kind: str, digest: str = "") -> None:
        digest = digest or hashlib.sha256(file.read_bytes()).hexdigest()
        entry = f'{{ url = "https://index.invalid/{file.name}", hash = "sha256:{digest}" }}'
        entry = f"[{entry}]" if kind == "wheels" else entry
        text = LOCK.format(name=name, kind=kind, entry=entry)
        (self.folder / "uv.lock").write_text(text, encoding="utf-8")
        (self.folder / "pyproject.toml").write_text(PROJECT.format(name=name), encoding="utf-8")

    def wheel(self, name: str) -> Path:
        path = self.links / f"{name}-1-py3-none-any.whl"
        about = f"{name}-1.dist-info"
        files = {
            f"{name}.py": "",
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
            f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        with zipfile.ZipFile(path, "w") as archive:
            record = ""
            for inside, text in files.items():
                archive.writestr(inside, text)
                digest = hashlib.sha256(text.encode()).digest()
                mark = base64.urlsafe_b64encode(digest).decode().rstrip("=")
                record += f"{inside},sha256={mark},{len(text)}\n"
            archive.writestr(f"{about}/RECORD", record + f"{about}/RECORD,,\n")
        return path

    def source(self, name: str) -> Path:
        path = self.links / f"{name}-1.tar.gz"
        text = f"from setuptools import setup\nsetup(name='{name}', version='1')\n".encode()
        with tarfile.open(path, "w:gz") as archive:
            inside = tarfile.TarInfo(f"{name}-1/setup.py")
            inside.size = len(text)
            archive.addfile(inside, io.BytesIO(text))
        return path

    def bootstrap(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it where pip is told to use the project's own index and no other."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_"))}
        told = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
        told |= {"PIP_FIND_LINKS": str(self.links), "UV_CACHE_DIR": str(self.folder / "cache")}
        command = [sys.executable, "deploy/bootstrap.py", *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=kept | told,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def modules(self) -> set[str]:
        return {path.stem for path in self.folder.glob(".venv/lib/*/site-packages/*.py")}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    if not (TOOLS / "bin" / "uv").exists():
        pytest.skip("the installer is not in .venv/tools: run `make test`")
    return Project(tmp_path)


def test_every_python_since_3_0_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 0))


def _old_pythons() -> list[str]:
    named = [shutil.which(f"python{version}") for version in ("2.7", "3.8", "3.9", "3.10")]
    ask = "import sys; sys.exit(sys.version_info >= (3, 11))"
    return [
        python
        for python in [*filter(None, named), *map(str, PYENV.glob("versions/*/bin/python"))]
        if subprocess.run([python, "-c", ask], capture_output=True, check=False).returncode == 0
    ]


def test_every_old_python_of_this_machine_gets_one_line() -> None:
    if not (pythons := _old_pythons()):
        pytest.skip("no Python older than 3.11 is on this machine")
    for python in pythons:
        command = [python, str(SCRIPT)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        _is_told_the_python_is_too_old(done)


def test_a_python_that_says_it_is_old_gets_one_line() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 6, 15, 'final', 0); "
    pretend += f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    command = [sys.executable, "-c", pretend]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    _is_told_the_python_is_too_old(done)
    assert "this is 3.6.15." in done.stderr


def _is_told_the_python_is_too_old(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("Rightdesk needs Python 3.11 or newer; this is ")


def test_a_wheel_is_installed_once_and_then_nothing_is_done(project: Project) -> None:
    project.lock("alpha", project.wheel("alpha"), kind="wheels")

    first = project.bootstrap()
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "Installing the dependencies into .venv ...\n"
    assert "alpha" in project.modules()

    shutil.rmtree(project.links)
    begun = time.perf_counter()
    second = project.bootstrap()
    assert time.perf_counter() - begun < 2, "the second start asks nobody"
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_development_satisfies_a_request_for_run_time_and_not_the_other_way(
    project: Project,
) -> None:
    project.lock("alpha", project.wheel("alpha"), kind="wheels")
    assert project.bootstrap().stdout
    assert project.bootstrap("--dev").stdout
    assert not project.bootstrap("--dev").stdout
    assert not project.bootstrap().stdout


STAMPED = """\
import sys
sys.path.insert(0, "deploy")
import bootstrap
wanted = bootstrap.wanted_stamp()
text = sys.argv[1].replace("WANTED", wanted)
with open(bootstrap.STAMP, "w") as file:
    file.write(text)
print(bootstrap.is_installed(wanted, False), bootstrap.is_installed(wanted, True))
"""


@pytest.mark.parametrize(
    ("stamp", "believed"),
    [
        ("WANTED run", "True False"),
        ("WANTED dev", "True True"),
        ("0123456789 dev", "False False"),
        ("WANTED", "False False"),
        ("WANTED dev and more", "False False"),
        ("", "False False"),
    ],
)
def test_only_a_whole_stamp_of_this_lock_is_believed(
    tmp_path: Path, stamp: str, believed: str
) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(SCRIPT, tmp_path / "deploy")
    (tmp_path / "uv.lock").write_text("version = 1\n", encoding="utf-8")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)

    def ask() -> str:
        command = [sys.executable, "-c", STAMPED, stamp]
        return subprocess.check_output(command, cwd=tmp_path, text=True).strip()

    assert ask() == believed
    (tmp_path / ".venv" / "bin" / "python").unlink()
    assert ask() == "False False", "a stamp without its interpreter is not believed"


def test_a_stamp_knows_the_lock_the_python_and_the_place(tmp_path: Path) -> None:
    ask = "import sys; sys.path.insert(0, 'deploy'); {}import bootstrap; "
    ask += "print(bootstrap.wanted_stamp())"

    def stamp(folder: Path, lock: str, before: str = "") -> str:
        (folder / "deploy").mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPT, folder / "deploy")
        (folder / "uv.lock").write_text(lock, encoding="utf-8")
        command = [sys.executable, "-c", ask.format(before)]
        return subprocess.check_output(command, cwd=folder, text=True)

    here = stamp(tmp_path / "here", "a")
    assert stamp(tmp_path / "here", "a") == here
    others = {
        stamp(tmp_path / "here", "b"),
        stamp(tmp_path / "there", "a"),
        stamp(tmp_path / "here", "a", "sys.version_info = (3, 99, 0); "),
    }
    assert here not in others
    assert len(others) == 3


def test_a_package_that_the_lock_no_longer_names_is_removed(project: Project) -> None:
    project.lock("alpha", project.wheel("alpha"), kind="wheels")
    project.bootstrap()
    project.lock("beta", project.wheel("beta"), kind="wheels")
    assert project.bootstrap().returncode == 0
    assert project.modules() & {"alpha", "beta"} == {"beta"}


def test_a_package_without_a_wheel_is_named_and_not_compiled(project: Project) -> None:
    project.lock("compiled", project.source("compiled"), kind="sdist")
    done = project.bootstrap()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("There is no ready-made package of compiled for this machine")
    assert "Linux (glibc) on x86-64 or ARM64, and macOS" in line
    assert str(project.folder / ".venv" / "install.log") in line
    assert not (project.folder / ".venv" / "installed").exists()


def test_a_file_with_another_hash_is_refused(project: Project) -> None:
    project.lock("alpha", project.wheel("alpha"), kind="wheels", digest="0" * 64)
    done = project.bootstrap()
    assert done.returncode == 1
    assert done.stderr.startswith("The file offered for alpha==1 is not the one whose hash")
    assert "alpha" not in project.modules()


def test_a_failed_installation_is_tried_again(project: Project) -> None:
    wheel = project.wheel("alpha")
    project.lock("alpha", wheel, kind="wheels")
    away = wheel.rename(project.folder / wheel.name)
    assert project.bootstrap().returncode == 1
    away.rename(wheel)
    assert project.bootstrap().returncode == 0
    assert "alpha" in project.modules()


def test_an_environment_that_was_made_elsewhere_is_made_anew(project: Project) -> None:
    project.lock("alpha", project.wheel("alpha"), kind="wheels")
    project.bootstrap()
    settings = project.folder / ".venv" / "pyvenv.cfg"
    text = settings.read_text(encoding="utf-8").replace(str(project.folder), "/elsewhere")
    settings.write_text(text, encoding="utf-8")
    check = "import bootstrap; print(bootstrap.is_usable(bootstrap.VENV))"
    command = [sys.executable, "-c", check]
    said = subprocess.check_output(command, cwd=project.folder / "deploy", text=True)
    assert said == "False\n"


def test_a_place_that_cannot_be_written_to_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(SCRIPT, tmp_path / "deploy")
    (tmp_path / "uv.lock").touch()
    (tmp_path / ".venv").touch()
    command = [sys.executable, str(tmp_path / "deploy" / "bootstrap.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"The folder {tmp_path / '.venv'} cannot be written to")
