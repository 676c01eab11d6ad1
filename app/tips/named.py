"""Whether a person is named in a text. Pure."""

import re
import unicodedata

SHORTEST_PART = 2


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def is_named(name: str, text: str) -> bool:
    """True when every part of a name stands in the text within a few words, in any order.

    "Delgado, Rosa", "Rosa M. Delgado" and "rosa delgado" all name Rosa Delgado.
    """
    parts = {part for part in _words(name) if len(part) >= SHORTEST_PART}
    if not parts:
        return False
    words = _words(text)
    window = len(parts) + 2
    places = [index for index, word in enumerate(words) if word in parts]
    return any(parts <= set(words[place : place + window]) for place in places)
