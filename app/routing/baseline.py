"""What plain keyword rules find: the yardstick that the router has to beat. Pure.

The kind of rules that every help desk can make: a topic by its words, a queue by the first
office or system that is named, a referral wherever somebody is told and a place is named.
"""

import re
from datetime import date

from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.routing.lexicon import Kind, lexicon_of
from app.routing.mentions import codes, find_names, find_subjects
from app.routing.model import Decision, Reason, Referral, Verdict
from app.routing.tokens import tokenise

_TOLD = re.compile(
    r"\b(told|asked|instructed|advised|directed|referred|transferred|redirected|sent|said)\b",
    re.IGNORECASE,
)


def decide_by_keywords(text: str, registry: Registry, day: date) -> Decision:
    """A decision by keywords alone."""
    tokens, lexicon = tokenise(text), lexicon_of(registry)
    names = find_names(tokens, text, lexicon)
    subjects = find_subjects(tokens, text, lexicon)
    systems, agencies = codes(names, Kind.SYSTEM), codes(names, Kind.AGENCY)
    owners = [registry.systems[code].owner for code in systems]
    queue = next((c for c in (*agencies, *owners) if registry.has_desk(c)), GENERAL_TRIAGE)
    referrals: tuple[Referral, ...] = ()
    if _TOLD.search(text) and systems:
        retired = registry.systems[systems[-1]].is_retired(day)
        referrals = (
            Referral(
                told_by=next(iter(agencies), None),
                from_system=systems[0] if len(systems) > 1 else None,
                from_agency=None,
                to_system=systems[-1],
                to_agency=registry.systems[systems[-1]].owner,
                verdict=Verdict.MISDIRECTED if retired else Verdict.RIGHT,
                proof=Reason("to-unknown"),
            ),
        )
    return Decision(
        queue=queue,
        agency=queue,
        systems=systems,
        topics=codes(subjects, Kind.TOPIC),
        tasks=codes(subjects, Kind.TASK),
        referrals=referrals,
        answers=(),
        confidence=0.5,
        reasons=(Reason("unclear"),),
        registry_revision=registry.revision,
        version="keywords",
    )
