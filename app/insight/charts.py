"""Lay out charts: numbers in, coordinates out. Pure; the templates draw.

All are as wide as a small phone, so that their letters are read at their own size there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

WIDTH, HEIGHT = 340, 190
LEFT, TOP, BOTTOM = 34, 14, 162
BANK_LEFT, BANK_RIGHT = 104, WIDTH - 110
_SLOTS = WIDTH - LEFT - 4
_MOST_LABELS = 12
_MOST_TICKS = 4
_LOWEST_FLOW, _BANK_ROOM, _WATER = 150, 22, 0.55


@dataclass(frozen=True, slots=True)
class Mark:
    """Words at a place: a number of the scale, or a month below."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle. `look` is a class of the style sheet."""

    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Bars by month, one series on top of the other."""

    scale: tuple[Mark, ...]
    months: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


@dataclass(frozen=True, slots=True)
class Line:
    """A line by month, broken where nothing is known. `dots` are x and y."""

    scale: tuple[Mark, ...]
    months: tuple[Mark, ...]
    strokes: tuple[str, ...]
    dots: tuple[tuple[float, float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


@dataclass(frozen=True, slots=True)
class Band:
    """A stream from a sender to a place, as a path."""

    path: str
    rank: int


@dataclass(frozen=True, slots=True)
class Bank:
    """One end of streams: a bar with a name and a number."""

    y: float
    height: float
    name: str
    count: int

    @property
    def middle(self) -> float:
        """Half its height."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Flow:
    """Who sends whom where: senders at the left, places at the right, streams between."""

    senders: tuple[Bank, ...]
    places: tuple[Bank, ...]
    bands: tuple[Band, ...]
    height: int
    width: int = WIDTH
    left: int = BANK_LEFT
    right: int = BANK_RIGHT


def columns(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Columns:
    """Stack the series month by month; each is a class of the style sheet and its numbers."""
    totals = [sum(values) for values in zip(*(numbers for _look, numbers in series), strict=True)]
    top, scale = _scale(max(totals, default=0))
    slot = _SLOTS / max(1, len(labels))
    bars = []
    for place in range(len(labels)):
        base = float(BOTTOM)
        for look, numbers in series:
            height = numbers[place] / top * (BOTTOM - TOP)
            if height:
                base -= height
                x = LEFT + slot * (place + 0.16)
                bars.append(Bar(_r(x), _r(base), _r(slot * 0.68), _r(height), look))
    return Columns(scale, _months(labels, slot), tuple(bars))


def line(labels: Sequence[str], numbers: Sequence[float | None]) -> Line:
    """A line through the months whose number is known."""
    top, scale = _scale(max((n for n in numbers if n is not None), default=0))
    slot = _SLOTS / max(1, len(labels))
    strokes: list[list[str]] = [[]]
    dots = []
    for place, number in enumerate(numbers):
        if number is None:
            strokes.append([])
            continue
        x, y = _r(LEFT + slot * (place + 0.5)), _r(BOTTOM - number / top * (BOTTOM - TOP))
        strokes[-1].append(f"{x} {y}")
        dots.append((x, y, f"{number:g}"))
    lines = tuple("M" + "L".join(points) for points in strokes if len(points) > 1)
    return Line(scale, _months(labels, slot), lines, tuple(dots))


def flow(edges: Sequence[tuple[str, str, int]]) -> Flow:
    """Streams between names, as thick as they are many; the thickest first."""
    senders = _order([(sender, count) for sender, _place, count in edges])
    places = _order([(place, count) for _sender, place, count in edges])
    total = sum(count for _name, count in senders) or 1
    height = max(_LOWEST_FLOW, _BANK_ROOM * max(len(senders), len(places)))
    unit = height * _WATER / total
    left, right = _banks(senders, unit, height), _banks(places, unit, height)
    bands, used_left, used_right = [], dict.fromkeys(left, 0.0), dict.fromkeys(right, 0.0)
    rank = {sender: number for number, (sender, _count) in enumerate(senders)}
    for sender, place, count in sorted(edges, key=lambda e: (rank[e[0]], right[e[1]].y)):
        y1, y2 = left[sender].y + used_left[sender], right[place].y + used_right[place]
        used_left[sender] += count * unit
        used_right[place] += count * unit
        bands.append(Band(_stream(y1, y2, count * unit), rank[sender] % 4))
    return Flow(tuple(left.values()), tuple(right.values()), tuple(bands), height + 8)


def _stream(y1: float, y2: float, thick: float) -> str:
    x1, x2 = BANK_LEFT + 6, BANK_RIGHT - 6
    middle = (x1 + x2) / 2
    y1, y2, y3, y4 = _r(y1), _r(y2), _r(y2 + thick), _r(y1 + thick)
    return (
        f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}V{y3}"
        f"C{middle} {y3} {middle} {y4} {x1} {y4}Z"
    )


def _order(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for name, count in counts:
        sums[name] = sums.get(name, 0) + count
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def _banks(names: Sequence[tuple[str, int]], unit: float, height: float) -> dict[str, Bank]:
    """Bars below each other, with the rest of the height spread between them."""
    free = height - sum(count for _name, count in names) * unit
    gap, y, banks = free / max(1, len(names)), 0.0, {}
    for name, count in names:
        y += gap / 2
        banks[name] = Bank(_r(y + 4), _r(count * unit), name, count)
        y += count * unit + gap / 2
    return banks


def _scale(highest: float) -> tuple[float, tuple[Mark, ...]]:
    """A round number that is not below the highest, and the marks up to it."""
    step = 1
    while highest / step > _MOST_TICKS:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    ticks = max(1, ceil(highest / step))
    top = ticks * step
    marks = [
        Mark(round(BOTTOM - n * step / top * (BOTTOM - TOP), 1), f"{n * step:,}")
        for n in range(ticks + 1)
    ]
    return top, tuple(marks)


def _months(labels: Sequence[str], slot: float) -> tuple[Mark, ...]:
    every = -(-len(labels) // _MOST_LABELS) or 1
    return tuple(
        Mark(round(LEFT + slot * (place + 0.5), 1), words)
        for place, words in enumerate(labels)
        if place % every == 0
    )


def _r(number: float) -> float:
    return round(number, 1)
