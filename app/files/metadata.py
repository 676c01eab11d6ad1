"""What a file tells about its maker, in plain words, and a copy that tells it no more.

Files come from strangers: whatever a library raises over a broken one is CannotReadError here.
Pixels themselves (a camera's noise, a printer's yellow dots) and words of the text stay.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import IO

from app.files import images, office, pdfs
from app.files.kinds import IMAGES, OFFICE, PDF, Kind
from app.files.traces import LARGEST_FILE, CannotReadError, Findings, Trace, make_trace

MAX_TRACES = 200

_LISTERS: dict[Kind, Callable[[bytes], Findings]] = {
    PDF: pdfs.list_findings,
    **{kind: partial(images.list_findings, kind) for kind in IMAGES},
    **dict.fromkeys(OFFICE, office.list_findings),
}
_CLEANERS: dict[Kind, Callable[[bytes], bytes]] = {
    PDF: pdfs.clean,
    **{kind: partial(images.clean, kind) for kind in IMAGES},
    **dict.fromkeys(OFFICE, office.clean),
}


def list_traces(kind: Kind, file: IO[bytes]) -> list[Trace]:
    """What a file says of who made it, with what, where and when; at most 200 traces, each once.

    Reads `file` from where it stands. An empty list means that nothing was found, not that
    nothing is there. Raises CannotReadError for a kind that is not understood, a file over
    25 MB, a broken or locked one, and a bomb.
    """
    if kind not in _LISTERS:
        raise CannotReadError(f"nothing is known of {kind.media_type}")
    data = _read(file)
    with _hostile():
        findings = islice(_LISTERS[kind](data), MAX_TRACES)
        traces = [make_trace(name, value) for name, value in findings]
    return list(dict.fromkeys(trace for trace in traces if trace))


def clean_copy(kind: Kind, source: IO[bytes], target: IO[bytes]) -> bool:
    """Write a copy without its traces to `target`; False when nobody here cleans this kind.

    Writes nothing unless all could be cleaned. Raises CannotReadError as `list_traces` does,
    and for an office file with a part that cannot be cleaned.
    """
    if kind not in _CLEANERS:
        return False
    data = _read(source)
    with _hostile():
        cleaned = _CLEANERS[kind](data)
    target.write(cleaned)
    return True


def _read(file: IO[bytes]) -> bytes:
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise CannotReadError("a file over 25 MB")
    return data


@contextmanager
def _hostile() -> Iterator[None]:
    """Turn whatever a broken file makes a library raise into the one named error."""
    try:
        yield
    except CannotReadError:
        raise
    except Exception:
        raise CannotReadError("a broken file") from None
