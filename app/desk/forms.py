"""Forms of the staff side."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.forms import LONGEST_TEXT, Storable, SubmissionForm, tidy_text
from app.tickets.models import Ticket, TicketState
from app.tickets.workflow import NEXT


class WriteForm(SubmissionForm):
    """A reply or a note; which one is decided by the form's own address."""

    text = TextAreaField(
        _("Text"),
        filters=[tidy_text],
        validators=[
            DataRequired(_("Please write something first.")),
            Storable(),
            Length(max=LONGEST_TEXT, message=_("Please keep it under 20,000 characters.")),
        ],
    )


class StateForm(SubmissionForm):
    """The state that a ticket goes to."""

    version = IntegerField(validators=[InputRequired()])
    state = SelectField(_("State"))

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state.choices = [
            (state.value, state.value) for state in NEXT[TicketState(ticket.state)]
        ]


class MoveForm(SubmissionForm):
    """The queue that a ticket goes to."""

    version = IntegerField(validators=[InputRequired()])
    queue = SelectField(_("Queue"), validators=[DataRequired(_("Please choose a queue."))])

    def __init__(self, queues: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queue.choices = [("", _("Choose a queue")), *queues]
