"""What readers of metadata share: the words for what they find, and their one error."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Finding: TypeAlias = tuple[str, object]
"""What was found, in plain words, and its raw value."""

Findings: TypeAlias = Iterator[Finding]

LARGEST_FILE = 25 * 1024 * 1024
"""Bytes of the largest file that is looked into."""

_LONGEST_VALUE = 300


class CannotReadError(Exception):
    """A file is broken, locked, too large, a bomb, or of a kind that nobody here can read."""


@dataclass(slots=True)
class Budget:
    """What may still be spent on one file with everything in it, so that no bomb goes off.

    `pixels` are decoded ones; `unpacked` are bytes out of ZIPs.
    """

    pixels: int = 50_000_000
    unpacked: int = 64 * 1024 * 1024

    def spend(self, *, pixels: int = 0, unpacked: int = 0) -> None:
        """Take something out; raises CannotReadError when that is more than was left."""
        self.pixels -= pixels
        self.unpacked -= unpacked
        if self.pixels < 0 or self.unpacked < 0:
            raise CannotReadError("a file that unpacks to too much")


@dataclass(frozen=True, slots=True)
class Trace:
    """Something a file tells about its maker: what it is, and what it says."""

    name: str
    value: str


def make_trace(name: str, value: object) -> Trace | None:
    """The finding as printable text of at most 300 characters; None when it says nothing."""
    if value is None:
        return None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST_VALUE])
    said = " ".join(printable.split())[:_LONGEST_VALUE]
    return Trace(name, said) if said else None
