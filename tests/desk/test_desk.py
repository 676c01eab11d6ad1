"""The staff side: queues, a ticket's page, and what an agent can do there."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default

import pytest
from factories import PASSWORD, make_agent, make_ticket
from flask.testing import FlaskClient
from pages import Visitor, hidden_fields
from sqlalchemy import event

from app.accounts import service as accounts
from app.accounts.models import RoleName
from app.audit.models import AuditEntry
from app.extensions import db
from app.tickets.models import Ticket


@pytest.fixture
def agent(client: FlaskClient) -> Visitor:
    make_agent("mocs", "fisa")
    visitor = Visitor(client)
    assert visitor.sign_in("agent@rightdesk.example").status_code == 302
    return visitor


@pytest.fixture
def ticket(app, carry_out) -> int:
    number = make_ticket().id
    carry_out()
    return number


def _unlock(agent: Visitor, carry_out: Callable[[], None]) -> None:
    """Set up the agent's vault on its page; what waited for the desks goes to them."""
    agent.set_up_vault()
    carry_out()


def _address(ticket: int, act: str = "") -> str:
    return f"/desk/ticket/{ticket}" + (f"/{act}" if act else "")


def _act(agent: Visitor, ticket: int, act: str, **fields: str):
    return agent.send(_address(ticket), fields, to=_address(ticket, act))


def test_a_wrong_password_opens_nothing(client: FlaskClient, app) -> None:
    make_agent("mocs")
    answer = Visitor(client).sign_in("agent@rightdesk.example", "not the password")
    assert answer.status_code == 200
    assert "That did not work." in answer.text
    assert client.get("/desk/").status_code == 302


def test_an_agent_sees_the_queues_they_work_with_counts(agent, ticket) -> None:
    page = agent.read("/desk/")
    assert "Office of Contract Services (MOCS)" in page
    assert "Financial Information Services Agency" in page
    assert "Department of Investigation" not in page
    assert '<td class="number">1</td>' in page


def test_a_queue_lists_its_tickets(agent, ticket) -> None:
    page = agent.read("/desk/queue/mocs")
    assert f"RD-{ticket}" in page
    assert "Harbor Light Signs" in page


def test_another_queue_and_its_tickets_do_not_exist_for_the_agent(agent, carry_out) -> None:
    other = make_ticket("My M/WBE certificate has expired.").id
    carry_out()
    assert agent.client.get("/desk/queue/sbs").status_code == 404
    assert agent.client.get(_address(other)).status_code == 404
    fields = hidden_fields(agent.read("/help")) | {"text": "Hello"}
    assert agent.client.post(_address(other, "reply"), data=fields).status_code == 404


def test_the_page_shows_decision_reasons_and_the_words_that_carried_them(agent, ticket) -> None:
    page = agent.read(_address(ticket))
    assert "The task decides which office answers" in page
    assert "<q>log in to PASSPort</q>" in page


def test_contacts_are_masked(agent, ticket) -> None:
    page = agent.read(_address(ticket))
    assert "R••• D•••" in page
    for sealed in ("Rosa", "Delgado", "rosa@", "555 0100"):
        assert sealed not in page


def test_a_reply_reaches_the_requester_by_mail_and_on_their_page(
    agent, ticket, carry_out, settings
) -> None:
    assert _act(agent, ticket, "reply", text="Please reset it in NYC.ID.").status_code == 303
    assert Ticket.query.one().state == "pending"
    carry_out()
    mails = [
        message_from_bytes(path.read_bytes(), policy=default)
        for path in settings.outbox_dir.glob("*.eml")
    ]
    [reply] = [m for m in mails if "reply" in m["Subject"]]
    assert reply["To"] == "rosa@harborlight.example"
    assert "Please reset it in NYC.ID." in reply.get_content()
    assert "NYC.ID" not in reply["Subject"], "no content in subjects"
    link = next(
        w for w in reply.get_content().split() if w.startswith("http://rightdesk.test/help")
    )
    page = agent.read(link.removeprefix("http://rightdesk.test"))
    assert "Please reset it in NYC.ID." in page


def test_a_reply_sent_twice_is_mailed_once(agent, ticket, carry_out, settings) -> None:
    fields = hidden_fields(agent.read(_address(ticket)), _address(ticket, "reply"))
    for _ in range(2):
        agent.client.post(_address(ticket, "reply"), data=fields | {"text": "Once."})
    carry_out()
    assert len(list(settings.outbox_dir.glob("*.eml"))) == 2, "the first mail and one reply"


def test_a_note_is_for_staff_only(agent, ticket, client) -> None:
    assert _act(agent, ticket, "note", text="Called before, angry.").status_code == 303
    assert "Called before, angry." in agent.read(_address(ticket))
    link = Visitor(client).file_ticket()
    assert "Called before" not in agent.read(link)
    assert [m.kind for m in Ticket.query.filter_by(id=ticket).one().messages] == ["public", "note"]


def test_the_state_changes_along_the_life_cycle_only(agent, ticket) -> None:
    assert _act(agent, ticket, "state", state="solved").status_code == 303
    assert Ticket.query.one().state == "solved"
    assert _act(agent, ticket, "state", state="pending").status_code == 422
    assert _act(agent, ticket, "state", state="closed").status_code == 303
    assert "Send reply" not in agent.read(_address(ticket))


def test_a_move_takes_the_ticket_and_its_contact_to_the_other_desk(
    agent, ticket, carry_out
) -> None:
    _unlock(agent, carry_out)
    assert _act(agent, ticket, "move", queue="fisa", reason="wrong system").status_code == 303
    moved = Ticket.query.one()
    assert moved.queue_code == "fisa"
    assert [sealed.key.holder for sealed in moved.contact.keys] == ["fisa"]
    assert f"RD-{ticket}" in agent.read("/desk/queue/fisa")


def test_a_locked_agent_cannot_move_what_only_the_desk_can_open(agent, ticket, carry_out) -> None:
    _unlock(agent, carry_out)
    agent.client.delete_cookie("rightdesk_vault", path="/")
    answer = _act(agent, ticket, "move", queue="fisa", reason="wrong system")
    assert answer.status_code == 409
    assert "Please unlock your vault" in answer.text
    assert Ticket.query.one().queue_code == "mocs"


def test_a_ticket_for_a_desk_that_nobody_joined_is_moved_by_anyone(
    agent, ticket, carry_out
) -> None:
    assert _act(agent, ticket, "move", queue="fisa", reason="wrong system").status_code == 303
    carry_out()
    assert [sealed.key.kind for sealed in Ticket.query.one().contact.keys] == ["router"]


def test_a_name_is_revealed_for_a_reason_that_is_kept(agent, ticket, carry_out) -> None:
    _unlock(agent, carry_out)
    assert "Rosa Delgado" not in agent.read(_address(ticket))
    answer = _act(agent, ticket, "reveal", reason="")
    assert answer.status_code == 422
    answer = _act(agent, ticket, "reveal", reason="They asked to be called.")
    assert "Rosa Delgado" in answer.text
    assert "rosa@harborlight.example" in answer.text
    entry = AuditEntry.query.filter_by(act="tickets.reveal").one()
    assert entry.details == {"reason": "They asked to be called."}


def test_a_locked_agent_is_sent_to_unlock_before_a_name_is_shown(agent, ticket) -> None:
    answer = _act(agent, ticket, "reveal", reason="They asked to be called.")
    assert answer.status_code == 303
    assert "/desk/vault" in answer.headers["Location"]


def test_tickets_of_one_address_are_found_without_the_address(agent, ticket, carry_out) -> None:
    make_ticket("We cannot sign in to PASSPort.")
    carry_out()
    assert "From the same address" in agent.read(_address(ticket))


def test_a_move_needs_a_queue(agent, ticket) -> None:
    answer = _act(agent, ticket, "move", queue="", reason="not ours")
    assert answer.status_code == 422
    assert "Please choose a queue." in answer.text
    assert _act(agent, ticket, "move", queue="nowhere", reason="not ours").status_code == 422


def test_two_agents_at_once_overwrite_nothing(agent, ticket) -> None:
    stale = hidden_fields(agent.read(_address(ticket)), _address(ticket, "state"))
    _act(agent, ticket, "move", queue="fisa", reason="wrong system")
    answer = agent.client.post(_address(ticket, "state"), data=stale | {"state": "solved"})
    assert answer.status_code == 409
    assert "This ticket changed while you were working on it." in answer.text
    assert Ticket.query.one().state == "new"


def test_every_act_is_in_the_history(agent, ticket) -> None:
    _act(agent, ticket, "note", text="Seen.")
    _act(agent, ticket, "state", state="open")
    page = agent.read(_address(ticket))
    for act in ("filed", "routed", "note written", "state changed, Avery Agent: new → open"):
        assert act in page


def test_refused_text_comes_back(agent, ticket) -> None:
    answer = _act(agent, ticket, "reply", text="x" * 20_001)
    assert answer.status_code == 422
    assert "x" * 20_001 in answer.text


def test_a_queue_tells_only_how_many_tips_there_are(agent, client, carry_out) -> None:
    Visitor(client).file_tip("The new system PASSPort loses our questionnaire every week.")
    carry_out()
    page = agent.read("/desk/queue/mocs")
    assert '<span class="count">1</span>' in page
    assert "every week" not in page


def test_signing_out_closes_the_desk(agent) -> None:
    agent.client.post("/staff/sign-out")
    assert agent.client.get("/desk/").status_code == 302


def test_staff_without_the_role_of_an_agent_get_no_desk(client, app) -> None:
    accounts.create_user("a@rightdesk.example", "Ada", PASSWORD, [RoleName.ADMIN])
    Visitor(client).sign_in("a@rightdesk.example")
    assert client.get("/desk/").headers["Location"] == "/desk/registry"
    assert client.get("/desk/queue/mocs").status_code == 403


@pytest.fixture
def count_queries(app) -> Iterator[Callable[[], int]]:
    """How many statements have been sent since the last time it was asked."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    def count() -> int:
        found = len(seen)
        seen.clear()
        return found

    event.listen(db.engine, "before_cursor_execute", note)
    yield count
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_long_queue_costs_no_more_queries_than_a_short_one(
    agent, carry_out, count_queries
) -> None:
    counts = []
    for more in (1, 6):
        for _ in range(more):
            make_ticket()
        carry_out()
        count_queries()
        agent.read("/desk/queue/mocs")
        counts.append(count_queries())
    assert counts[0] == counts[1]
    assert counts[0] <= 10
