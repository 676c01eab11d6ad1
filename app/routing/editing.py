"""Change a rule book: each act gives a new book. Pure."""

import re

from app.routing.accusations import ALLEGATIONS
from app.routing.rules import Rule, RuleBook

_LONGEST_CODE = 40


def find_rule(book: RuleBook, code: str) -> Rule | None:
    """A rule by its code."""
    return next((rule for rule in book.rule if rule.code == code), None)


def place_of(book: RuleBook, code: str) -> int:
    """Where a rule stands, from 0; for one that is not there, where a new one should stand.

    A new rule goes before all others but those on top that are about allegations alone.
    """
    for place, rule in enumerate(book.rule):
        if rule.code == code:
            return place
    about = (bool(rule.topics) and set(rule.topics) <= ALLEGATIONS for rule in book.rule)
    return next((place for place, on_top in enumerate(about) if not on_top), len(book.rule))


def put(book: RuleBook, rule: Rule, place: int) -> RuleBook:
    """The book with a rule at a place, instead of the one that had its code."""
    others = [other for other in book.rule if other.code != rule.code]
    place = min(max(place, 0), len(others))
    return _with(book, [*others[:place], rule, *others[place:]])


def move(book: RuleBook, code: str, by: int) -> RuleBook:
    """The book with a rule that many places further down; up where `by` is negative."""
    rule = find_rule(book, code)
    return put(book, rule, place_of(book, code) + by) if rule else book


def switch(book: RuleBook, code: str) -> RuleBook:
    """The book with a rule switched off where it was on, and on where it was off."""
    rule = find_rule(book, code)
    if rule is None:
        return book
    return put(book, rule.model_copy(update={"active": not rule.active}), place_of(book, code))


def remove(book: RuleBook, code: str) -> RuleBook:
    """The book without a rule."""
    return _with(book, [rule for rule in book.rule if rule.code != code])


def duplicate(book: RuleBook, code: str) -> RuleBook:
    """The book with a second rule below one, switched off until somebody changes it."""
    rule = find_rule(book, code)
    if rule is None:
        return book
    twin = rule.model_copy(update={"code": new_code(book, code), "active": False})
    return put(book, twin, place_of(book, code) + 1)


def set_least_confidence(book: RuleBook, least: dict[str, float]) -> RuleBook:
    """The book with other confidences below which a person decides."""
    return book.model_copy(update={"least_confidence": least})


def new_code(book: RuleBook, words: str) -> str:
    """A code that no rule has, made from words."""
    slug = "-".join(re.findall(r"[a-z0-9]+", words.lower()))[:_LONGEST_CODE].strip("-") or "rule"
    taken = {rule.code for rule in book.rule}
    number, code = 2, slug
    while code in taken:
        number, code = number + 1, f"{slug}-{number}"
    return code


def _with(book: RuleBook, rules: list[Rule]) -> RuleBook:
    return book.model_copy(update={"rule": tuple(rules)})
