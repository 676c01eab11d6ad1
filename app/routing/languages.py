"""Which language a text is written in: English, or one of Local Law 30 of 2017. Pure.

py3langid's model comes with its package. It is asked only where few English words stand.
"""

from collections.abc import Sequence

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from app.routing.tokens import Token, word_set

ENGLISH = "en"
NAMES = {
    "en": "English",
    "es": "Spanish",
    "zh": "Chinese",
    "ru": "Russian",
    "bn": "Bengali",
    "ht": "Haitian Creole",
    "ko": "Korean",
    "ar": "Arabic",
    "ur": "Urdu",
    "fr": "French",
    "pl": "Polish",
}
"""ISO 639-1 code → name."""

_ENGLISH_WORDS = word_set(
    """
    the and or but to of for with from is are was were been it this that we you they she us my our
    your not does did have had can would should what where when why how who which there here if
    about told said say please need help get got go want after before all any one out then them
    their its im dont cant by at be i
    """
)
_LEAST_SHARE = 0.12
_FEWEST_WORDS = 4
_ENOUGH = 400
_SURE = 0.9
_identifier: list[LanguageIdentifier] = []


def language_of(tokens: Sequence[Token], text: str) -> str:
    """The ISO 639-1 code of a text's language; English where it is too short to tell."""
    words = tokens[:_ENOUGH]
    english = sum(token.word in _ENGLISH_WORDS for token in words)
    if english >= _LEAST_SHARE * len(words):
        return ENGLISH
    if (text.isascii() and len(words) < 2 * _FEWEST_WORDS) or len(words) < _FEWEST_WORDS:
        return ENGLISH
    if not _identifier:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        identifier.set_languages(list(NAMES))
        _identifier.append(identifier)
    code, probability = _identifier[0].classify(text[:2_000])
    return str(code) if probability >= _SURE else ENGLISH
