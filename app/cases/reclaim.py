"""Take from the database's files what was destroyed in its tables.

A deleted row stays in its page, and in the write-ahead log, until something else is written
there. So in the night after a destruction the tables are written anew (VACUUM FULL), so are the
samples that the planner took of their columns (ANALYZE, then pg_statistic itself), and the log
is begun anew (pg_switch_wal, CHECKPOINT). docs/vault.md, "Destroyed", says what this costs and
what it cannot reach.
"""

import logging
import re
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app
from psycopg.errors import Diagnostic
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEntry
from app.core import background, clock
from app.extensions import Model, db
from app.files.models import File, FileChunk
from app.mail.models import Mail
from app.outbox.models import OutboxItem
from app.problems.models import Problem, ProblemMember
from app.routing.models import DecisionRecord, ReferralRecord
from app.tickets.models import Message, Ticket
from app.tips import queries
from app.tips.models import IdentityRequest, Tip, TipFile, TipMessage
from app.vault.models import SealedKey, SealedRecord, SealingKey

log = logging.getLogger(__name__)

NIGHT = range(2, 5)
"""Hours of the city's clock in which tables may be locked."""

LONGEST_WAIT = "5s"
"""For a table's lock: whoever waits for it makes everybody behind wait as well."""

TABLES: tuple[type[Model], ...] = (
    SealedKey,
    SealedRecord,
    SealingKey,
    TipMessage,
    TipFile,
    IdentityRequest,
    Tip,
    ReferralRecord,
    ProblemMember,
    Problem,
    DecisionRecord,
    OutboxItem,
    AuditEntry,
    Ticket,
    Message,
    Mail,
)
WITH_FILES: tuple[type[Model], ...] = (File, FileChunk)
_DONE_ON = "rightdesk:reclaimed-on"
_CLEAR = "SELECT pg_clear_attribute_stats(current_schema(), :name, :column, false)"
_DELETE = """
DELETE FROM pg_statistic USING pg_attribute
WHERE attrelid = starelid AND attnum = staattnum
AND starelid = to_regclass(quote_ident(:name)) AND attname = :column
"""
_STILL_SEEN = re.compile(r"(\d+) dead row versions cannot be removed yet")


@dataclass(slots=True)
class Reclaimed:
    """What a run could not do: tables in which something destroyed may still stand; the log."""

    tables: list[str] = field(default_factory=list)
    log_stays: bool = False

    @property
    def is_complete(self) -> bool:
        """True when nothing is left for another run."""
        return not self.tables


def reclaim_at_night() -> Reclaimed | None:
    """Reclaim once in a night after a destruction; None when there is nothing to do now.

    Redis keeps the day of the last run; when it forgets, a run too many is the worst of it.
    """
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    if clock.now().astimezone(zone).hour not in NIGHT:
        return None
    kept = background.connection().get(_DONE_ON)
    last = date.fromisoformat(kept.decode()) if isinstance(kept, bytes) else None
    destroyed = [] if last == clock.today() else queries.list_destructions(since=last)
    if not destroyed:
        return None
    done = reclaim(with_files=any(line.files for line in destroyed))
    if done.is_complete:
        background.connection().set(_DONE_ON, clock.today().isoformat())
    return done


def reclaim(*, with_files: bool = True) -> Reclaimed:
    """Write the tables anew, one at a time, and begin the log anew.

    Each table is locked against everybody while it is written. One that cannot be locked within
    some seconds, or whose deleted rows an open transaction can still see, is named in the
    answer: run again later. Needs the tables' owner; for the log, a superuser or the roles
    named in docs/vault.md.
    """
    db.session.remove()  # our own open transaction would keep deleted rows alive
    done = Reclaimed()
    names = [table.__tablename__ for table in (*TABLES, *(WITH_FILES if with_files else ()))]
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f"SET lock_timeout = '{LONGEST_WAIT}'"))
        try:
            done.tables = [name for name in names if not _reclaim_table(connection, name)]
            if not _write_anew(connection, "pg_catalog.pg_statistic", analyze=False):
                done.tables.append("pg_statistic")
            done.log_stays = not _begin_log_anew(connection)
        finally:
            connection.execute(text("RESET lock_timeout"))
    if not done.is_complete or done.log_stays:
        log.warning(
            "reclaim.incomplete",
            extra={"tables": ",".join(done.tables), "log_stays": done.log_stays},
        )
    return done


def _reclaim_table(connection: Connection, name: str) -> bool:
    return _write_anew(connection, f'"{name}"') and _forget_samples(connection, name)


def _forget_samples(connection: Connection, name: str) -> bool:
    """Drop the samples of a table that is empty by now, which ANALYZE leaves as they were."""
    if connection.scalar(text(f'SELECT EXISTS (SELECT FROM "{name}")')):  # noqa: S608 (our own name)
        return True
    of_table = "schemaname = current_schema() AND tablename = :name"
    columns = connection.scalars(
        text(f"SELECT attname FROM pg_stats WHERE {of_table}"),  # noqa: S608 (nothing foreign)
        {"name": name},
    ).all()
    # Before PostgreSQL 18 only a superuser may; others find the table named as not done.
    version = connection.dialect.server_version_info or (0,)
    words = _CLEAR if version >= (18,) else _DELETE
    try:
        for column in columns:
            connection.execute(text(words), {"name": name, "column": column})
    except DBAPIError as error:
        log.warning("reclaim.failed", extra={"table": name, "kind": type(error.orig).__name__})
        return False
    return True


def _write_anew(connection: Connection, table: str, *, analyze: bool = True) -> bool:
    """Write one table anew; False when it is locked or something deleted is still in it."""
    seen: list[int] = []

    def listen(notice: Diagnostic) -> None:
        words = f"{notice.message_primary} {notice.message_detail}"
        seen.extend(int(number) for number in _STILL_SEEN.findall(words))

    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 (for the type checker: it is connected)
    driver.add_notice_handler(listen)
    try:
        words = "FULL, VERBOSE, ANALYZE" if analyze else "FULL, VERBOSE"
        connection.execute(text(f"VACUUM ({words}) {table}"))
    except DBAPIError as error:
        log.warning("reclaim.failed", extra={"table": table, "kind": type(error.orig).__name__})
        return False
    finally:
        driver.remove_notice_handler(listen)
    return not any(seen)


def _begin_log_anew(connection: Connection) -> bool:
    """Close the log's segment and drop those before it; False when we may not."""
    try:
        connection.execute(text("SELECT pg_switch_wal()"))
        connection.execute(text("CHECKPOINT"))
    except DBAPIError as error:
        log.warning("reclaim.log_stays", extra={"kind": type(error.orig).__name__})
        return False
    return bool(connection.scalar(text("SHOW wal_recycle")) == "off")
