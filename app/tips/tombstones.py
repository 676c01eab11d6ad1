"""The workers' own list of destroyed tips: it outlives an older copy of the database.

One line for each: SHA-256 of the tip's id in hexadecimal, a space, the day. Lines are only ever
appended; one that a crash cut in the middle is passed over.
"""

import fcntl
import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

NAME = "tombstones"
_LINE = re.compile(r"([0-9a-f]{64}) (\d{4}-\d\d-\d\d)")


def read(folder: Path) -> dict[bytes, date]:
    """Every tip on the list: hash of its id, and the day on which it was destroyed."""
    try:
        text = (folder / NAME).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return {}
    lines = (_LINE.fullmatch(line) for line in text.split("\n"))
    return {bytes.fromhex(found[1]): date.fromisoformat(found[2]) for found in lines if found}


def append(folder: Path, buried: Mapping[bytes, date]) -> None:
    """Add tips to the list and flush it to the disk; one that is on it already does no harm."""
    if not buried:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = "".join(f"{id_hash.hex()} {day.isoformat()}\n" for id_hash, day in buried.items())
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            lines = "\n" + lines
        file.write(lines.encode("ascii"))
        os.fsync(descriptor)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
