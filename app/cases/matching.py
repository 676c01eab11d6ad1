"""Find the problems of tips: by the clock, on a day after they came.

Done when a tip comes, the number of a new problem, or the place of a new row between those of
tickets, would tell at what time of the day its source was here.
"""

import random
from uuid import UUID

from sqlalchemy import or_, select

from app.core import clock
from app.extensions import db
from app.problems import service as problems
from app.problems.matching import WINDOW
from app.problems.models import ProblemMember
from app.routing.model import Verdict
from app.routing.models import DecisionRecord, ReferralRecord
from app.tips.models import Tip


def match_tips() -> None:
    """Put the tips of the days before to their problems; run twice, it finds none."""
    decisions = _list_unmatched()
    random.SystemRandom().shuffle(decisions)
    if decisions:
        problems.match_all(decisions, discreet=True)


def _list_unmatched() -> list[UUID]:
    today = clock.today()
    wrong = select(ReferralRecord.decision_id).where(
        ReferralRecord.decision_id == DecisionRecord.id,
        ReferralRecord.verdict == Verdict.MISDIRECTED,
    )
    known = select(ProblemMember.decision_id).where(ProblemMember.decision_id == DecisionRecord.id)
    query = (
        select(DecisionRecord.id)
        .join(Tip, Tip.decision_id == DecisionRecord.id)
        .where(
            DecisionRecord.decided_on < today,
            DecisionRecord.decided_on >= today - WINDOW,
            or_(wrong.exists(), DecisionRecord.loop, DecisionRecord.problem_id.is_not(None)),
            ~known.exists(),
        )
    )
    return list(db.session.scalars(query))
