"""The words that carried a decision, shown in the text."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.desk import highlighting
from app.desk.highlighting import Piece


def _mark(start: int, end: int, kind: str = "system", code: str = "pip") -> dict[str, object]:
    return {"start": start, "end": end, "kind": kind, "code": code}


def test_words_stand_between_plain_ones() -> None:
    assert highlighting.cut("We use PIP here", [_mark(7, 10)]) == [
        Piece("We use "),
        Piece("PIP", (("system", "pip"),)),
        Piece(" here"),
    ]


def test_a_text_without_marks_is_one_piece() -> None:
    assert highlighting.cut("Hello", []) == [Piece("Hello")]
    assert highlighting.cut("", [_mark(0, 4)]) == []


def test_where_marks_overlap_the_shorter_comes_first() -> None:
    marks = [_mark(0, 14, "task", "sign-in"), _mark(7, 14, "system", "passport")]
    pieces = highlighting.cut("log in PASSPort", marks)
    assert pieces[0] == Piece("log in ", (("task", "sign-in"),))
    assert pieces[1] == Piece("PASSPor", (("system", "passport"), ("task", "sign-in")))


def test_marks_that_touch_and_say_the_same_are_one_piece() -> None:
    assert highlighting.cut("PIP", [_mark(0, 1), _mark(1, 3)]) == [
        Piece("PIP", (("system", "pip"),))
    ]


def test_what_was_found_is_listed_once_in_the_order_of_the_text() -> None:
    marks = [_mark(9, 12, code="pip"), _mark(0, 3, code="fms"), _mark(20, 23, code="pip")]
    assert highlighting.found(marks) == {"system": ["fms", "pip"]}


MARKS = st.builds(
    _mark,
    st.integers(-5, 40),
    st.integers(-5, 40),
    st.sampled_from(["agency", "system", "task", "topic"]),
    st.sampled_from(["a", "b"]),
)


@given(st.text(max_size=30), st.lists(MARKS, max_size=8))
def test_pieces_are_the_text_and_every_character_knows_its_marks(text, marks) -> None:
    pieces = highlighting.cut(text, marks)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    position = 0
    for piece in pieces:
        for _character in piece.text:
            over = {(m["kind"], m["code"]) for m in marks if m["start"] <= position < m["end"]}
            assert set(piece.marks) == over
            position += 1
    assert all(one.marks != two.marks for one, two in pairwise(pieces))
