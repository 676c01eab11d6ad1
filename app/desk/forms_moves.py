"""Forms of moving tickets, and of how soon they want an answer."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.forms import Storable, SubmissionForm, tidy_line
from app.routing import wording
from app.routing.model import Priority
from app.tickets.models import MoveReason, Ticket
from app.tickets.moves import Why

REASONS = {
    MoveReason.WRONG_AGENCY: _("Wrong agency"),
    MoveReason.WRONG_SYSTEM: _("Wrong system"),
    MoveReason.DUPLICATE: _("Duplicate"),
    MoveReason.NOT_OURS: _("Not ours"),
}
PRIORITIES = {
    Priority.LOW: _("low"),
    Priority.NORMAL: _("normal"),
    Priority.HIGH: _("high"),
    Priority.URGENT: _("urgent"),
}


class VersionForm(SubmissionForm):
    """An act on a ticket as it was when the page was made."""

    version = IntegerField(validators=[InputRequired()])


class SendBackForm(VersionForm):
    """Why a ticket does not stay."""

    reason = RadioField(
        _("Why?"),
        choices=[SelectChoice(reason.value, words) for reason, words in REASONS.items()],
        validators=[DataRequired(_("Please choose a reason."))],
    )
    words = StringField(
        _("In your words"),
        filters=[tidy_line],
        validators=[Storable(), Length(max=300, message=_("Please keep it shorter."))],
    )

    @property
    def why(self) -> Why:
        """The reason and the words."""
        return Why(MoveReason(self.reason.data), self.words.data)


class MoveTicketForm(SendBackForm):
    """The queue that a ticket goes to, first those that the router thought of; and why."""

    queue = SelectField(_("Queue"), validators=[DataRequired(_("Please choose a queue."))])

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        others = dict(wording.other_desks(ticket.queue_code))
        thought_of = ticket.decision.candidates if ticket.decision else []
        first = [c["queue"] for c in thought_of if c["queue"] in others]
        likely, rest = gettext("The router thought of"), gettext("All others")
        self.queue.choices = [
            SelectChoice("", gettext("Choose a queue")),
            *(SelectChoice(code, others.pop(code), optgroup=likely) for code in first),
            *(SelectChoice(code, name, optgroup=rest) for code, name in others.items()),
        ]


class PriorityForm(VersionForm):
    """How soon a ticket wants an answer."""

    priority = SelectField(
        _("Priority"),
        choices=[SelectChoice(priority.value, words) for priority, words in PRIORITIES.items()],
    )
