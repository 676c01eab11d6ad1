"""Leads see which model is in use, and how good it is."""

import pytest
from ended_rows import make_ended
from factories import make_agent, make_lead
from flask.testing import FlaskClient
from learning_texts import examples
from pages import Visitor

from app.learning import service
from app.routing import queries

ADDRESS = "/desk/rules/learned"


@pytest.fixture
def lead(client: FlaskClient) -> Visitor:
    make_lead("mocs")
    visitor = Visitor(client)
    visitor.sign_in("lead@rightdesk.example")
    return visitor


def test_before_anything_is_learned_the_page_says_what_is_missing(lead: Visitor) -> None:
    assert "Nothing was learned yet" in lead.read(ADDRESS)


def test_the_model_in_use_and_one_that_was_not_kept_are_shown_with_figures(lead: Visitor) -> None:
    make_ended(examples(600))
    queries._restored.clear()
    service.train()
    service.train()
    page = lead.read(ADDRESS)
    assert page.count("in use") == 1 + page.count("what is in use")
    assert "100.0 %" in page
    assert "before: 100.0 %" in page
    assert "decided 50" in page


def test_whoever_leads_nothing_does_not_see_it(client: FlaskClient) -> None:
    make_agent("mocs")
    visitor = Visitor(client)
    visitor.sign_in("agent@rightdesk.example")
    assert client.get(ADDRESS).status_code in (403, 404)
