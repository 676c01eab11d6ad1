"""Notices to staff. They carry nothing: no subject matter, no count, and are all of one size.

Whoever reads a mailbox or the network learns that a person works here, and nothing about when
a tip came: a notice leaves at a random time after the first event, and further events add none.
Who prefers it gets one mail each morning instead, which says yes or no.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import current_app, render_template
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import User
from app.core import background, clock
from app.core.unit_of_work import unit_of_work
from app.core.urls import public_address
from app.extensions import db
from app.mail import letters
from app.mail.transport import transport_for
from app.members.models import Notice

log = logging.getLogger(__name__)
SUBJECT = "Rightdesk"
DAILY_HOUR = 9
SHORTEST_DELAY = timedelta(minutes=10)
LONGEST_DELAY = timedelta(minutes=60)


def owe(members: Iterable[User]) -> None:
    """Owe members a notice; one who is owed one already is owed no second."""
    spread = int((LONGEST_DELAY - SHORTEST_DELAY).total_seconds())
    for member in members:
        due_at = clock.now() + SHORTEST_DELAY + timedelta(seconds=secrets.randbelow(spread))
        db.session.execute(
            insert(Notice).values(user_id=member.id, due_at=due_at).on_conflict_do_nothing()
        )


def send_due() -> int:
    """Send the notices that are due; return how many. One that fails does not stop the rest."""
    query = select(Notice.user_id).join(User, User.id == Notice.user_id)
    due = query.where(Notice.due_at <= clock.now(), User.daily_notice.is_(False))
    return sum(_try(_send_one, user_id) for user_id in db.session.scalars(due).all())


def send_daily() -> int:
    """In the morning hour, once a day, tell those who prefer it: yes or no; return how many."""
    now = clock.now().astimezone(ZoneInfo(current_app.config["SETTINGS"].timezone))
    if now.hour != DAILY_HOUR or not background.is_first_on(now.date(), "daily"):
        return 0
    members = select(User.id).where(User.daily_notice, User.active)
    return sum(_try(_send_yes_or_no, user_id) for user_id in db.session.scalars(members).all())


def _try(act: Callable[[int], bool], user_id: int) -> bool:
    try:
        return act(user_id)
    except Exception:
        log.exception("notice.failed")
        return False


def _send_one(user_id: int) -> bool:
    with unit_of_work():
        notice = db.session.get(Notice, user_id, with_for_update={"skip_locked": True})
        if notice is None:
            return False
        user = db.session.get_one(User, user_id)
        db.session.delete(notice)
        if user.active:
            _send(user, "mail/notice.txt")
        return True


def _send_yes_or_no(user_id: int) -> bool:
    with unit_of_work():
        notice = db.session.get(Notice, user_id, with_for_update=True)
        if notice:
            db.session.delete(notice)
        _send(db.session.get_one(User, user_id), "mail/daily.txt", new=notice is not None)
        return True


def _send(user: User, template: str, **values: bool) -> None:
    settings = current_app.config["SETTINGS"]
    text = render_template(template, link=public_address("desk.queues"), **values)
    transport_for(settings).send(letters.write(settings, user.email, SUBJECT, uuid4(), text))
