"""The act: what is kept is in use at once; what is no better, or damaged, changes nothing."""

import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from ended_rows import make_ended
from learning_texts import examples, text_for
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import background, clock
from app.core.errors import RefusedError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.learning import jobs, service
from app.routing import decide as decide_module
from app.routing import queries
from app.routing import service as routing
from app.routing.features import features
from app.routing.model import ChosenBy, Facts
from app.routing.models import DecisionRecord, LearnedModel
from app.routing.recording import record_all
from app.tips import service as tips

SNOW = text_for("dsny", random.Random(8))


@pytest.fixture(autouse=True)
def numbered_anew(app) -> None:
    """Between tests the numbers of models begin anew, as they never do in a desk's life."""
    queries._restored.clear()


def decide(text: str = SNOW) -> DecisionRecord:
    with unit_of_work():
        [record] = record_all(routing.decide_all([(text, Facts())]))
    return db.session.get_one(DecisionRecord, record)


def test_before_anything_is_learned_a_person_decides(app) -> None:
    assert decide().chosen_by == ChosenBy.NOBODY


def test_the_first_model_that_tells_anything_is_used_at_once(app) -> None:
    make_ended(examples(600))
    model = service.train()
    assert model.in_use
    assert model.examples == 600
    decided = decide()
    assert (decided.chosen_by, decided.queue_code) == (ChosenBy.LEARNER, "dsny")
    assert decided.learned_model_id == model.id
    assert decided.reasons[0]["key"] == "learned"


def test_below_the_confidence_set_for_a_queue_a_person_decides_and_sees_the_top_three(
    app, still_clock
) -> None:
    make_ended(examples(600, wrong=0.3))
    service.train()
    guide = queries.get_current_guide()
    book = guide.book.model_copy(update={"least_confidence": {"dsny": 0.95}})
    decided = decide_module.decide(SNOW, Facts(), replace(guide, book=book), clock.today())
    assert (decided.queue, decided.certain) == ("general-triage", False)
    assert decided.candidates[0].queue == "dsny"
    assert len(decided.candidates) == 3


def test_one_act_writes_one_audit_row(app) -> None:
    make_ended(examples(600))
    before = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    model = service.train()
    [entry] = AuditEntry.query.where(AuditEntry.id > before)
    assert (entry.act, entry.subject_id) == ("learning.train", str(model.id))
    assert entry.details == {"kept": 1, "examples": 600}


def test_the_same_tickets_again_leave_the_one_in_use(app) -> None:
    make_ended(examples(600))
    first = service.train()
    again = service.train()
    assert (again.in_use, again.body) == (False, None)
    assert again.figures["before_id"] == first.id
    assert again.figures["before"]["accuracy"] == again.figures["accuracy"]
    assert decide().learned_model_id == first.id


def test_a_worse_one_is_not_kept_and_its_figures_are(app) -> None:
    make_ended(examples(600))
    first = service.train()
    make_ended(examples(1200, wrong=1.0, seed=6), first=50_000)
    worse = service.train()
    assert not worse.in_use
    assert worse.body is None
    assert worse.figures["log_loss"] > worse.figures["before"]["log_loss"]
    assert decide().learned_model_id == first.id


def test_a_better_one_takes_its_place_and_the_old_one_is_let_go(app) -> None:
    make_ended(examples(400, wrong=0.6))
    first = service.train()
    make_ended(examples(3000, seed=3), first=200_000)
    better = service.train()
    assert better.in_use
    db.session.refresh(first)
    assert (first.in_use, first.body) == (False, None)
    assert decide().learned_model_id == better.id


def test_too_little_is_refused_and_leaves_no_row(app) -> None:
    make_ended(examples(50))
    with pytest.raises(RefusedError, match="50 tickets ended"):
        service.train()
    assert LearnedModel.query.count() == 0


def test_two_trainings_at_once_are_refused(app) -> None:
    make_ended(examples(600))
    with service._alone(), pytest.raises(RefusedError, match="goes on"):
        service.train()
    assert service.train().in_use


def test_tips_are_never_learned_from(app, carry_out) -> None:
    make_ended(examples(600))
    for _ in range(6):
        tips.file_tip(tips.TipFiling(uuid4(), "Quartzenheimer"))
    carry_out()
    service.train()
    learner = queries.find_current_learner()
    assert learner
    assert not set(features("Quartzenheimer")[0].tolist()) & set(learner.buckets.tolist())


def test_with_a_damaged_model_the_desk_goes_on_by_its_rules(app, caplog) -> None:
    make_ended(examples(600))
    model = service.train()
    with unit_of_work():
        model.body = model.body[:-50]
    queries._restored.clear()
    assert decide().chosen_by == ChosenBy.NOBODY
    login = decide("I cannot log in to PASSPort.")
    assert (login.queue_code, login.chosen_by) == ("mocs", ChosenBy.RULE)
    assert "learner.refused" in caplog.text
    assert service.train().in_use, "the next night mends it"


def test_rules_win_over_the_learner(app) -> None:
    make_ended(examples(600))
    service.train()
    decided = decide(f"{SNOW}. I cannot log in to PASSPort.")
    assert (decided.chosen_by, decided.queue_code) == (ChosenBy.RULE, "mocs")
    assert "dsny" in [candidate["queue"] for candidate in decided.candidates]


def test_the_cron_job_trains_once_a_night_and_at_no_other_hour(app, still_clock) -> None:
    make_ended(examples(600))
    jobs.train_at_night()
    assert LearnedModel.query.count() == 0, "it is ten in the morning"
    still_clock.now = datetime(2026, 6, 16, 5, 30, tzinfo=UTC)  # half past one in New York
    jobs.train_at_night()
    jobs.train_at_night()
    assert LearnedModel.query.count() == 1
    still_clock.forward(days=1)
    jobs.train_at_night()
    assert LearnedModel.query.count() == 2


def test_a_night_with_too_little_is_no_failure(app, still_clock) -> None:
    still_clock.now = datetime(2026, 6, 16, 5, 30, tzinfo=UTC)
    jobs.train_at_night()
    assert LearnedModel.query.count() == 0


def test_the_jobs_are_in_the_table(app) -> None:
    assert background.job("learning.train") is jobs.train_at_night
    assert "learning.train" in dict(background.CRON)
    assert background.LONG_JOBS["learning.train"] >= 600


def test_neither_the_web_tier_nor_a_routing_job_loads_scikit_learn() -> None:
    program = (
        "import sys, wsgi; from app.core import background; wsgi.app.app_context().push();"
        "background.warm_up(); background.effect('tickets.route');"
        "print({'sklearn', 'scipy'} & set(sys.modules))"
    )
    printed = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert printed.strip() == "set()"
