"""What a preview of rules shows: what would move, from where to where, and examples."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from app.accounts.models import User
from app.routing.model import Priority
from app.routing.preview import Aspect, Preview, Shift
from app.routing.rule_wording import PRIORITIES, RuleSpeaker
from app.tickets import preview_queries as queries
from app.tickets.access import may_change
from app.tickets.models import Ticket

MOST_EXAMPLES = 5
OTHERS = (Aspect.PRIORITY, Aspect.TOPIC, Aspect.COPY, Aspect.PROBLEM)
GAINED = {
    Aspect.TOPIC: _("Topic added:"),
    Aspect.COPY: _("Copy also to:"),
    Aspect.PROBLEM: _("Part of problem:"),
}
LOST = {
    Aspect.TOPIC: _("Topic no longer:"),
    Aspect.COPY: _("Copy no longer to:"),
    Aspect.PROBLEM: _("No longer part of problem:"),
}
TURNED = {Aspect.PRIORITY: _("Priority:"), Aspect.PROBLEM: _("Problem:")}


@dataclass(frozen=True, slots=True)
class Example:
    """A ticket that would change, and where it is now. `summary`: for those who may read it."""

    id: int
    number: str
    summary: str | None
    desk_now: str


@dataclass(frozen=True, slots=True)
class Row:
    """Tickets that would change in the same way. `before` or `after` may be nothing."""

    label: str
    before: str
    after: str
    count: int
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class PreviewWords:
    """A preview, ready for its page."""

    preview: Preview
    moved: int
    otherwise: int
    other_reason: int
    moves: Sequence[Row]
    others: Sequence[Row]


def preview_in_words(preview: Preview, viewer: User, speaker: RuleSpeaker) -> PreviewWords:
    """The preview with names; examples that the viewer may open come first."""
    shown = {shift: ids for shift, ids in preview.shifts.items() if shift.aspect != Aspect.REASON}
    known = {t.id: t for t in queries.list_tickets({i for ids in shown.values() for i in ids})}

    def rows(*aspects: Aspect) -> list[Row]:
        return [
            _row(shift, [known[i] for i in ids if i in known], len(ids), viewer, speaker)
            for aspect in aspects
            for shift, ids in preview.of(aspect)
        ]

    return PreviewWords(
        preview=preview,
        moved=preview.count(Aspect.QUEUE),
        otherwise=preview.count(*OTHERS),
        other_reason=preview.count(Aspect.REASON),
        moves=rows(Aspect.QUEUE),
        others=rows(*OTHERS),
    )


def _row(
    shift: Shift, found: Collection[Ticket], count: int, viewer: User, speaker: RuleSpeaker
) -> Row:
    ordered = sorted(found, key=lambda ticket: (not may_change(viewer, ticket), -ticket.id))
    labels = TURNED if shift.before and shift.after else GAINED if shift.after else LOST
    return Row(
        label=str(labels.get(shift.aspect, "")),
        before=_name(shift.aspect, shift.before, speaker),
        after=_name(shift.aspect, shift.after, speaker),
        count=count,
        examples=[_example(ticket, viewer, speaker) for ticket in ordered[:MOST_EXAMPLES]],
    )


def _example(ticket: Ticket, viewer: User, speaker: RuleSpeaker) -> Example:
    return Example(
        id=ticket.id,
        number=ticket.number,
        summary=ticket.summary if may_change(viewer, ticket) else None,
        desk_now=speaker.queue(ticket.queue_code) if ticket.queue_code else "",
    )


def _name(aspect: Aspect, code: str, speaker: RuleSpeaker) -> str:
    match aspect:
        case Aspect.QUEUE | Aspect.COPY:
            return speaker.queue(code) if code else ""
        case Aspect.PRIORITY:
            return str(PRIORITIES[Priority(code)])
        case Aspect.TOPIC:
            return speaker.topics.get(code, code)
        case _:
            return code
