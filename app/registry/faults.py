"""What is wrong with a row of a registry, and where. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.registry.catalogue import SystemOfRecord

_MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the row, by its section and place in it, the field, and what is wrong.

    `row` is how the row is called; `index` is None where no single row is at fault.
    """

    section: str
    index: int | None
    row: str
    words: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.row}: {self.words}"


class RegistryFileError(Exception):
    """The registry cannot be accepted. `faults` are sentences, `found` the same with places."""

    def __init__(self, found: Sequence[Fault]) -> None:
        self.found = tuple(found)
        self.faults = [str(fault) for fault in found]
        more = len(self.faults) - _MOST_SHOWN
        shown = self.faults[:_MOST_SHOWN] + ([f"… and {more} more"] if more > 0 else [])
        super().__init__("\n".join(shown))


def record_name(index: int, record: SystemOfRecord) -> str:
    """What a system of record is called; its number counts from one."""
    since = f", from {record.valid_from}" if record.valid_from else ""
    return f'system_of_record #{index + 1} (task "{record.task}"{since})'


def unknown_codes(
    row: str, kind: str, codes: Iterable[str | None], known: Iterable[str]
) -> Iterator[str]:
    """A sentence for each code of a row that is not known."""
    yield from (f'{row}: unknown {kind} "{c}"' for c in codes if c is not None and c not in known)
