"""Days that a text tells: "in March 2016", "last year", "on July 20", "yesterday"."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.routing.tokens import Token, word_set

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}
_AT = word_set(
    """
    in on during back early late mid around last this of fall spring summer
    """
)
_NOT_AT = word_set(
    """
    since before by until till after for from through between filed due to end
    """
)
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "few": 3}
_FIRST_YEAR, _MIDDLE, _MID_YEAR = 1980, 15, (7, 1)


def find_day(tokens: Sequence[Token], begin: int, end: int, reported_on: date) -> date | None:
    """The first day that some words tell; the middle of a month, 1 July of a year."""
    for place in range(begin, end):
        day = _day_at(tokens, place, reported_on)
        if day and day <= reported_on:
            return day
    return None


def _day_at(tokens: Sequence[Token], place: int, today: date) -> date | None:
    word = tokens[place].word
    before = tokens[place - 1].word if place else ""
    if word == "yesterday":
        return today - timedelta(days=1)
    if word == "ago":
        return _ago(tokens, place, today)
    if before == "last" and word == "year":
        return date(today.year - 1, *_MID_YEAR)
    if word in _MONTHS and (before in _AT or _is_written(tokens, place)):
        return _month(tokens, place, today)
    if word.isdigit() and len(word) == 4 and before in {"in", "during", "back", "around"}:  # noqa: PLR2004
        return _year(int(word), today)
    return None


def _is_written(tokens: Sequence[Token], place: int) -> bool:
    """A month with a capital and a number beside it, not after "since" or "by"."""
    before = tokens[place - 1].word if place else ""
    after = tokens[place + 1].word if place + 1 < len(tokens) else ""
    beside = before.isdigit() or after.isdigit()
    return tokens[place].text[0].isupper() and beside and before not in _NOT_AT


def _year(year: int, today: date) -> date | None:
    return date(year, *_MID_YEAR) if _FIRST_YEAR <= year <= today.year else None


def _month(tokens: Sequence[Token], place: int, today: date) -> date | None:
    """A month with its day and year where they stand beside it; otherwise the last such month."""
    month = _MONTHS[tokens[place].word]
    numbers = [t.word for t in tokens[place + 1 : place + 3] if t.word.isdigit()]
    if place and tokens[place - 1].word.isdigit():
        numbers.append(tokens[place - 1].word)
    day = next((int(n) for n in numbers if 1 <= int(n) <= 31), None)  # noqa: PLR2004
    year = next((int(n) for n in numbers if _FIRST_YEAR <= int(n) <= today.year), None)
    if year is None:
        year = today.year if (month, day or 1) <= (today.month, today.day) else today.year - 1
    try:
        return date(year, month, day or _MIDDLE)
    except ValueError:
        return date(year, month, _MIDDLE)


def _ago(tokens: Sequence[Token], place: int, today: date) -> date | None:
    """As in "two years ago", "a few months ago"."""
    words = [t.word for t in tokens[max(0, place - 3) : place]]
    if not words:
        return None
    unit = words[-1].rstrip("s")
    count = next((_NUMBERS.get(w) or (int(w) if w.isdigit() else 0) for w in words[-2:-1]), 0)
    days = {"day": 1, "week": 7, "month": 30, "year": 365}.get(unit)
    return today - timedelta(days=days * count) if days and 0 < count < 1000 else None  # noqa: PLR2004
