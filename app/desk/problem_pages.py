"""What the pages of known problems show."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_security import current_user

from app.accounts.policy import queues_of
from app.audit import queries as audit
from app.audit.wording import act_words
from app.cases import problems as acts
from app.core import clock
from app.desk.forms_problems import (
    AnswerForm,
    LinkProblemForm,
    MergeForm,
    ProblemForm,
    ProblemStateForm,
    RenameForm,
)
from app.problems import queries, wording
from app.problems.matching import edge_of, edge_of_hop
from app.problems.models import Problem
from app.problems.policy import OPEN
from app.routing import wording as routing_wording
from app.routing.wording import ReferralWords
from app.tickets import known_problems
from app.tickets.models import Ticket

MOST_WEEKS = 26


@dataclass(slots=True)
class ProblemForms:
    """The forms of a problem's page; the one that was refused stands in for its twin."""

    problem: Problem
    remove: ProblemForm = field(default_factory=lambda: ProblemForm(formdata=None))
    rename: RenameForm | None = None
    answer: AnswerForm = field(default_factory=lambda: AnswerForm(formdata=None))
    state: ProblemStateForm | None = None
    merge: MergeForm | None = None

    def __post_init__(self) -> None:
        self.state = self.state or ProblemStateForm(self.problem, formdata=None)
        self.rename = self.rename or RenameForm(formdata=None, title=self.problem.title)
        others = queries.list_open() if self.problem.state in OPEN else []
        self.merge = self.merge or MergeForm(self.problem, others, formdata=None)


@dataclass(frozen=True, slots=True)
class Bar:
    """One week of the picture: its Monday, its tickets, and their part of the highest bar."""

    monday: date
    tickets: int
    percent: int


def show(forms: ProblemForms, status: int = 200) -> ResponseReturnValue:
    """The page of a problem."""
    problem = forms.problem
    tickets = known_problems.list_tickets(problem, queues_of(current_user))
    page = render_template(
        "desk/problem.html",
        problem=problem,
        forms=forms,
        leads=acts.may_lead(current_user, problem),
        edge=wording.edge_words(problem),
        task=wording.task_words(problem),
        proof=_proof(problem),
        counts=queries.count_reports([problem.id])[problem.id],
        days=queries.find_days(problem, tips=False),
        weeks=_weeks(problem),
        tickets=tickets,
        history=audit.list_for("problem", problem.id),
        act_words=act_words,
        desk_names=routing_wording.desk_names(),
        unfinished=known_problems.count_unfinished(problem),
    )
    return page, status


def preview(problem: Problem, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    """The answer as each will read it, before it is sent."""
    page = render_template(
        "desk/problem_answer.html",
        problem=problem,
        form=form,
        unfinished=known_problems.count_unfinished(problem),
    )
    return page, status


def _proof(problem: Problem) -> tuple[date, ReferralWords] | None:
    """The verdict on the problem's hop with its proof, and the day on which it was given.

    Where only tips tell of it, that is the day on which it was proposed.
    """
    member = queries.find_example(problem)
    if member is None:
        return None
    example = member.decision
    day = problem.proposed_on if member.discreet else example.decided_on
    words = routing_wording.outcome(example, for_staff=True).referrals
    for hop, found in zip(example.referrals, words, strict=True):
        if edge_of_hop(hop) == edge_of(problem):
            return day or clock.today(), found
    return None


def _weeks(problem: Problem) -> Sequence[Bar]:
    """The last weeks up to the newest that had tickets, without gaps."""
    counted = dict(queries.count_tickets_by_week(problem))
    if not counted:
        return []
    last, most = max(counted), max(counted.values())
    first = max(min(counted), last - timedelta(weeks=MOST_WEEKS - 1))
    mondays = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return [Bar(day, counted.get(day, 0), counted.get(day, 0) * 100 // most) for day in mondays]


@dataclass(frozen=True, slots=True)
class TicketsProblem:
    """The part of a ticket's page about its known problem."""

    problem: Problem | None
    form: LinkProblemForm | None


def of_ticket(ticket: Ticket, form: LinkProblemForm | None = None) -> TicketsProblem:
    """The known problem of a ticket, and the form that links it to one."""
    open_ones = queries.list_open()
    if form is None and open_ones and ticket.decision_id:
        form = LinkProblemForm(open_ones, formdata=None)
    return TicketsProblem(queries.find_of(ticket.decision_id), form)
