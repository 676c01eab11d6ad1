"""The offline recovery key: pure functions, nothing is stored. See docs/vault.md, "Recovery key".

A seed of 32 random bytes is printed as SLIP-39 mnemonics (33 words each), 1 of 1 or k of n.
HKDF-SHA512 (RFC 5869) of the seed, without salt, gives the 96 bytes of a private key.
"""

import os
import re
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

from app.vault.envelope import PRIVATE_KEY_SIZE, KeyPair, key_pair_from
from app.vault.errors import RecoveryError

SEED_SIZE = 32
WORDS_IN_SHARE = 33
MOST_SHARES = 16
_CONTEXT = b"rightdesk\x1f1\x1frecovery"


def create(threshold: int, shares: int) -> tuple[KeyPair, list[str]]:
    """Make a recovery key and its shares, of which any `threshold` restore it.

    A share is 33 words, separated by spaces. RecoveryError unless it is 1 of 1 or
    2 ≤ threshold ≤ shares ≤ 16 (SLIP-39 allows no 1 of n: copy the one share instead).
    """
    if not (threshold == shares == 1 or 1 < threshold <= shares <= MOST_SHARES):
        raise RecoveryError("Choose 1 of 1 share, or at least 2 of at most 16.")
    seed = os.urandom(SEED_SIZE)
    return _key_pair(seed), generate_mnemonics(1, [(threshold, shares)], seed)[0]


def restore(mnemonics: Sequence[str]) -> KeyPair:
    """The recovery key of enough shares, in any order; case, line ends and marks do not matter.

    Raises RecoveryError with a sentence that names the share and, where it can be known, the word.
    """
    typed = [re.findall(r"[^\W_]+", mnemonic.casefold()) for mnemonic in mnemonics]
    shares = [_share(number, words) for number, words in enumerate(typed, start=1)]
    _check_together(shares)
    needed = shares[: shares[0].member_threshold]
    try:
        return _key_pair(combine_mnemonics([share.mnemonic() for share in needed]))
    except MnemonicError:
        raise RecoveryError("These shares do not fit together.") from None


def _key_pair(seed: bytes) -> KeyPair:
    hkdf = HKDF(algorithm=SHA512(), length=PRIVATE_KEY_SIZE, salt=None, info=_CONTEXT)
    return key_pair_from(hkdf.derive(seed))


def _share(number: int, words: list[str]) -> Share:
    for place, word in enumerate(words, start=1):
        if word not in WORD_INDEX_MAP:
            raise RecoveryError(f"Share {number}: word {place}, “{word}”, is not in the list.")
    if len(words) != WORDS_IN_SHARE:
        raise RecoveryError(f"Share {number} has {len(words)} words instead of {WORDS_IN_SHARE}.")
    try:
        return Share.from_mnemonic(" ".join(words))
    except MnemonicError:
        raise RecoveryError(
            f"Share {number} has a typo: its words are in the list but do not belong together."
        ) from None


def _check_together(shares: list[Share]) -> None:
    if not shares:
        raise RecoveryError("There is no share.")
    first = shares[0]
    for number, share in enumerate(shares, start=1):
        if share.group_parameters() != first.group_parameters():
            raise RecoveryError(f"Share {number} is of another set than share 1.")
        if share.index in (earlier.index for earlier in shares[: number - 1]):
            raise RecoveryError(f"Share {number} was given twice.")
    if len(shares) < first.member_threshold:
        raise RecoveryError(
            f"{first.member_threshold} shares are needed, and there are {len(shares)}."
        )
