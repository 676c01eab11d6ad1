"""Decisions find their problem: once, also under two workers at once."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from factories import OTHER_TASK, WRONG_WAY, let_a_day_pass, make_ticket
from sqlalchemy import update

from app.audit.models import AuditEntry
from app.cases.matching import match_tips
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.outbox.models import OutboxItem
from app.problems import queries, service
from app.problems.models import Problem, ProblemMember
from app.routing.models import DecisionRecord
from app.tickets import dispatch
from app.tickets.models import Ticket
from app.tips import destruction
from app.tips import service as tips
from app.tips.models import Tip


@pytest.fixture
def report(app, carry_out) -> Callable[..., None]:
    """File tickets and tips that were all sent the same wrong way, and route them."""

    def file(tickets_: int = 0, tips_: int = 0, text: str = WRONG_WAY) -> None:
        for _ in range(tickets_):
            make_ticket(text)
        for number in range(tips_):
            tips.file_tip(tips.TipFiling(uuid4(), f"{text} This is tip {number}."))
        carry_out()

    return file


def test_two_reports_gather_and_the_third_proposes(report) -> None:
    report(tickets_=2)
    assert Problem.query.one().state == "gathering"
    assert queries.list_problems(["proposed", "confirmed"]) == []
    report(tickets_=1)
    problem = Problem.query.one()
    assert problem.state == "proposed"
    assert problem.proposed_on == clock.today()
    assert (problem.task_code, problem.told_by_code) == ("questionnaire", "comptroller")
    assert (problem.from_system_code, problem.to_system_code) == ("passport", "vendex")
    assert "VENDEX" in problem.title
    assert ProblemMember.query.count() == 3
    assert AuditEntry.query.filter_by(act="problems.propose").count() == 1


def test_a_ticket_that_was_not_misdirected_promises_nothing(report) -> None:
    report(tickets_=3, text="I cannot log in to PASSPort.")
    assert Problem.query.count() == 0
    make_ticket("I cannot log in to PASSPort.")
    dispatch.route_ticket(Ticket.query.order_by(Ticket.id.desc()).first().id)
    assert OutboxItem.query.filter(OutboxItem.topic.startswith("problems.")).count() == 0


def test_another_task_is_another_problem(report) -> None:
    report(tickets_=1)
    report(tickets_=1, text=OTHER_TASK)
    assert Problem.query.count() == 2


def test_matching_twice_changes_nothing(report) -> None:
    report(tickets_=3)
    problem = Problem.query.one()
    before = (problem.version, problem.last_on)
    for member in ProblemMember.query.all():
        service.match(member.decision_id, discreet=False)
    problem = Problem.query.one()
    assert (problem.version, problem.last_on) == before
    assert ProblemMember.query.count() == 3


def test_two_workers_at_once_make_one_problem(app) -> None:
    for _ in range(4):
        dispatch.route_ticket(make_ticket(WRONG_WAY).id)
    decisions = [ticket.decision_id for ticket in Ticket.query.all()]
    db.session.remove()
    barrier, failed = Barrier(len(decisions)), []

    def match(decision) -> None:
        with app.app_context():
            barrier.wait()
            try:
                service.match(decision, discreet=False)
            except Exception as error:
                failed.append(error)

    threads = [Thread(target=match, args=(decision,)) for decision in decisions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Problem.query.one().state == "proposed"
    assert ProblemMember.query.count() == 4


def test_a_report_after_ninety_quiet_days_begins_anew(report) -> None:
    report(tickets_=3)
    with unit_of_work():
        long_ago = clock.today() - timedelta(days=91)
        db.session.execute(update(Problem).values(first_on=long_ago, last_on=long_ago))
    report(tickets_=1)
    assert sorted(p.state for p in Problem.query.all()) == ["gathering", "proposed"]


def test_what_was_dismissed_is_not_proposed_again(report) -> None:
    report(tickets_=3)
    with unit_of_work():
        Problem.query.one().state = "dismissed"
    report(tickets_=4)
    assert Problem.query.one().state == "dismissed"
    assert ProblemMember.query.count() == 7


def test_what_comes_after_a_solved_problem_is_one_of_its_own(report) -> None:
    report(tickets_=3)
    with unit_of_work():
        Problem.query.one().state = "solved"
    report(tickets_=3)
    assert sorted(p.state for p in Problem.query.all()) == ["proposed", "solved"]


def test_a_rule_puts_a_ticket_to_its_problem_directly(report) -> None:
    report(tickets_=3)
    problem = Problem.query.one()
    ticket = make_ticket("Where is our bond?")
    dispatch.route_ticket(ticket.id)
    with unit_of_work():
        decision = Ticket.query.filter_by(id=ticket.id).one().decision
        decision.problem_id = problem.id
        decision_id = decision.id
    service.match(decision_id, discreet=False)
    assert queries.find_of(decision_id).id == problem.id


def test_a_rule_that_names_a_problem_which_is_no_more_is_passed_over(report) -> None:
    report(tickets_=1)
    with unit_of_work():
        decision = DecisionRecord.query.one()
        service.leave(decision.id)
        decision.problem_id = 4711
    service.match(DecisionRecord.query.one().id, discreet=False)
    assert Problem.query.one().state == "gathering"
    assert ProblemMember.query.count() == 1


def test_a_few_tips_never_make_a_proposal_nor_show_in_a_count(report) -> None:
    report(tickets_=2, tips_=4)
    let_a_day_pass()
    problem = Problem.query.one()
    assert problem.state == "gathering"
    assert ProblemMember.query.count() == 6
    counts = queries.count_reports([problem.id])[problem.id]
    assert (counts.tickets, counts.reports) == (2, 2)


def test_tips_are_matched_on_another_day_and_five_of_them_are_proposed(report) -> None:
    report(tips_=5)
    match_tips()
    assert Problem.query.count() == 0, "today it would tell when one came"
    let_a_day_pass()
    problem = Problem.query.one()
    assert problem.state == "proposed"
    counts = queries.count_reports([problem.id])[problem.id]
    assert (counts.tickets, counts.reports) == (0, 5)


def test_tips_matched_twice_change_nothing(report) -> None:
    report(tickets_=3, tips_=2)
    let_a_day_pass()
    before = (Problem.query.one().version, ProblemMember.query.count())
    match_tips()
    assert (Problem.query.one().version, ProblemMember.query.count()) == before


def test_a_tip_that_was_not_misdirected_belongs_to_no_problem(report) -> None:
    report(tips_=2, text="The inspector takes a bribe for every permit.")
    let_a_day_pass()
    assert Problem.query.count() == 0


def test_a_tip_leaves_no_promise_and_no_act_behind(report, carry_out) -> None:
    report(tickets_=3)
    known = AuditEntry.query.count()
    tips.file_tip(tips.TipFiling(uuid4(), WRONG_WAY))
    tips.route_tip(Tip.query.one().id)
    assert OutboxItem.query.filter(OutboxItem.topic != "tips.route").count() == 0
    carry_out()
    let_a_day_pass()
    assert ProblemMember.query.filter_by(discreet=True).count() == 1
    assert AuditEntry.query.count() == known


def test_a_destroyed_tip_takes_with_it_the_guess_that_it_made(report) -> None:
    report(tips_=1)
    let_a_day_pass()
    assert Problem.query.count() == 1
    destruction.destroy(Tip.query.one().id, destruction.Cause.SOURCE)
    assert Problem.query.count() == 0
    assert ProblemMember.query.count() == 0


def test_a_destroyed_tip_takes_its_day_with_it(report) -> None:
    report(tickets_=3)
    let_a_day_pass()
    report(tips_=1)
    let_a_day_pass()
    yesterday, before = clock.today() - timedelta(days=1), clock.today() - timedelta(days=2)
    with unit_of_work():
        db.session.execute(update(Problem).values(first_on=before))
    assert Problem.query.one().last_on >= yesterday
    destruction.destroy(Tip.query.one().id, destruction.Cause.SOURCE)
    assert Problem.query.one().last_on == before


def test_a_guess_is_forgotten_after_a_season(report) -> None:
    report(tickets_=1)
    with unit_of_work():
        long_ago = clock.today() - timedelta(days=91)
        db.session.execute(update(Problem).values(first_on=long_ago, last_on=long_ago))
    service.tidy()
    assert Problem.query.count() == 0
    assert DecisionRecord.query.count() == 1


def test_what_comes_after_a_merger_goes_to_the_other_problem(report) -> None:
    report(tickets_=3)
    report(tickets_=3, text=OTHER_TASK)
    with unit_of_work():
        first, second = Problem.query.order_by(Problem.id).all()
        service.merge(second, first)
    report(tickets_=1, text=OTHER_TASK)
    first, second = Problem.query.order_by(Problem.id).all()
    assert (first.state, second.state) == ("proposed", "merged")
    assert ProblemMember.query.filter_by(problem_id=first.id).count() == 7
