"""Private keys of the workers: one file per key, in a folder that the web tier never has."""

import os
from pathlib import Path
from uuid import UUID

from app.vault.envelope import PRIVATE_KEY_SIZE
from app.vault.errors import KeyMissingError


class Keyring:
    """Reads and writes private keys below `folder`; with None it holds nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def _path(self, key: UUID) -> Path:
        if self._folder is None:
            raise KeyMissingError("this process holds no private keys (KEYS_DIR is not set)")
        return self._folder / f"{key}.key"

    def holds(self, key: UUID) -> bool:
        """True when the private half is here."""
        return self._folder is not None and self._path(key).is_file()

    def private(self, key: UUID) -> bytes:
        """The private half; raise KeyMissingError when it is not here."""
        path = self._path(key)
        try:
            found = path.read_bytes()
        except OSError:
            raise KeyMissingError(f"private key {key} is not on this machine") from None
        if len(found) != PRIVATE_KEY_SIZE:
            raise KeyMissingError(f"private key {key} is damaged")
        return found

    def keep(self, key: UUID, private: bytes) -> None:
        """Write a private half, readable by this user only, and flush it to the disk."""
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(private)
            file.flush()
            os.fsync(file.fileno())
