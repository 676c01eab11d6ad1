"""Sealed streams: what goes in comes out, and nothing that was touched opens."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vault import streams
from app.vault.envelope import padded_size
from app.vault.errors import SealBrokenError
from app.vault.streams import HEADER_SIZE, PIECE_SIZE, SEALED_PIECE_SIZE

RECORD = UUID(int=7)
KEY = bytes(range(32))
PLAIN = bytes(range(256)) * 700  # 179,200 bytes: two whole pieces and a part
PIECES = list(streams.seal_stream(KEY, "file", RECORD, [PLAIN]))
SEALED = b"".join(PIECES)
SHORT = b"".join(streams.seal_stream(KEY, "file", RECORD, [b"words"]))
VECTOR = Path(__file__).parent / "vectors" / "stream-1.bin"


def _open(sealed: Iterable[bytes], record: UUID = RECORD) -> bytes:
    return b"".join(streams.open_stream(KEY, "file", record, sealed))


def _flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# Runs of what padding is made of, around the edges of pieces, are the hard cases.
runs = st.tuples(
    st.sampled_from([b"\x00", b"\x80", b"\x80\x00", b"x"]),
    st.one_of(
        st.integers(0, 40),
        st.integers(PIECE_SIZE - 3, PIECE_SIZE + 3),
        st.integers(2 * PIECE_SIZE - 3, 2 * PIECE_SIZE + 3),
    ),
).map(lambda run: run[0] * run[1])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(runs, st.binary(max_size=3000)), max_size=4))
def test_what_is_sealed_opens_again(chunks: list[bytes]) -> None:
    assert _open(streams.seal_stream(KEY, "file", RECORD, chunks)) == b"".join(chunks)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, len(SEALED)), max_size=6))
def test_sealed_bytes_may_arrive_cut_in_any_way(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(SEALED)]
    assert _open(SEALED[begin:end] for begin, end in pairwise(edges)) == PLAIN


def test_sizes_are_as_documented() -> None:
    assert (HEADER_SIZE, SEALED_PIECE_SIZE) == (25, 65_553)
    assert [len(piece) for piece in PIECES[:-1]] == [25, 65_553, 65_553]
    assert len(SEALED) == 25 + padded_size(len(PLAIN) + 1) + 3 * 17
    assert len(SHORT) == 25 + 1024 + 17


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, PIECE_SIZE - 1, PIECE_SIZE, 16 * PIECE_SIZE])
def test_only_the_padded_length_shows(size: int) -> None:
    sealed = list(streams.seal_stream(KEY, "file", RECORD, [bytes(size)]))
    padded = sum(map(len, sealed)) - HEADER_SIZE - 17 * (len(sealed) - 1)
    assert padded == padded_size(size + 1)
    assert all(len(piece) == SEALED_PIECE_SIZE for piece in sealed[1:-1])
    assert _open(sealed) == bytes(size)


def test_the_padding_of_a_large_file_takes_no_memory() -> None:
    sealer = streams.StreamSealer(KEY, "file", RECORD)
    sealer.size = 2**40 + 1
    rest = sealer.finish()
    assert len(next(rest)) == HEADER_SIZE
    assert len(next(rest)) == SEALED_PIECE_SIZE


@given(st.integers(0, len(SHORT) * 8 - 1))
def test_no_flipped_bit_opens(bit: int) -> None:
    with pytest.raises(SealBrokenError):
        _open([_flip(SHORT, bit)])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SEALED) * 8 - 1))
def test_no_flipped_bit_of_several_pieces_opens(bit: int) -> None:
    with pytest.raises(SealBrokenError):
        _open([_flip(SEALED, bit)])


@settings(deadline=None)
@given(st.one_of(st.integers(0, len(SEALED) - 1), st.integers(0, 30)))
def test_no_cut_stream_opens(length: int) -> None:
    with pytest.raises(SealBrokenError):
        _open([SEALED[:length]])


@pytest.mark.parametrize("dropped", range(len(PIECES)))
def test_no_piece_can_be_dropped(dropped: int) -> None:
    with pytest.raises(SealBrokenError):
        _open(PIECES[:dropped] + PIECES[dropped + 1 :])


@pytest.mark.parametrize("repeated", range(len(PIECES)))
def test_no_piece_can_be_repeated(repeated: int) -> None:
    with pytest.raises(SealBrokenError):
        _open(PIECES[: repeated + 1] + PIECES[repeated:])


@given(st.permutations(range(len(PIECES))).filter(lambda order: order != sorted(order)))
def test_no_pieces_can_change_places(order: list[int]) -> None:
    with pytest.raises(SealBrokenError):
        _open(PIECES[i] for i in order)


@given(st.binary(min_size=1, max_size=100))
def test_nothing_can_follow_the_end(extra: bytes) -> None:
    for sealed in (SHORT, SEALED):
        with pytest.raises(SealBrokenError):
            _open([sealed, extra])


def test_a_piece_of_another_stream_does_not_fit() -> None:
    other = list(streams.seal_stream(KEY, "file", RECORD, [PLAIN]))
    for place in range(len(PIECES)):
        with pytest.raises(SealBrokenError):
            _open([*PIECES[:place], other[place], *PIECES[place + 1 :]])


@pytest.mark.parametrize(
    ("key", "purpose", "record"),
    [(KEY[::-1], "file", RECORD), (KEY, "other", RECORD), (KEY, "file", uuid4())],
    ids=["key", "purpose", "record"],
)
def test_a_stream_opens_only_where_it_belongs(key: bytes, purpose: str, record: UUID) -> None:
    with pytest.raises(SealBrokenError):
        list(streams.open_stream(key, purpose, record, [SHORT]))


def test_no_other_version_opens() -> None:
    for version in range(256):
        if version != 1:
            with pytest.raises(SealBrokenError):
                _open([bytes([version]) + SHORT[1:]])


def test_a_stream_without_the_mark_of_its_end_does_not_open() -> None:
    with pytest.raises(SealBrokenError):
        list(streams._unpadded([b"words", bytes(100)]))


def test_a_stream_sealed_long_ago_opens_for_ever() -> None:
    assert _open([VECTOR.read_bytes()], UUID(int=1)) == bytes(range(256)) * 258
