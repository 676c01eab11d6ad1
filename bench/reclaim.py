"""What destruction and reclaim cost beside many tips: `python -m bench.reclaim [TIPS]`."""

import os
import sys
import time
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert, text

from app.cases import reclaim
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tips import destruction
from app.tips.models import Tip, TipState
from app.vault import envelope, worker_keys
from app.vault import service as vault
from app.vault.models import KeyKind, SealingKey
from bench.database import fresh_app

DESTROYED = 500


def _fill(tips: int, closed: int) -> None:
    public = envelope.generate_key_pair().public
    today = clock.today()
    for start in range(0, tips, 500):
        with unit_of_work():
            rows, boxes = [], []
            for number in range(start, min(start + 500, tips)):
                tip_id, key_id = uuid4(), uuid4()
                boxes.append(
                    {
                        "id": key_id,
                        "kind": KeyKind.MAILBOX,
                        "holder": str(tip_id),
                        "version": 1,
                        "public_key": public,
                        "created_on": today,
                    }
                )
                rows.append(
                    {
                        "id": tip_id,
                        "version": 1,
                        "submission_hash": os.urandom(32),
                        "received_on": today,
                        "state": TipState.CLOSED if number < closed else TipState.RECEIVED,
                        "closed_on": today - timedelta(days=5000),
                        "content_id": vault.seal_for_router("tip-content", {"text": "x" * 900}).id,
                        "lookup_id": os.urandom(32),
                        "mailbox_id": key_id,
                        "mailbox_wrapped_key": os.urandom(125),
                    }
                )
            db.session.flush()
            db.session.execute(insert(SealingKey), boxes)
            db.session.execute(insert(Tip), rows)
        db.session.expunge_all()


def _say(what: str, begun: float) -> None:
    print(f"{what:<44}{time.perf_counter() - begun:8.2f} s")


def main() -> None:
    """Fill a database, destroy some tips, and write the tables anew."""
    tips = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with fresh_app():
        worker_keys.ensure_worker_keys()
        begun = time.perf_counter()
        _fill(tips, DESTROYED)
        _say(f"file {tips:,} tips", begun)
        begun = time.perf_counter()
        print(destruction.destroy_due(), "destroyed")
        _say(f"destroy {DESTROYED} by time", begun)
        size = db.session.scalar(text("SELECT pg_database_size(current_database())"))
        print(f"database: {size / 2**20:,.0f} MiB")
        begun = time.perf_counter()
        print(reclaim.reclaim())
        _say("reclaim, all tables one after another", begun)


if __name__ == "__main__":
    main()
