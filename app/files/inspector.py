"""A process of its own that looks into one file of a stranger: `python -m app.files.inspector`.

In: the file, on standard input; its kind's extension, as the argument. Out, on standard output:
one line of JSON (`traces`, a list of pairs, or `fault`), then the cleaned copy if there is one.
Memory and time are bounded, so a hostile file ends this process and nothing else.
"""

import json
import resource
import sys
from io import BytesIO

from app.files.kinds import IMAGES, OFFICE, PDF
from app.files.metadata import clean_copy, list_traces
from app.files.traces import CannotReadError

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 40


def main() -> None:
    """Inspect what comes in."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    kinds = {kind.extension: kind for kind in (*IMAGES, *OFFICE, PDF)}
    kind, file, cleaned = kinds[sys.argv[1]], BytesIO(sys.stdin.buffer.read()), BytesIO()
    try:
        traces = [(trace.name, trace.value) for trace in list_traces(kind, file)]
    except CannotReadError as error:
        sys.stdout.buffer.write(json.dumps({"fault": str(error)}).encode() + b"\n")
        return
    file.seek(0)
    try:
        clean_copy(kind, file, cleaned)
    except CannotReadError:
        cleaned = BytesIO()
    sys.stdout.buffer.write(json.dumps({"traces": traces}).encode() + b"\n" + cleaned.getvalue())


if __name__ == "__main__":
    main()
