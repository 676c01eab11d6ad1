"""The pages of insight: figures, sorting, months, the tickets behind a number, CSV."""

import csv
import io

import pytest
from factories import PASSWORD, make_agent
from flask.testing import FlaskClient
from insight_rows import make_history, make_tip_history, move, wrong
from pages import Visitor

from app.accounts import service as accounts
from app.accounts.models import RoleName
from app.core import clock


@pytest.fixture
def agent(client: FlaskClient, still_clock) -> Visitor:
    make_agent("mocs", "fisa")
    visitor = Visitor(client)
    visitor.sign_in("agent@rightdesk.example")
    return visitor


def _rows(page: str) -> list[str]:
    """Names in the table of offices, in order."""
    table = page.split("<h2>Offices</h2>")[1].split("</table>", maxsplit=1)[0]
    return [part.split(">")[1].split("<")[0] for part in table.split('<th scope="row">')[1:]]


def test_an_empty_house_has_a_page_too(agent) -> None:
    page = agent.read("/desk/insight/")
    assert "Nothing was filed in these months." in page
    assert "Chains that came back" in page


def test_the_page_shows_figures_charts_and_who_sends_whom(agent) -> None:
    make_history("2026-06-10", wrong("comptroller", "vendex", "passport", on="2026-06-01"))
    page = agent.read("/desk/insight/")
    assert "Who sends whom the wrong way" in page
    assert "most often Comptroller to VENDEX: 1 times" in page
    assert 'role="img"' in page
    assert "Office of the Comptroller" in page


def test_tables_sort_by_link(agent) -> None:
    make_history("2026-06-10", wrong("comptroller", "vendex"), wrong("comptroller", "pip"))
    make_history("2026-06-10", wrong("dycd", "vendex"))
    make_history("2026-06-10", desk="fisa")
    make_history("2026-06-10", desk="fisa")
    make_history("2026-06-10", desk="fisa")
    given = agent.read("/desk/insight/?sort=given")
    assert _rows(given)[0] == "Office of the Comptroller"
    assert 'aria-sort="descending"' in given
    assert _rows(agent.read("/desk/insight/?sort=tickets"))[0].startswith("Financial Information")
    assert _rows(agent.read("/desk/insight/?sort=name"))[0].startswith("Department of Youth")
    assert agent.client.get("/desk/insight/?sort=nonsense").status_code == 200


def test_the_months_are_in_the_address(agent) -> None:
    make_history("2026-03-10", wrong("comptroller", "vendex"))
    page = agent.read("/desk/insight/?since=2026-04&until=2026-06")
    assert "Office of the Comptroller" not in page
    assert "April 2026" in page
    assert "Office of the Comptroller" in agent.read("/desk/insight/?since=2026-03&until=2026-03")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("since=May", "Please enter a month such as 2026-05."),
        ("until=2026-13", "Please enter a month such as 2026-05."),
        ("since=2026-06&until=2026-05", "The last month is before the first one."),
        ("since=1999-01&until=2026-05", "Please choose at most 60 months."),
        ("since=0000-01", "Please enter a month such as 2026-05."),
    ],
)
def test_a_month_that_cannot_be_counted_keeps_what_was_typed(agent, address, message) -> None:
    answer = agent.client.get(f"/desk/insight/?{address}")
    assert answer.status_code == 422
    assert message in answer.text
    assert address.split("=")[1].split("&")[0] in answer.text


def test_a_place_has_a_page_by_month(agent) -> None:
    make_history("2026-06-10", wrong("comptroller", "vendex", "passport"))
    page = agent.read("/desk/insight/system/vendex")
    assert "Wrongly sent here" in page
    assert "Comptroller" in page
    assert "Comptroller" in agent.read("/desk/insight/agency/mocs"), "which runs VENDEX"
    assert agent.client.get("/desk/insight/agency/nobody").status_code == 404
    assert agent.client.get("/desk/insight/planet/mars").status_code == 404


@pytest.mark.parametrize(
    ("what", "place", "found"),
    [
        ("given", "&kind=agency&code=comptroller", {"sent"}),
        ("given", "&kind=system&code=passport", {"sent"}),
        ("received", "&kind=agency&code=mocs", {"sent", "loop"}),
        ("received", "&kind=system&code=pip", {"loop"}),
        ("loops", "&kind=agency&code=mocs", {"loop"}),
        ("loops", "", {"loop"}),
        ("tickets", "&kind=agency&code=mocs", {"sent", "loop"}),
        ("tickets", "&kind=system&code=vendex", {"sent"}),
        ("sent", "", {"sent", "loop", "moved"}),
        ("deflected", "&kind=agency&code=fisa", {"solved"}),
        ("house", "&kind=agency&code=sbs", {"moved"}),
        ("house", "&kind=agency&code=fisa", set()),
    ],
)
def test_the_tickets_behind_a_number(agent, what, place, found) -> None:
    moves = (move("sbs", "2026-06-11"), move("dycd", "2026-06-11"), move("fisa", "2026-06-12"))
    tickets = {
        "sent": make_history("2026-06-10", wrong("comptroller", "vendex", "passport")),
        "loop": make_history("2026-06-10", wrong("mocs", "pip"), wrong("fisa", "passport")),
        "moved": make_history("2026-06-10", moves=moves),
        "solved": make_history("2026-06-10", desk="fisa", deflected=True),
        "of another desk": make_history("2026-06-10", wrong("comptroller", "vendex"), desk="sbs"),
        "earlier": make_history("2025-01-10", wrong("comptroller", "vendex")),
    }
    numbers = {name: ticket.number for name, ticket in tickets.items()}
    page = agent.read(f"/desk/insight/tickets?what={what}{place}")
    assert {name for name, number in numbers.items() if number in page} == found


def test_numbers_lead_to_their_tickets(agent) -> None:
    number = make_history("2026-06-10", wrong("comptroller", "vendex")).number
    page = agent.read("/desk/insight/")
    [address] = {
        part.split('"')[0].replace("&amp;", "&")
        for part in page.split('href="')
        if part.startswith("/desk/insight/tickets?what=given&amp;kind=agency&amp;code=comptroller")
    }
    assert number in agent.read(address)


def test_a_number_of_tips_leads_nowhere(agent) -> None:
    for _ in range(5):
        make_tip_history("2026-05-10", wrong("comptroller", "vendex"))
    page = agent.read("/desk/insight/?since=2026-05&until=2026-05")
    assert "Office of the Comptroller" in page
    assert "/desk/insight/tickets" not in page


def test_what_is_asked_for_wrongly_is_no_fault(agent) -> None:
    for address in ("what=nonsense", "kind=planet&code=mars", "after=x", "what=given&kind=agency"):
        assert agent.client.get(f"/desk/insight/tickets?{address}").status_code == 200


def test_the_sheet_is_csv_of_the_same_months(agent) -> None:
    make_history("2026-06-10", wrong("comptroller", "vendex"))
    answer = agent.client.get("/desk/insight/sheet.csv?since=2026-06&until=2026-06")
    assert answer.mimetype == "text/csv"
    assert "insight-2026-06-2026-06.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    [row] = [r for r in rows if (r["month"], r["code"]) == ("2026-06", "comptroller")]
    assert row["misdirections_given"] == "1"


def test_a_queue_flags_the_tickets_whose_chain_came_back(agent) -> None:
    make_history("2026-06-10", wrong("mocs", "pip"))
    assert "state-loop" not in agent.read("/desk/queue/mocs")
    make_history("2026-06-10", wrong("mocs", "pip"), wrong("fisa", "passport"))
    assert agent.read("/desk/queue/mocs").count("state-loop") == 1


def test_an_admin_sees_figures_but_no_tickets(client: FlaskClient, still_clock) -> None:
    accounts.create_user("admin@rightdesk.example", "Ada", PASSWORD, [RoleName.ADMIN])
    visitor = Visitor(client)
    visitor.sign_in("admin@rightdesk.example")
    make_history(f"{clock.today()}", wrong("comptroller", "vendex"))
    page = visitor.read("/desk/insight/")
    assert "Office of the Comptroller" in page
    assert "/desk/insight/tickets" not in page
    assert client.get("/desk/insight/tickets").status_code == 403
