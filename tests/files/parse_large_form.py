"""Send a form with one large file through the request parsing, and print what it cost.

Usage: parse_large_form.py MEBIBYTES [BLUEPRINT]. Prints four numbers: bytes of the file taken,
bytes in open temporary files, canaries found in them, bytes by which peak memory grew.
"""

import io
import sys
from pathlib import Path

from flask import Blueprint, Flask, request
from werkzeug.test import create_environ

from app.files.uploads import CappedRequest, CappedUpload

MEBIBYTE = 1 << 20
CANARY = b"canary-of-the-source "
BLOCK = (CANARY * MEBIBYTE)[:MEBIBYTE]
HEAD = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n"
)
TAIL = b"\r\n--edge--\r\n"


class Body(io.RawIOBase):
    """A form with a file of so many MiB, made while it is read."""

    def __init__(self, mebibytes: int) -> None:
        self.length = len(HEAD) + mebibytes * MEBIBYTE + len(TAIL)
        self._blocks = iter([HEAD, *[BLOCK] * mebibytes, TAIL])
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _memory(line: str) -> int:
    """Bytes now (VmRSS) or at the peak (VmHWM); getrusage would count our parent's as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(line + ":")[1].split()[0]) * 1024


def _open_temporary_files() -> list[Path]:
    return [
        link
        for link in Path("/proc/self/fd").iterdir()
        if link.is_symlink() and str(link.readlink()).endswith("(deleted)")
    ]


def _count_canaries(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while block := file.read(MEBIBYTE):
            found += block.count(CANARY)
    return found


def main(mebibytes: int, blueprint: str = "tip_line") -> None:
    app = Flask(__name__)
    app.request_class = CappedRequest
    door = Blueprint(blueprint, __name__)

    @door.post("/")
    def take() -> str:
        _forget_peak()
        before = _memory("VmRSS")
        upload = request.files["file"].stream
        assert isinstance(upload, CappedUpload)
        while upload.read(MEBIBYTE):
            pass
        growth = _memory("VmHWM") - before
        kept = _open_temporary_files()
        on_disk = sum(path.stat().st_size for path in kept)
        print(upload.size, on_disk, sum(map(_count_canaries, kept)), growth)  # noqa: T201 (its purpose)
        return ""

    app.register_blueprint(door)
    body = Body(mebibytes)
    environ = create_environ("/", method="POST") | {
        "wsgi.input": body,
        "CONTENT_LENGTH": str(body.length),
        "CONTENT_TYPE": "multipart/form-data; boundary=edge",
    }
    with app.request_context(environ):
        app.dispatch_request()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
