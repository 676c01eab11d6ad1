"""Made-up tickets with plain words: each desk has its own, and some words tell nothing."""

import random
from collections.abc import Iterator

from app.learning.examples import Example

WORDS = {
    "dsny": ("snow", "plow", "salt", "garage", "garbage", "truck"),
    "dpr": ("lawn", "bench", "playground", "stump", "fence", "swing"),
    "fdny": ("hose", "siren", "turnout", "hydrant", "ladder", "oxygen"),
}
_IDLE = ("please", "answer", "our", "office", "about", "the", "work", "we", "did", "for", "you")


def text_for(desk: str, chance: random.Random) -> str:
    """Some words of the desk among idle ones."""
    words = [*chance.sample(WORDS[desk], 3), *chance.sample(_IDLE, 7)]
    chance.shuffle(words)
    return " ".join(words)


def examples(count: int, *, wrong: float = 0.0, seed: int = 1) -> Iterator[Example]:
    """Tickets of a third as many requesters; a share of them ended at any desk."""
    chance = random.Random(seed)
    for number in range(count):
        desk = chance.choice(list(WORDS))
        text = text_for(desk, chance)
        if chance.random() < wrong:
            desk = chance.choice(list(WORDS))
        yield Example(text, desk, requester=(seed, number // 3), ruled=desk if number % 2 else None)
