"""Ended tickets as numbers: what is kept of them to learn from. Pure; no text stays."""

from array import array
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.routing.features import BUCKETS, features

Rows = NDArray[np.bool_]
_NONE = -1


@dataclass(frozen=True, slots=True)
class Example:
    """A ticket that ended: what was written, by whom, where it ended, where a rule had sent it."""

    text: str
    queue: str
    requester: Hashable
    ruled: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Many tickets, oldest first. `requesters` are numbered in the order of their first ticket.

    `ended` and `ruled` are places in `queues`; -1 where no rule had decided.
    """

    matrix: Any
    queues: tuple[str, ...]
    ended: NDArray[np.int32]
    ruled: NDArray[np.int32]
    requesters: NDArray[np.int32]

    def __len__(self) -> int:
        """How many tickets."""
        return len(self.ended)

    def newest(self, share: float) -> Rows:
        """The tickets of the newest requesters: one requester's are never parted."""
        return self.requesters >= int((self.requesters.max() + 1) * (1 - share))

    def counts(self, rows: Rows) -> NDArray[np.intp]:
        """How many of the tickets ended in each of the queues."""
        return np.bincount(self.ended[rows], minlength=len(self.queues))


def collect(tickets: Iterable[Example]) -> Examples:
    """Take up tickets one by one, oldest first; the texts are let go at once."""
    queues: dict[str, int] = {}
    requesters: dict[Hashable, int] = {}
    buckets, values, begins = array("i"), array("f"), array("q", [0])
    ended, ruled, who = array("i"), array("i"), array("i")
    for ticket in tickets:
        found, amounts = features(ticket.text)
        buckets.frombytes(found.tobytes())
        values.frombytes(amounts.tobytes())
        begins.append(len(buckets))
        ended.append(queues.setdefault(ticket.queue, len(queues)))
        known = ticket.ruled is not None
        ruled.append(queues.setdefault(str(ticket.ruled), len(queues)) if known else _NONE)
        who.append(requesters.setdefault(ticket.requester, len(requesters)))
    parts = (_numbers(values, "f4"), _numbers(buckets, "i4"), _numbers(begins, "i8"))
    return Examples(
        matrix=sparse.csr_matrix(parts, shape=(len(ended), BUCKETS), copy=False),
        queues=tuple(queues),
        ended=_numbers(ended, "i4"),
        ruled=_numbers(ruled, "i4"),
        requesters=_numbers(who, "i4"),
    )


def _numbers(kept: "array[Any]", kind: str) -> NDArray[Any]:
    return np.frombuffer(kept, kind) if kept else np.empty(0, kind)
