"""A ticket becomes a tip: what named its requester is sealed or gone."""

from io import BytesIO
from uuid import uuid4

import pytest
from factories import make_agent, make_custodian, make_ticket, open_vault
from sqlalchemy import text

from app.audit.models import AuditEntry
from app.cases import protection, service
from app.core.errors import NotFoundError, RefusedError
from app.extensions import db
from app.files.models import File
from app.mail.models import Mail
from app.routing.models import DecisionRecord
from app.tickets import queries
from app.tickets import service as tickets
from app.tickets.models import Ticket
from app.tips import files
from app.tips.models import Tip
from app.vault import service as vault
from app.vault.errors import NotHeldError

TEXT = "I cannot log in to PASSPort, and the inspector asks for a bribe to help."


def _readable() -> str:
    """Every row of every table, as a thief would read it."""
    tables = db.session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ).all()
    return "\n".join(
        str(row) for table in tables for row in db.session.execute(text(f'TABLE "{table}"'))
    )


@pytest.fixture
def custodian(app):
    return open_vault(make_custodian())


@pytest.fixture
def ticket(custodian, carry_out) -> int:
    filing = tickets.Filing(
        uuid4(),
        TEXT,
        "Harbor Light Signs",
        "Rosa Delgado",
        "rosa@harborlight.example",
        files=[("letter.txt", BytesIO(b"Dear Harbor Light Signs"))],
    )
    tickets.file_ticket(filing)
    carry_out()
    return Ticket.query.one().id


def test_nothing_that_named_the_requester_is_readable_any_more(ticket, carry_out) -> None:
    assert "Harbor Light" in _readable()
    protection.convert(ticket, uuid4())
    carry_out()
    readable = _readable()
    for word in ("Harbor", "Rosa", "rosa@", "R•••", "bribe", "letter.txt"):
        assert word not in readable
    for table in (Ticket, Mail):
        assert table.query.count() == 0
    assert DecisionRecord.query.count() == 1, "the tip's own"
    assert AuditEntry.query.filter_by(subject_type="ticket").count() == 0


def test_custodians_alone_still_know_who_it_was(ticket, custodian, carry_out) -> None:
    open_vault(make_agent("doi"))
    protection.convert(ticket, uuid4())
    carry_out()
    identity = Tip.query.one().identity
    assert vault.open_sealed(identity, custodian)["company"] == "Harbor Light Signs"
    with pytest.raises(NotHeldError):
        vault.open_sealed(identity, vault.worker())


def test_the_desk_reads_the_conversation_and_the_files(ticket, carry_out) -> None:
    member = make_agent("doi", "mocs")
    opener = open_vault(member)
    tickets.add_requester_message(queries.get_ticket(ticket), uuid4(), "It was on Monday.")
    protection.convert(ticket, uuid4())
    carry_out()
    member, tip = db.session.merge(member), Tip.query.one()
    case = service.open_case(member, opener, tip.id)
    assert case.text == f"{TEXT}\n\nRequester: It was on Monday."
    [opened] = case.files
    assert b"".join(files.open_file(opened.file, opener, cleaned=False)).startswith(b"Dear")
    assert File.query.count() == 1


def test_a_double_click_gives_the_same_receipt(ticket) -> None:
    submission = uuid4()
    words = protection.convert(ticket, submission)
    assert protection.convert(ticket, submission) == words
    assert Tip.query.count() == 1


def test_a_ticket_that_is_gone_makes_no_tip(ticket) -> None:
    protection.convert(ticket, uuid4())
    with pytest.raises(NotFoundError):
        protection.convert(ticket, uuid4())


def test_a_contact_that_no_custodian_holds_is_not_lost(app, carry_out) -> None:
    number = make_ticket().id
    carry_out()
    open_vault(make_custodian())
    with pytest.raises(RefusedError):
        protection.convert(number, uuid4())
    assert Ticket.query.count() == 1


def test_who_fears_from_the_start_files_a_tip_at_once(custodian, carry_out) -> None:
    filing = tickets.Filing(
        uuid4(), TEXT, "Harbor Light Signs", "Rosa Delgado", "rosa@harborlight.example"
    )
    for _ in range(2):
        protection.protect(filing, [])
    carry_out()
    assert Ticket.query.count() == 0
    identity = Tip.query.one().identity
    assert vault.open_sealed(identity, custodian)["name"] == "Rosa Delgado"
    assert "Rosa" not in _readable()


def test_gone_back_to_tick_the_box_the_ticket_becomes_a_tip_as_well(custodian, carry_out) -> None:
    filing = tickets.Filing(
        uuid4(), TEXT, "Harbor Light Signs", "Rosa Delgado", "rosa@harborlight.example"
    )
    tickets.file_ticket(filing)
    protection.protect(filing, [])
    carry_out()
    assert (Ticket.query.count(), Tip.query.count()) == (0, 1)
    assert "Harbor" not in _readable()
