"""A text cut into pieces, so that the words that carried a decision can be shown. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text, and the marks they stand under as kind and code.

    No marks: plain text. Of several the shortest comes first, since it says the most.
    """

    text: str
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: str
    code: str


def cut(text: str, marks: Iterable[Mapping[str, Any]]) -> list[Piece]:
    """Cut a text where marks begin and end; the pieces joined are the text.

    Marks may overlap, repeat, or reach beyond the text, of which the part inside counts.
    """
    inside = _inside(text, marks)
    edges = sorted({0, len(text), *(m.start for m in inside), *(m.end for m in inside)})
    pieces: list[Piece] = []
    for start, end in pairwise(edges):
        over = [(m.kind, m.code) for m in inside if m.start <= start and end <= m.end]
        piece = Piece(text[start:end], tuple(dict.fromkeys(over)))
        if pieces and pieces[-1].marks == piece.marks:
            piece = Piece(pieces.pop().text + piece.text, piece.marks)
        pieces.append(piece)
    return pieces


def found(marks: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The codes that were found, by their kind, each once and in the order of the text."""
    codes: dict[str, list[str]] = {}
    for mark in sorted(marks, key=lambda m: int(m["start"])):
        listed = codes.setdefault(mark["kind"], [])
        if mark["code"] not in listed:
            listed.append(mark["code"])
    return codes


def _inside(text: str, marks: Iterable[Mapping[str, Any]]) -> list[_Mark]:
    """The marks cut to the text, shortest first."""
    clipped = (
        _Mark(max(0, m["start"]), min(len(text), m["end"]), m["kind"], m["code"]) for m in marks
    )
    whole = [mark for mark in clipped if mark.start < mark.end]
    return sorted(whole, key=lambda m: (m.end - m.start, m.start, m.kind, m.code))
