"""Private keys of the workers: one file per key, in a folder that the web tier never has."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.vault.envelope import PRIVATE_KEY_SIZE
from app.vault.errors import KeyMissingError

DAY = 24 * 3600
SIGNING_KEY = "proof-signing"
SIGNING_KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class Keyring:
    """Private halves below `folder`; with None it holds nothing. A worker's opener."""

    folder: Path | None

    def _path(self, key: UUID | str) -> Path:
        if self.folder is None:
            raise KeyMissingError("this process holds no private keys (KEYS_DIR is not set)")
        return self.folder / f"{key}.key"

    def holds(self, key: UUID) -> bool:
        """True when the private half is here."""
        return self.folder is not None and self._path(key).is_file()

    def find_private(self, key: UUID) -> bytes | None:
        """The private half, None when it is not here; raise KeyMissingError when damaged."""
        return self._read(key, PRIVATE_KEY_SIZE)

    def find_signing_key(self) -> bytes | None:
        """The private half that signs proofs of filing, None when it is not here."""
        return self._read(SIGNING_KEY, SIGNING_KEY_SIZE)

    def _read(self, key: UUID | str, size: int) -> bytes | None:
        if self.folder is None:
            return None
        try:
            found = self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        if len(found) != size:
            raise KeyMissingError(f"private key {key} is damaged")
        return found

    def keep_signing_key(self, private: bytes) -> None:
        """Write the private half that signs proofs of filing."""
        self.keep(SIGNING_KEY, private)

    def keep(self, key: UUID | str, private: bytes) -> None:
        """Write a private half, readable by this user only, and flush it to the disk."""
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(private)
            file.flush()
            os.fsync(file.fileno())
        _flush_folder(path.parent)

    def list_old(self) -> list[UUID]:
        """Keys whose files are more than a day old."""
        if self.folder is None:
            return []
        return [
            UUID(path.stem)
            for path in self.folder.glob("*.key")
            if time.time() - path.stat().st_mtime > DAY and _is_id(path.stem)
        ]

    def destroy(self, key: UUID) -> None:
        """Overwrite a private half and delete its file; one that is gone is no error.

        What the disk itself keeps of old blocks is its own affair: KEYS_DIR belongs on an
        encrypted volume, or in memory.
        """
        path = self._path(key)
        try:
            with path.open("r+b") as file:
                file.write(os.urandom(PRIVATE_KEY_SIZE))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        _flush_folder(path.parent)


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def _flush_folder(folder: Path) -> None:
    """Flush a folder, so that a file's coming or going survives a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
