"""The recovery key: enough shares restore it; for all others a sentence says what is wrong."""

from dataclasses import replace
from itertools import combinations
from uuid import UUID

import pytest
from shamir_mnemonic import Share

from app.vault import envelope, recovery
from app.vault.errors import RecoveryError

PAIR, SHARES = recovery.create(3, 5)


@pytest.mark.parametrize("size", [3, 4, 5])
def test_enough_shares_restore_the_key(size: int) -> None:
    for chosen in combinations(SHARES, size):
        assert recovery.restore(chosen) == PAIR


def test_one_of_one_restores_the_key() -> None:
    pair, shares = recovery.create(1, 1)
    assert len(shares) == 1
    assert recovery.restore(shares) == pair


def test_the_key_seals_and_opens_like_any_other() -> None:
    record, key = UUID(int=1), UUID(int=2)
    wrapped = envelope.wrap_content_key(bytes(32), PAIR.public, "test", record, key)
    restored = recovery.restore(SHARES[2:])
    opened = envelope.unwrap_content_key(wrapped, restored.private, "test", record, key)
    assert opened == bytes(32)


def test_two_keys_are_never_the_same() -> None:
    assert recovery.create(1, 1)[0] != recovery.create(1, 1)[0]


def test_how_it_was_typed_does_not_matter() -> None:
    typed = [SHARES[4].upper(), SHARES[0].replace(" ", "\r\n"), f"  {SHARES[2]}. "]
    assert recovery.restore(typed) == PAIR


def test_too_few_shares_are_refused() -> None:
    for chosen in combinations(SHARES, 2):
        with pytest.raises(RecoveryError, match=r"^3 shares are needed, and there are 2\.$"):
            recovery.restore(chosen)
    with pytest.raises(RecoveryError, match=r"^There is no share\.$"):
        recovery.restore([])


def test_the_same_share_does_not_count_twice() -> None:
    with pytest.raises(RecoveryError, match=r"^Share 3 was given twice\.$"):
        recovery.restore([SHARES[0], SHARES[1], SHARES[0]])


def test_a_word_that_is_not_in_the_list_is_named() -> None:
    words = SHARES[1].split()
    words[6] = "xyzzy"
    with pytest.raises(RecoveryError, match=r"^Share 2: word 7, “xyzzy”, is not in the list\.$"):
        recovery.restore([SHARES[0], " ".join(words), SHARES[2]])


def test_a_wrong_word_of_the_list_names_the_share() -> None:
    for place in range(recovery.WORDS_IN_SHARE):
        words = SHARES[2].split()
        words[place] = "academic" if words[place] != "academic" else "acid"
        with pytest.raises(RecoveryError, match=r"^Share 3 has a typo"):
            recovery.restore([SHARES[0], SHARES[1], " ".join(words)])


def test_swapped_words_name_the_share() -> None:
    words = SHARES[0].split()
    place = next(n for n in range(4, 33) if words[n] != words[n - 1])
    words[place - 1], words[place] = words[place], words[place - 1]
    with pytest.raises(RecoveryError, match=r"^Share 1 has a typo"):
        recovery.restore([" ".join(words), *SHARES[1:3]])


@pytest.mark.parametrize(
    "typed",
    ["", " ".join(SHARES[0].split()[:-1]), SHARES[0] + " acid"],
    ids=["none", "one less", "one more"],
)
def test_a_missing_or_extra_word_is_counted(typed: str) -> None:
    with pytest.raises(RecoveryError, match=rf"^Share 1 has {len(typed.split())} words instead of"):
        recovery.restore([typed, *SHARES[1:3]])


def test_shares_of_two_sets_are_refused() -> None:
    others = SHARES
    while Share.from_mnemonic(others[0]).identifier == Share.from_mnemonic(SHARES[0]).identifier:
        _, others = recovery.create(3, 5)
    with pytest.raises(RecoveryError, match=r"^Share 3 is of another set than share 1\.$"):
        recovery.restore([SHARES[0], SHARES[1], others[2]])


def test_a_forged_share_with_a_right_checksum_is_refused() -> None:
    forged = replace(Share.from_mnemonic(SHARES[2]), value=bytes(32)).mnemonic()
    with pytest.raises(RecoveryError, match=r"^These shares do not fit together\.$"):
        recovery.restore([*SHARES[:2], forged])


@pytest.mark.parametrize(
    ("threshold", "shares"), [(0, 0), (0, 1), (1, 2), (3, 2), (2, 17), (-1, 3), (1, 0)]
)
def test_a_split_that_cannot_be_is_refused(threshold: int, shares: int) -> None:
    with pytest.raises(RecoveryError, match=r"^Choose 1 of 1 share"):
        recovery.create(threshold, shares)
