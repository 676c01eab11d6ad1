"""Named errors of the vault."""

from app.core.errors import UnavailableError


class VaultError(Exception):
    """Something sealed could not be made or opened. Messages hold no content."""


class KeyMissingError(VaultError, UnavailableError):
    """A key that is needed to seal or open does not exist here."""


class SealBrokenError(VaultError):
    """Sealed bytes were altered, moved, cut, made for another key, or of an unknown version."""


class WrongPassphraseError(VaultError):
    """The vault passphrase does not fit."""


class NotHeldError(VaultError):
    """Whoever tries to open this holds none of the keys that it is sealed to."""


class RecoveryError(VaultError):
    """Shares do not restore a recovery key; the message says which, and may name a mistyped word.

    It is for the person who types the shares, never for a log.
    """


class ProofError(VaultError):
    """A text is not a proof of filing that this installation signed."""
