"""Forms of known problems."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.forms import LONGEST_TEXT, Storable, SubmissionForm, tidy_line, tidy_text
from app.problems.models import Problem, ProblemState
from app.problems.policy import NEXT
from app.problems.wording import LONGEST_TITLE


class ProblemForm(SubmissionForm):
    """An act on a problem as it was when the page was made."""

    version = IntegerField(validators=[InputRequired()])


class ProblemStateForm(ProblemForm):
    """The state that a problem goes to; each has a button."""

    state = SelectField(_("State"))

    def __init__(self, problem: Problem, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state.choices = [(s.value, s.value) for s in NEXT[ProblemState(problem.state)]]


class RenameForm(ProblemForm):
    """A better name."""

    title = StringField(
        _("Name of the problem"),
        description=_("Requesters read it once the problem is confirmed."),
        filters=[tidy_line],
        validators=[
            DataRequired(_("Please give it a name.")),
            Storable(),
            Length(max=LONGEST_TITLE, message=_("Please keep it under 200 characters.")),
        ],
    )


def _choice_of(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    choices = [(str(problem.id), problem.title) for problem in problems]
    return [("", str(_("Choose a problem"))), *choices]


class MergeForm(ProblemForm):
    """The problem that takes in this one."""

    target = SelectField(
        _("Problem that takes this one in"),
        validators=[DataRequired(_("Please choose a problem."))],
    )

    def __init__(self, problem: Problem, others: Iterable[Problem], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target.choices = _choice_of(other for other in others if other.id != problem.id)


class AnswerForm(ProblemForm):
    """What everybody with a problem is told, and what becomes of their tickets."""

    text = TextAreaField(
        _("The answer"),
        description=_("Everybody gets the same words, so do not speak of one case alone."),
        filters=[tidy_text],
        validators=[
            DataRequired(_("Please write something first.")),
            Storable(),
            Length(max=LONGEST_TEXT, message=_("Please keep it under 20,000 characters.")),
        ],
    )
    after = SelectField(
        _("Open tickets that get it"),
        choices=[
            SelectChoice("pending", _("wait for their requesters")),
            SelectChoice("solved", _("are solved")),
        ],
    )

    @property
    def solves(self) -> bool:
        """True when the tickets that get the answer are solved."""
        return bool(self.after.data == "solved")


class LinkProblemForm(SubmissionForm):
    """The known problem that a ticket belongs to."""

    problem = SelectField(
        _("Known problem"), validators=[DataRequired(_("Please choose a problem."))]
    )

    def __init__(self, problems: Iterable[Problem], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.problem.choices = _choice_of(problems)
