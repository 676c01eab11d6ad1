"""Look into a file in a process of its own: what it tells about its maker, and a cleaned copy."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from app.files.kinds import IMAGES, OFFICE, PDF, Kind
from app.files.traces import LARGEST_FILE, Trace
from config import ROOT

SECONDS = 60
INSPECTED = (*IMAGES, *OFFICE, PDF)
_TOO_LARGE = "it is larger than 25 MB"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found; `fault` says why nothing could be. `cleaned` is empty where none is made."""

    traces: Sequence[Trace] = ()
    cleaned: bytes = b""
    fault: str = ""


def may_inspect(kind: Kind, size: int) -> str | None:
    """Why a file of this kind and size (bytes) is not looked into; None when it is."""
    if kind not in INSPECTED:
        return "this kind of file cannot be looked into"
    return _TOO_LARGE if size > LARGEST_FILE else None


def inspect(kind: Kind, data: bytes) -> Inspection:
    """Look into a file. Whatever it does to its reader becomes a fault in plain words."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "app.files.inspector", kind.extension],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
            env={},  # no address, secret or folder of keys for whatever breaks its reader
            cwd=ROOT,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return Inspection(fault="it is broken, or made to break its reader")
    line, _, cleaned = done.stdout.partition(b"\n")
    found = json.loads(line)
    if "fault" in found:
        return Inspection(fault=found["fault"])
    return Inspection([Trace(name, value) for name, value in found["traces"]], cleaned)
