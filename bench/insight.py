"""Time the figures of the runaround over a million made-up tickets: `python -m bench.insight`.

The rows are written by the database itself, and without the checks of foreign keys: two sealed
records for each ticket would cost more than everything that is measured.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import psutil
from sqlalchemy import text

from app.core import clock
from app.extensions import db
from app.insight.measures import PlaceKind
from app.insight.months import Span
from app.insight.queries import get_insight
from app.insight.ticket_queries import What, list_tickets
from bench.database import fresh_app

TICKETS = 1_000_000
ROWS = """
SET LOCAL session_replication_role = replica;
SELECT setseed(0.5);
CREATE TEMP TABLE code ON COMMIT DROP AS
  SELECT array_agg(code ORDER BY code) AS desks FROM queue;
CREATE TEMP TABLE made ON COMMIT DROP AS
  SELECT n, gen_random_uuid() AS decision, CURRENT_DATE - (random() * 360)::int AS day,
    desks[1 + floor(random() * cardinality(desks))::int] AS desk,
    CASE WHEN random() < 0.45 THEN 1 + floor(random() * random() * 5)::int ELSE 0 END AS hops,
    random() < 0.02 AS loop
  FROM generate_series(1, :tickets) AS n, code;
INSERT INTO decision (id, decided_on, algorithm, registry_revision_id, queue_code, confidence,
    topics, tasks, systems, reasons, answers, loop)
  SELECT decision, day, 'bench', 1, desk, 0.9, '{}', '{}',
    CASE WHEN hops > 0 THEN ARRAY['passport', 'vendex'] ELSE ARRAY['pip'] END, '[]', '[]',
    loop AND hops > 1
  FROM made;
INSERT INTO referral (decision_id, position, told_by_code, from_system_code, to_agency_code,
    to_system_code, verdict, happened_on, proof)
  SELECT decision, position, desks[1 + floor(random() * cardinality(desks))::int],
    (ARRAY['passport', 'pip', NULL])[1 + floor(random() * 3)::int],
    desks[1 + floor(random() * cardinality(desks))::int],
    (ARRAY['vendex', 'passport', 'pip', NULL])[1 + floor(random() * 4)::int],
    (ARRAY['misdirected', 'right', 'unknown'])[1 + floor(random() * 3)::int],
    CASE WHEN random() < 0.4 THEN day - floor(random() * 90)::int END, '{"key": "to-unknown"}'
  FROM made, code, LATERAL generate_series(0, hops - 1) AS position;
INSERT INTO ticket (submission_hash, state, queue_code, summary, company, masked_name, link_hash,
    contact_id, reach_id, decision_id, routed_at, created_at, updated_at, version)
  SELECT sha256(n::text::bytea), (ARRAY['new', 'open', 'solved', 'closed'])[1 + n % 4], desk,
    'A made-up ticket', 'Harbor Light Signs', 'R', sha256(n::text::bytea), gen_random_uuid(),
    gen_random_uuid(), decision, day, day, day, 1
  FROM made;
INSERT INTO ticket_move (ticket_id, from_queue_code, to_queue_code, reason, words, moved_at,
    accept_by, answer)
  SELECT id, desks[1 + floor(random() * cardinality(desks))::int], queue_code, 'not ours', '',
    created_at + interval '1 day', created_at, 'accepted'
  FROM ticket, code WHERE id % 10 = 0;
"""


def _processor_seconds() -> float:
    """What this process and its database connection have used so far: waiting does not count."""
    used = psutil.Process(db.session.scalar(text("SELECT pg_backend_pid()"))).cpu_times()
    return time.process_time() + used.user + used.system


def _time(what: str, act: Callable[[], object], times: int = 3) -> None:
    taken, used = [], []
    for _ in range(times):
        db.session.execute(text("SET max_parallel_workers_per_gather = 0"))
        begun, before = time.perf_counter(), _processor_seconds()
        act()
        used.append(_processor_seconds() - before)
        taken.append(time.perf_counter() - begun)
        db.session.remove()
    median = statistics.median
    print(f"{what:<48}{median(taken):7.2f} s, of which at work {median(used):6.2f} s", flush=True)


def main(tickets: int) -> None:
    with fresh_app():
        _measure(tickets)


def _measure(tickets: int) -> None:
    begun = time.perf_counter()
    with db.engine.begin() as connection:
        for statement in ROWS.split(";\n"):
            if statement.strip():
                connection.execute(text(statement), {"tickets": tickets})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    print(f"{tickets:,} tickets written in {time.perf_counter() - begun:.0f} s")
    today = clock.today()
    year, month = Span.of_year_to(today), Span(today.replace(day=1), today.replace(day=1))
    last = Span.of_year_to(today - timedelta(days=365))
    _time("a year in which all of them lie", lambda: get_insight(year))
    _time("this month", lambda: get_insight(month))
    _time("a year without any", lambda: get_insight(last))
    queues = ["mocs", "fisa", "general-triage"]
    for what in What:
        _time(
            f"first page of tickets behind a number: {what}",
            lambda what=what: list_tickets(queues, what, PlaceKind.AGENCY, "mocs", year),
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS)
