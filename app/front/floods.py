"""Against floods, without asking who anybody is: no address, no browser, no cookie.

Every form of a public door carries a pass: a signed word on its submission id that says from
when it may be sent. As long as few forms are shown, that is at once, and nothing is to be seen.
When many are, each gets a later moment, as in a line at a counter; writing takes minutes, so
most never notice. Whose browser runs scripts may do a piece of work instead of waiting.

A pass is worth one submission, and the database takes a submission once: nothing needs to be
kept for it. All that is counted, in Redis, is how many forms a door showed and took in windows
of ten minutes. Without Redis nothing is counted and the doors stay open.
"""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from redis.exceptions import RedisError

from app.core import background, clock
from app.core.identifiers import derive_secret

WINDOW = 600
"""Seconds of a window: the finest time that Redis is told."""
GRAIN = 10
"""Seconds to which the moment of a pass is rounded up."""
LONGEST_WAIT = 600
"""Seconds after which every pass is good, however long the line."""
LIFE_HOURS = 4
"""A pass is good for four hours, to the end of the fifth; then the form stands in line again."""
ROUNDS = 2000
"""PBKDF2's rounds for one try: about a millisecond on a phone."""
SHOWN_BYTES = 16
"""As much of the derived key is shown for the browser to look for; the rest is its answer."""
ANSWER_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Work for a browser: which number below `most`, as salt, derives a key that begins so."""

    password: str
    beginning: str
    most: int
    rounds: int = ROUNDS


def good_from(shown: int, shown_before: int, now: int, per_minute: int) -> int:
    """When the form that is the `shown`-th of its window may be sent: 0 is at once.

    A window's worth of forms may come in a burst, less what the window before had too many.
    All others stand in line from the window's begin, `per_minute` of them a minute.
    """
    quota = per_minute * WINDOW // 60
    free = quota - min(quota, max(0, shown_before - quota))
    begin = now // WINDOW * WINDOW
    moment = begin + max(0, shown - free) * 60 // per_minute
    if moment <= now:
        return 0
    return -(-min(moment, now + LONGEST_WAIT) // GRAIN) * GRAIN


def counter(door: str, what: str, window: int) -> str:
    """The name in Redis of what a door has counted in a window."""
    return f"rightdesk:flood:{door}:{what}:{window}"


def _now() -> int:
    return int(clock.now().timestamp())


def _count(door: str, what: str) -> tuple[int, int]:
    """Count one more; how many there are in this window, and were in the one before."""
    window = _now() // WINDOW
    name = counter(door, what, window)
    # Forgotten at the end of the next window, to the millisecond: no trace of when it began.
    left = (window + 2) * WINDOW * 1000 - int(clock.now().timestamp() * 1000)
    try:
        with background.connection().pipeline() as pipe:
            pipe.set(name, 0, px=left, nx=True)
            pipe.incr(name)
            pipe.get(counter(door, what, window - 1))
            _set, here, before = pipe.execute()
    except RedisError:
        return 0, 0
    return int(here), int(before or 0)


def _signer(door: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"],
        salt=f"flood-pass-{door}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def issue(door: str, submission: UUID) -> str:
    """A pass for a form that is shown now."""
    limit = current_app.config["SETTINGS"].flood_limit
    moment = good_from(*_count(door, "shown"), _now(), limit)
    token = _signer(door).dumps([submission.hex, moment, _now() // 3600])
    return token if isinstance(token, str) else token.decode()


def read(door: str, submission: UUID, token: str | None) -> int | None:
    """From when a pass is good; None for one of another form, an old or a forged one."""
    try:
        owner, moment, hour = _signer(door).loads(token or "")
    except (BadData, ValueError, TypeError):
        return None
    too_old = _now() // 3600 - hour > LIFE_HOURS
    return None if owner != submission.hex or too_old else int(moment)


def seconds_until(moment: int) -> int:
    """How long a pass still has to wait."""
    return max(0, moment - _now())


def _work(door: str, submission: UUID) -> tuple[Puzzle, str]:
    """A submission's puzzle and its answer; the number is known here, so one try finds it."""
    most = current_app.config["SETTINGS"].flood_work
    number = int.from_bytes(derive_secret(submission, f"flood-work-{door}")) % most
    password = f"{door}:{submission}"
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), str(number).encode(), ROUNDS)
    return Puzzle(password, key[:SHOWN_BYTES].hex(), most), key[SHOWN_BYTES:].hex()


def puzzle(door: str, submission: UUID) -> Puzzle:
    """The work that makes a submission's pass good at once."""
    return _work(door, submission)[0]


def is_worked(door: str, submission: UUID, answer: str | None) -> bool:
    """Tell whether this is the answer to the submission's puzzle."""
    if not answer or len(answer) != ANSWER_LENGTH or not answer.isascii():
        return False
    return hmac.compare_digest(_work(door, submission)[1], answer)


def take(door: str, *, worked: bool) -> int:
    """Count a form that is about to be taken; how long to wait when the window is full.

    Those who worked and those who waited have a cap each: a flood of the one kind does not
    close the door to the other.
    """
    taken, _before = _count(door, "worked" if worked else "waited")
    if taken <= current_app.config["SETTINGS"].flood_cap:
        return 0
    return WINDOW - _now() % WINDOW
