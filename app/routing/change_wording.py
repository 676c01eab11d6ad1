"""What differs between two rule books, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten

from flask_babel import gettext

from app.routing.changes import BookChanges, Kind, RuleChange
from app.routing.rule_wording import FIELDS, RuleSpeaker, percent


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """What happened to a rule, in words; of a changed one each field before and after."""

    kind: str
    because: str
    words: str
    fields: Sequence[tuple[str, str, str]] = ()


def changes_in_words(changes: BookChanges, speaker: RuleSpeaker) -> list[ChangeWords]:
    """All that differs between two books, in words."""
    said = [_rule_change(change, speaker) for change in changes.rules]
    usual = gettext("as usual")
    return [
        *said,
        *(
            ChangeWords(
                kind="changed",
                because=gettext("Confidence of %(queue)s", queue=speaker.queue(change.queue)),
                words=gettext("Changed"),
                fields=[
                    (
                        gettext("Below this a person decides"),
                        usual if change.before is None else percent(change.before),
                        usual if change.after is None else percent(change.after),
                    )
                ],
            )
            for change in changes.confidences
        ),
    ]


def _rule_change(change: RuleChange, speaker: RuleSpeaker) -> ChangeWords:
    match change.kind:
        case Kind.ADDED:
            words = gettext("Added in place %(place)s", place=change.place_after)
        case Kind.REMOVED:
            words = gettext("Removed from place %(place)s", place=change.place_before)
        case Kind.MOVED if change.behind:
            behind = _short(change.behind.because, 60)
            words = gettext("Moved, now after “%(rule)s”", rule=behind)
        case Kind.MOVED:
            words = gettext("Moved to the top")
        case _:
            words = gettext("Changed")
    fields = [
        (
            str(FIELDS.get(field.name, field.name)),
            speaker.value(field.name, field.before),
            speaker.value(field.name, field.after),
        )
        for field in change.fields
    ]
    return ChangeWords(change.kind, change.rule.because, words, fields)


def suggest_note(changes: BookChanges) -> str:
    """A first wording of what is new."""
    kinds = {
        Kind.ADDED: gettext("added"),
        Kind.REMOVED: gettext("removed"),
        Kind.MOVED: gettext("moved"),
        Kind.CHANGED: gettext("changed"),
    }
    parts = [
        f"“{shorten(c.rule.because, 60, placeholder=' …')}” {kinds[c.kind]}" for c in changes.rules
    ]
    if changes.confidences:
        parts.append(gettext("confidence of queues changed"))
    return _short("; ".join(parts), 180)


def _short(words: str, length: int) -> str:
    return shorten(words, length, placeholder=" …")
