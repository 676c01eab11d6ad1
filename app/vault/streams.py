"""Sealing of files as streams, in constant memory: pure, no database.

Stream (version 1): 0x01 ‖ header (24) ‖ pieces, by libsodium's secretstream
(XChaCha20-Poly1305, https://doc.libsodium.org/secret-key_cryptography/secretstream).
Plaintext: the file ‖ 0x80 ‖ zero bytes up to the Padmé length, at least 1 KiB, cut every
64 KiB; each piece grows by 17 bytes and the last one alone carries TAG_FINAL. Every piece is
bound to purpose and record as additional data. To the byte: docs/vault.md, section "Files".
"""

import os
from collections.abc import Iterable, Iterator
from uuid import UUID

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from app.vault.envelope import padded_size
from app.vault.errors import SealBrokenError

VERSION = b"\x01"
FILE_KEY_SIZE = sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES
HEADER_SIZE = len(VERSION) + sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
PIECE_SIZE = 64 * 1024
SEALED_PIECE_SIZE = PIECE_SIZE + sodium.crypto_secretstream_xchacha20poly1305_ABYTES

_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_END = b"\x80"


def new_file_key() -> bytes:
    """32 random bytes; each file has its own."""
    return os.urandom(FILE_KEY_SIZE)


def _context(purpose: str, record: UUID) -> bytes:
    return "\x1f".join(["rightdesk", "1", purpose, str(record), "stream"]).encode()


class StreamSealer:
    """Seals one file that arrives bit by bit; `size` counts its bytes so far.

    Holds less than one piece. Joined in order, all that `update` and then `finish` give is the
    sealed stream: first the header of 25 bytes, then pieces of 65,553 bytes, the last shorter.
    """

    def __init__(self, key: bytes, purpose: str, record: UUID) -> None:
        self.size = 0
        self._context = _context(purpose, record)
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        header = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._sealed = [VERSION + header]
        self._waiting = bytearray()

    def update(self, data: bytes) -> list[bytes]:
        """Take more of the file; give what is sealed by now, often nothing."""
        self.size += len(data)
        self._waiting += data
        while len(self._waiting) >= PIECE_SIZE:
            self._sealed.append(self._push(bytes(self._waiting[:PIECE_SIZE]), _MESSAGE))
            del self._waiting[:PIECE_SIZE]
        sealed, self._sealed = self._sealed, []
        return sealed

    def finish(self) -> Iterator[bytes]:
        """Give the rest with its padding, piece by piece; after this nothing can be added."""
        yield from self.update(b"")
        tail = bytes(self._waiting) + _END
        left = padded_size(self.size + 1) - (self.size - len(self._waiting))
        while left > PIECE_SIZE:
            yield self._push(tail.ljust(PIECE_SIZE, b"\x00"), _MESSAGE)
            tail = b""
            left -= PIECE_SIZE
        yield self._push(tail.ljust(left, b"\x00"), _FINAL)

    def _push(self, plaintext: bytes, tag: int) -> bytes:
        return sodium.crypto_secretstream_xchacha20poly1305_push(
            self._state, plaintext, self._context, tag
        )


def seal_stream(key: bytes, purpose: str, record: UUID, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Seal a file given in chunks of any size; give header and pieces."""
    sealer = StreamSealer(key, purpose, record)
    for chunk in chunks:
        yield from sealer.update(chunk)
    yield from sealer.finish()


def open_stream(key: bytes, purpose: str, record: UUID, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Open what seal_stream made, however its bytes are cut; give the file in chunks.

    What was given is genuine, but complete only when the iteration ends by itself: whatever
    was altered, cut off, added, moved or made for another key, purpose or record raises
    SealBrokenError, possibly after some chunks were given.
    """
    return _unpadded(_opened(key, _context(purpose, record), sealed))


def _opened(key: bytes, context: bytes, sealed: Iterable[bytes]) -> Iterator[bytes]:
    pieces = _cut(sealed)
    header = next(pieces)
    if len(header) != HEADER_SIZE or header[:1] != VERSION:
        raise SealBrokenError
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header[1:], key)
    tag = _MESSAGE
    for piece in pieces:
        if tag == _FINAL:
            raise SealBrokenError
        try:
            plaintext, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(
                state, piece, context
            )
        except CryptoError:
            raise SealBrokenError from None
        yield plaintext
    if tag != _FINAL:
        raise SealBrokenError


def _cut(sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Header, whole pieces, and what is left: the same however the bytes arrive."""
    waiting = bytearray()
    size = HEADER_SIZE
    for chunk in sealed:
        waiting += chunk
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
            size = SEALED_PIECE_SIZE
    if waiting or size == HEADER_SIZE:
        yield bytes(waiting)


def _unpadded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Leave out the last 0x80 and the zero bytes after it.

    Only the length of a 0x80 and its zeros is held back, until it is known to be padding.
    """
    held = 0
    for piece in pieces:
        text = piece.rstrip(b"\x00")
        if held and not text:
            held += len(piece)
            continue
        yield from _release(held)
        held = 0
        if text.endswith(_END):
            held = 1 + len(piece) - len(text)
        yield piece[: len(piece) - held]
    if not held:
        raise SealBrokenError


def _release(held: int) -> Iterator[bytes]:
    if held:
        yield _END
    for begin in range(1, held, PIECE_SIZE):
        yield bytes(min(PIECE_SIZE, held - begin))
