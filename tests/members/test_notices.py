"""Notices to staff: random in time, alike in size, and silent about everything."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from factories import make_agent

from app.core.unit_of_work import unit_of_work
from app.members import notices
from app.members.models import Notice


@pytest.fixture
def member(app):
    return make_agent("doi")


def _owe(*members) -> None:
    with unit_of_work():
        notices.owe(members)


def _mails(app) -> list[bytes]:
    return [path.read_bytes() for path in app.config["SETTINGS"].outbox_dir.glob("*.eml")]


def test_a_notice_leaves_once_at_a_random_time_within_the_hour(app, member, still_clock) -> None:
    _owe(member)
    _owe(member)
    due_at = Notice.query.one().due_at
    assert timedelta(minutes=10) <= due_at - still_clock.now <= timedelta(minutes=60)
    assert notices.send_due() == 0
    still_clock.forward(minutes=61)
    assert notices.send_due() == 1
    assert notices.send_due() == 0
    assert len(_mails(app)) == 1


def test_the_times_differ(app, still_clock) -> None:
    _owe(*(make_agent("doi", email=f"m{n}@rightdesk.example") for n in range(20)))
    assert len({notice.due_at for notice in Notice.query}) > 10


def test_a_notice_says_nothing(app, member, still_clock) -> None:
    _owe(member)
    still_clock.forward(minutes=61)
    notices.send_due()
    mail = message_from_bytes(_mails(app)[0], policy=default)
    assert mail["Subject"] == "Rightdesk"
    assert "tip" not in mail.get_content().lower()
    assert not any(character.isdigit() for character in mail.get_content())


def test_one_that_cannot_be_sent_does_not_stop_the_rest(app, still_clock, monkeypatch) -> None:
    first, second = (make_agent("doi", email=f"m{n}@rightdesk.example") for n in range(2))
    _owe(first, second)
    still_clock.forward(minutes=61)
    send = notices._send

    def refuse_the_first(user, *rest, **more) -> None:
        if user.id == first.id:
            raise OSError
        send(user, *rest, **more)

    monkeypatch.setattr(notices, "_send", refuse_the_first)
    assert notices.send_due() == 1
    assert [notice.user_id for notice in Notice.query] == [first.id], "it is tried again"


def test_the_morning_mail_says_yes_or_no_in_one_size(app, still_clock) -> None:
    told, untold = (make_agent("doi", email=f"m{n}@rightdesk.example") for n in range(2))
    with unit_of_work():
        told.daily_notice = untold.daily_notice = True
    _owe(told)
    still_clock.forward(minutes=61)
    assert notices.send_due() == 0, "they are told in the morning only"
    still_clock.forward(hours=21, minutes=59)  # 9:00 in New York
    assert notices.send_daily() == 2
    assert notices.send_daily() == 0, "once a day"
    texts = {
        mail["To"]: mail.get_content()
        for mail in (message_from_bytes(raw, policy=default) for raw in _mails(app))
    }
    assert "Yes" in texts["m0@rightdesk.example"]
    assert "No" in texts["m1@rightdesk.example"]
    assert len({len(raw) for raw in _mails(app)}) == 1
