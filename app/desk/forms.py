"""Forms of the staff side."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from app.accounts.models import User
from app.core.forms import LONGEST_TEXT, Storable, SubmissionForm, tidy_line, tidy_text
from app.routing import wording
from app.tickets.models import Ticket, TicketState
from app.tickets.workflow import NEXT
from app.tips.models import Outcome, Tip
from app.tips.workflow import NEXT as NEXT_OF_TIP


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
    """The queue that a ticket or a tip goes to: any but the one that it is in."""

    version = IntegerField(validators=[InputRequired()])
    queue = SelectField(_("Queue"), validators=[DataRequired(_("Please choose a queue."))])

    def __init__(self, queue_code: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queue.choices = [("", _("Choose a queue")), *wording.other_desks(queue_code)]


def _passphrase(label: str, autocomplete: str) -> PasswordField:
    return PasswordField(
        label,
        validators=[DataRequired(_("Please enter it.")), Storable()],
        render_kw={"autocomplete": autocomplete},
    )


class PassphraseForm(SubmissionForm):
    """A new vault passphrase, twice."""

    passphrase = _passphrase(_("Vault passphrase"), "new-password")
    again = _passphrase(_("The same again"), "new-password")

    def validate_again(self, field: Field) -> None:
        """The two must be the same."""
        if field.data != self.passphrase.data:
            raise ValidationError(gettext("The two are not the same."))


class ChangePassphraseForm(PassphraseForm):
    """A new vault passphrase in place of the old one."""

    old = _passphrase(_("Your vault passphrase now"), "current-password")


class UnlockForm(SubmissionForm):
    """The vault passphrase. `next` is the page that needed it."""

    next = HiddenField()
    passphrase = _passphrase(_("Vault passphrase"), "current-password")


class NoticesForm(SubmissionForm):
    """How a member wants to be told that there is something new."""

    daily = BooleanField(_("One mail each morning that says yes or no, instead"))


class IdentityForm(SubmissionForm):
    """Why an agent has to know who a source is; sealed to custodians and the tip's desk."""

    reason = TextAreaField(
        _("Why do you have to know who the source is?"),
        description=_("Sealed to the custodians and to your desk. Do not repeat the tip."),
        filters=[tidy_text],
        validators=[
            DataRequired(_("Please give a reason: a custodian decides by it.")),
            Storable(),
            Length(max=2000, message=_("Please keep it under 2,000 characters.")),
        ],
    )


class ReasonForm(SubmissionForm):
    """Why somebody wants to know; the history keeps it."""

    reason = StringField(
        _("Why do you need it?"),
        filters=[tidy_line],
        validators=[
            DataRequired(_("Please give a reason: it is kept in the history.")),
            Storable(),
            Length(max=200, message=_("Please keep it shorter.")),
        ],
    )


class TipStateForm(SubmissionForm):
    """The state that a tip goes to, and the result when it is closed."""

    version = IntegerField(validators=[InputRequired()])
    state = SelectField(_("State"))
    outcome = SelectField(_("Result"), default="")

    def __init__(self, tip: Tip, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state.choices = [(state.value, state.value) for state in NEXT_OF_TIP[tip.state]]
        self.outcome.choices = [("", _("none, it stays open"))]
        self.outcome.choices += [(outcome.value, outcome.value) for outcome in Outcome]


class AssignForm(SubmissionForm):
    """The member who takes a tip."""

    version = IntegerField(validators=[InputRequired()])
    assignee = SelectField(_("Who takes it?"), default="")

    def __init__(self, members: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.assignee.choices = [("", _("nobody"))]
        self.assignee.choices += [(str(member.id), member.name) for member in members]


class LinkForm(SubmissionForm):
    """The number of a ticket, such as RD-1001."""

    ticket = StringField(
        _("Number of the ticket"),
        filters=[tidy_line],
        validators=[
            DataRequired(_("Please enter a number such as RD-1001.")),
            Regexp(r"(?i)^(RD-)?\d{1,12}$", message=_("Please enter a number such as RD-1001.")),
        ],
    )

    @property
    def ticket_id(self) -> int:
        """The number without its letters."""
        return int(self.ticket.data.upper().removeprefix("RD-"))
