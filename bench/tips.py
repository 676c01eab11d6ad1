"""Timings of the staff side of tips, with a vault unlocked."""

import time
from uuid import uuid4

from flask import Flask

from app.accounts import service as accounts
from app.accounts.models import RoleName
from app.core import clock
from app.core.pagination import PAGE_SIZE
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import service as members
from app.routing import service as routing
from app.routing.model import Facts
from app.tips.models import Tip, TipState
from app.vault import envelope, passphrases
from app.vault import service as vault
from app.vault.models import KeyKind, SealingKey

EMAIL, PASSWORD, PASSPHRASE = "bench@example.org", "a long password", "orbit velvet cactus lantern"
TIPS, BATCH = 10_000, 500
TEXT = "The inspector takes a bribe for every permit, and everybody in the office knows it. " * 10


def time_unlock(times: int) -> list[float]:
    """Milliseconds that a vault passphrase takes, as it is set."""
    locked = passphrases.lock(PASSPHRASE, b"bench", bytes(96))
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        passphrases.unlock(PASSPHRASE, b"bench", locked)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def time_list(app: Flask, times: int) -> list[float]:
    """Milliseconds of the page of a queue that holds 10,000 sealed tips."""
    with app.app_context():
        user = accounts.create_user(EMAIL, "Bea Bench", PASSWORD, [RoleName.AGENT], ["doi"])
        cookie = members.open_for(user, members.set_passphrase(user, PASSPHRASE))
        _fill()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/staff/sign-in", data={"email": EMAIL, "password": PASSWORD})
    client.set_cookie("rightdesk_vault", cookie)
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = client.get("/desk/queue/doi/tips")
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.text.count("The inspector takes") >= PAGE_SIZE, "titles are opened"  # noqa: S101
    return taken


def _fill() -> None:
    for _ in range(TIPS // BATCH):
        with unit_of_work():
            for _tip in range(BATCH):
                _add_tip()
        db.session.expunge_all()


def _add_tip() -> None:
    tip_id = uuid4()
    mailbox = SealingKey(
        id=uuid4(),
        kind=KeyKind.MAILBOX,
        holder=str(tip_id),
        version=1,
        public_key=bytes(envelope.PUBLIC_KEY_SIZE),
        created_on=clock.today(),
    )
    tip = Tip(
        id=tip_id,
        submission_hash=tip_id.bytes,
        received_on=clock.today(),
        state=TipState.RECEIVED,
        queue_code="doi",
        content=vault.seal_for_router("tip-content", {"text": TEXT, "topic": ""}),
        lookup_id=tip_id.bytes,
        mailbox=mailbox,
        mailbox_wrapped_key=b"",
    )
    vault.seal_to_desk(tip.content, "doi", vault.worker())
    tip.decision = routing.decide_and_record_tip("A bribe.", Facts())
    db.session.add(tip)
