"""One act is one transaction; what it promises comes after."""

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.core.unit_of_work import unit_of_work
from app.extensions import db


def _roles() -> set[str]:
    db.session.remove()
    return set(db.session.scalars(select(Role.name))) & {"one", "two"}


def _fail_after_adding(name: str) -> None:
    with unit_of_work():
        db.session.add(Role(name=name))
        db.session.flush()
        raise RuntimeError


@pytest.fixture(autouse=True)
def no_roles_left(app):
    yield
    db.session.rollback()
    with unit_of_work():
        for role in db.session.scalars(select(Role).where(Role.name.in_(("one", "two")))):
            db.session.delete(role)


def test_nothing_is_saved_when_the_act_fails() -> None:
    with pytest.raises(RuntimeError):
        _fail_after_adding("one")
    assert _roles() == set()


def test_an_inner_failure_that_is_caught_undoes_only_itself() -> None:
    with unit_of_work():
        db.session.add(Role(name="one"))
        with pytest.raises(RuntimeError):
            _fail_after_adding("two")
    assert _roles() == {"one"}


def test_what_follows_runs_once_after_the_outer_commit() -> None:
    calls: list[set[str]] = []
    with unit_of_work() as unit:
        with unit_of_work() as inner:
            db.session.add(Role(name="one"))
            inner.after_commit("bell", lambda: calls.append(_roles()))
        unit.after_commit("bell", lambda: calls.append(_roles()))
        assert calls == []
    assert calls == [{"one"}]


def test_a_failing_bell_fails_nobody() -> None:
    def fail() -> None:
        raise OSError

    with unit_of_work() as unit:
        db.session.add(Role(name="one"))
        unit.after_commit("bell", fail)
    assert _roles() == {"one"}
