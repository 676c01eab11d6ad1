"""The only commit. One act is one unit of work: all of its rows, or none.

SQLAlchemy's `after_commit` event also fires when a SAVEPOINT is released, so what has to
happen after the commit (ringing doorbells) is called from here and not from the event.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.extensions import db

_KEY = "unit_of_work"
log = logging.getLogger(__name__)


@dataclass(slots=True)
class UnitOfWork:
    """What one act has promised to do once its rows are safe."""

    _after: dict[str, Callable[[], None]] = field(default_factory=dict)

    def after_commit(self, key: str, act: Callable[[], None]) -> None:
        """Call `act` once after the outer commit; a second act under the same key is dropped."""
        self._after.setdefault(key, act)

    def _run_after(self) -> None:
        for key, act in self._after.items():
            try:
                act()
            except Exception as error:
                # The rows are safe and the sweep repeats what was missed: never fail the request.
                log.warning(
                    "after_commit.failed", extra={"effect": key, "error": type(error).__name__}
                )


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Run a block as one transaction; inside another unit of work, as a savepoint of it."""
    session = db.session()
    outer: UnitOfWork | None = session.info.get(_KEY)
    if outer is not None:
        with session.begin_nested():
            yield outer
        return
    unit = UnitOfWork()
    session.info[_KEY] = unit
    try:
        yield unit
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_KEY, None)
    unit._run_after()
