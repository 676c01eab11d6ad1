"""Lay a journey out as a small picture, from top to bottom. Pure: words in, coordinates out.

The picture is as wide as a small phone, so that its letters are read at their own size there.
Everything it tells stands in words too: the caller gives the sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDTH = 320
LEFT, RIGHT = 6, 270
_SHAFT = 28
_NAME, _LINE, _PAD, _STEP = 21, 15, 10, 42
_LETTERS = 40
_MOST_LINES = 2
_LANE = 18
"""How far right of the boxes the first loop runs; those that overlap run side by side."""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands in a station's box: a name, and smaller words below it."""

    name: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Signpost:
    """What stands beside an arrow. `look` is a class of the style sheet."""

    words: str
    day: str
    look: str


@dataclass(frozen=True, slots=True)
class Box:
    """A station. `look` is a class of the style sheet."""

    y: int
    height: int
    name: str
    lines: tuple[tuple[int, str], ...]
    look: str

    @property
    def middle(self) -> int:
        """Half its height."""
        return self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """The way between two boxes, with its icon and words."""

    x: int
    y: int
    end: int
    words: str
    day: str
    look: str

    @property
    def middle(self) -> int:
        """Half way."""
        return (self.y + self.end) // 2


@dataclass(frozen=True, slots=True)
class Return:
    """A loop: a line at the right side from a later box back to an earlier one."""

    y: int
    end: int
    lane: int
    words: str

    @property
    def middle(self) -> int:
        """Half way."""
        return (self.y + self.end) // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template draws, and the sentences that say the same."""

    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    returns: tuple[Return, ...]
    title: str
    summary: str
    facts: tuple[str, ...]
    loops: tuple[str, ...]
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


@dataclass(frozen=True, slots=True)
class Words:
    """All words of a picture, station by station and step by step."""

    labels: Sequence[Label]
    looks: Sequence[str]
    signposts: Sequence[Signpost]
    loops: Sequence[str]
    title: str
    summary: str
    facts: Sequence[str]


def draw(words: Words, loops: Sequence[tuple[int, int]]) -> Picture:
    """Lay out the stations, the steps between them, and the loops."""
    boxes: list[Box] = []
    y = 4
    for label, look in zip(words.labels, words.looks, strict=True):
        boxes.append(_box(y, label, look))
        y += boxes[-1].height + _STEP
    arrows = [
        Arrow(_SHAFT, before.y + before.height, after.y, post.words, post.day, post.look)
        for before, after, post in zip(boxes, boxes[1:], words.signposts, strict=False)
    ]
    returns = [
        Return(boxes[later].middle + 4, boxes[earlier].middle - 4, RIGHT + _LANE * lane, name)
        for (earlier, later), lane, name in zip(loops, _lanes(loops), words.loops, strict=True)
    ]
    return Picture(
        height=y - _STEP + 4,
        boxes=tuple(boxes),
        arrows=tuple(arrows),
        returns=tuple(returns),
        title=words.title,
        summary=words.summary,
        facts=tuple(words.facts),
        loops=tuple(words.loops),
    )


def _lanes(loops: Sequence[tuple[int, int]]) -> list[int]:
    lanes: list[int] = []
    for number, (earlier, _later) in enumerate(loops):
        beside = [lanes[n] for n in range(number) if loops[n][1] >= earlier]
        lanes.append(max(beside, default=0) + 1)
    return lanes


def _box(y: int, label: Label, look: str) -> Box:
    lines = wrap(label.words, _LETTERS, max_lines=_MOST_LINES, placeholder=" …")
    placed = tuple((y + _NAME + _LINE * number, line) for number, line in enumerate(lines, 1))
    return Box(y, _NAME + _LINE * len(lines) + _PAD, label.name, placed, look)
