"""What the learner sees of a text: hashed words, pairs of words and pieces of words. Pure.

Numbers alone come out, so that what is learned from them holds no text. Linear in the length
of the text; what is longer than LONGEST characters is cut. Without scikit-learn, whose calls
cost a millisecond each and whose import costs most of a second in every process.
"""

import re
import unicodedata
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from app.routing.tokens import COMBINING

LONGEST = 20_000
BITS = 18
BUCKETS = 1 << BITS
"""Features that there are. More than one word may share a bucket, which is half the point."""

_WORD = re.compile(r"[^\W_]{2,}")
_SPACE = ord(" ")
_SPREAD = np.uint32(0x9E3779B1)
_PAIR = np.uint32(0x85EBCA77)
_PIECE = tuple(np.uint32(factor) for factor in (0xC2B2AE3D, 0x27D4EB2F, 0x165667B1, 0xD3A2646D))

Buckets = NDArray[np.int32]
Values = NDArray[np.float32]


def features(text: str) -> tuple[Buckets, Values]:
    """The buckets that a text falls into, ascending, and how much: 1 + log of how often."""
    words = _WORD.findall(_plain(text[:LONGEST]))
    if not words:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    single = np.array([crc32(word.encode()) for word in words], np.uint32)
    pairs = single[:-1] * _PAIR + single[1:]
    hashed = np.concatenate((single, pairs, _pieces(words))) * _SPREAD >> np.uint32(32 - BITS)
    buckets, counts = np.unique(hashed, return_counts=True)
    return buckets.astype(np.int32), (1 + np.log(counts)).astype(np.float32)


def _plain(text: str) -> str:
    """The text without case and accents."""
    text = text.casefold()
    if text.isascii():
        return text
    return COMBINING.sub("", unicodedata.normalize("NFKD", text))


def _pieces(words: list[str]) -> NDArray[np.uint32]:
    """Four characters in a row of each word with a space around it: misspellings share them."""
    letters = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le"), np.uint32)
    first, second, third, fourth = (letters[at : len(letters) - 3 + at] for at in range(4))
    hashed = first * _PIECE[0] ^ second * _PIECE[1] ^ third * _PIECE[2] ^ fourth * _PIECE[3]
    pieces: NDArray[np.uint32] = hashed[(second != _SPACE) & (third != _SPACE)]
    return pieces
