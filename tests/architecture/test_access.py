"""Who gets in where: every kind of person by every act by every route, from the route table.

A new route fails until its row stands in RULES.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from factories import PASSWORD, make_agent, make_problem, make_ticket
from flask import Flask
from flask.testing import FlaskClient
from pages import Visitor
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.accounts.models import RoleName, User
from app.problems.models import Problem
from app.registry import queries as registry
from app.routing.queries import find_newest_rule_revision
from app.tickets.models import Ticket
from app.tips import service as tips
from app.tips.models import Tip

PEOPLE = ("nobody", "member", "locked member", "stranger", "custodian", "admin")
"""Nobody signed in; a member of the desk with and without an unlocked vault; an agent of another
desk, unlocked; a custodian, unlocked; an admin."""

IN, SIGN_IN, FORBIDDEN, UNKNOWN = "in", "sign in", "forbidden", "unknown"
UNLOCK, ENDED = "unlock", "ended"
OPEN = (IN,) * 6
OF_THE_QUEUE = (SIGN_IN, IN, IN, UNKNOWN, FORBIDDEN, FORBIDDEN)
OF_THE_QUEUE_UNLOCKED = (SIGN_IN, IN, UNLOCK, UNKNOWN, FORBIDDEN, FORBIDDEN)
ANY_UNLOCKED_CUSTODIAN = (SIGN_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN, IN, FORBIDDEN)
ANY_ADMIN = (SIGN_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, IN)
STAFF = (SIGN_IN, IN, IN, IN, IN, IN)
OWN_VAULT = (SIGN_IN, IN, IN, IN, IN, FORBIDDEN)
UNLOCKED_VAULT = (SIGN_IN, IN, UNLOCK, IN, IN, FORBIDDEN)
AGENTS = (SIGN_IN, IN, IN, IN, FORBIDDEN, FORBIDDEN)
NOT_A_LEAD = (SIGN_IN, *(FORBIDDEN,) * 5)  # no member here leads
LEADS = (SIGN_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, IN)  # no member here leads
ALL_BUT_CUSTODIANS = (SIGN_IN, IN, IN, IN, FORBIDDEN, IN)
AGENTS = (SIGN_IN, IN, IN, IN, FORBIDDEN, FORBIDDEN)
BY_LINK = (UNKNOWN,) * 6  # the token in the address decides; here it is a made-up one
BY_VISIT = (ENDED,) * 6  # the cookie of the visit decides; here there is none

RULES = {
    "front.home": OPEN,
    "front.help_form": OPEN,
    "front.file_ticket": OPEN,
    "front.before_sending": OPEN,
    "front.choose_way": OPEN,
    "front.ticket": BY_LINK,
    "front.add_message": BY_LINK,
    "front.solved": BY_LINK,
    "front.protect": BY_LINK,
    "front.ticket_file": BY_LINK,
    "tip_line.tip_form": OPEN,
    "tip_line.file_tip": OPEN,
    "tip_line.receipt_form": OPEN,
    "tip_line.come_back": OPEN,
    "tip_line.leave": OPEN,
    "tip_line.proof_key": OPEN,
    "tip_line.*": BY_VISIT,
    "where.*": OPEN,
    "health.live": OPEN,
    "health.ready": OPEN,
    "developer.*": OPEN,  # only in development
    "desk.queues": STAFF,  # a custodian is led on to the identities, an admin to the registry
    "desk.queue": OF_THE_QUEUE,
    "desk.ticket": OF_THE_QUEUE,
    "desk.reply": OF_THE_QUEUE,
    "desk.note": OF_THE_QUEUE,
    "desk.change_state": OF_THE_QUEUE,
    "moves.*": OF_THE_QUEUE,
    "desk.propose_tip": OF_THE_QUEUE,
    "desk.ticket_file": OF_THE_QUEUE,
    "desk.reveal": OF_THE_QUEUE_UNLOCKED,
    "cases.*": OF_THE_QUEUE_UNLOCKED,
    "asking.*": OF_THE_QUEUE_UNLOCKED,
    "identity.*": ANY_UNLOCKED_CUSTODIAN,
    "registry.*": ANY_ADMIN,
    "registry_edit.*": ANY_ADMIN,
    "problems.overview": AGENTS,
    "problems.problem": AGENTS,
    "problems.link_ticket": OF_THE_QUEUE,
    "problems.*": NOT_A_LEAD,
    "rules.*": LEADS,
    "rule_versions.*": LEADS,
    "learned.*": LEADS,
    "insight.tickets": AGENTS,  # shows those of the reader's own queues
    "insight.*": ALL_BUT_CUSTODIANS,  # aggregates
    "vault.grant": UNLOCKED_VAULT,
    "vault.*": OWN_VAULT,
}


def _rule(endpoint: str) -> tuple[str, ...] | None:
    return RULES.get(endpoint) or RULES.get(endpoint.split(".", maxsplit=1)[0] + ".*")


def _routes(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method, pattern of every route of ours."""
    return [
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        if not rule.endpoint.startswith(("static", "security."))
    ]


@pytest.fixture
def people(app, client_factory, carry_out) -> Iterator[dict[str, FlaskClient]]:
    """A browser for each kind of person, and a ticket and a tip at the desk of DOI."""
    make_agent("doi", "mocs", email="member@rightdesk.example")
    make_agent("fisa", email="stranger@rightdesk.example")
    for role in (RoleName.CUSTODIAN, RoleName.ADMIN):
        accounts.create_user(f"{role}@rightdesk.example", "Cruz", PASSWORD, [role])
    found = {name: client_factory() for name in PEOPLE}
    for name in ("member", "stranger", "custodian", "admin"):
        Visitor(found[name]).sign_in(f"{name}@rightdesk.example")
    Visitor(found["locked member"]).sign_in("member@rightdesk.example")
    for name in ("member", "stranger", "custodian"):
        Visitor(found[name]).set_up_vault()
    make_ticket()
    make_problem()
    tips.file_tip(tips.TipFiling(uuid4(), "The inspector takes a bribe for every permit."))
    carry_out()
    return found


def _address(pattern: str) -> str:
    ticket, tip = Ticket.query.one(), Tip.query.one()
    code = "doi" if "tips" in pattern else ticket.queue_code
    stranger = User.query.filter_by(email="stranger@rightdesk.example").one()
    values = {
        "<code>": code,
        "<int:ticket_id>": str(ticket.id),
        "<uuid:tip_id>": str(tip.id),
        "<uuid:file_id>": str(uuid4()),
        "<uuid:message_id>": str(uuid4()),
        "<uuid:request_id>": str(uuid4()),
        "<circle>": "doi",
        "<section>": "system",
        "<key>": "passport",
        "<int:number>": str(registry.get_current_registry().revision),
        "<int:revision>": str(find_newest_rule_revision().id),
        "<any(up, down, switch, copy, delete):act>": "up",
        "<any(draft, edit, apply, confidence, preview, save):_step>": "save",
        "<token>": "made-up",
        "<word>": "register",
        "<task>": "invoice-unpaid",
        "<agency>": "dsny",
        "<int:member_id>": str(stranger.id),
        "<int:problem_id>": str(Problem.query.one().id),
        "<any(agency,system):kind>": "agency",
        "<any(cleaned, original):which>": "original",
    }
    for name, value in values.items():
        pattern = pattern.replace(name, value)
    return pattern


def _outcome(answer: TestResponse) -> str:
    location = answer.headers.get("Location", "")
    if answer.status_code == 302 and "/staff/sign-in" in location:
        return SIGN_IN
    if answer.status_code == 303 and location.split("?")[0] == "/desk/vault":
        return UNLOCK
    if answer.status_code == 400 and "Your visit has ended" in answer.text:
        return ENDED
    return {403: FORBIDDEN, 404: UNKNOWN}.get(answer.status_code, IN)


def test_every_route_has_a_rule(prepared_app: Flask) -> None:
    unsaid = {
        endpoint for endpoint, _method, _rule_ in _routes(prepared_app) if not _rule(endpoint)
    }
    assert not unsaid, "say in RULES who may enter these"
    stale = [
        key for key in RULES if not key.endswith("*") and key not in prepared_app.view_functions
    ]
    assert not stale, "these rules are about no route"


def test_everybody_gets_in_exactly_where_the_rules_say(app: Flask, people) -> None:
    wrong = []
    for endpoint, method, pattern in _routes(app):
        wanted = _rule(endpoint)
        for name, client, expected in zip(PEOPLE, people.values(), wanted, strict=True):
            found = _outcome(client.open(_address(pattern), method=method))
            missing = "<uuid:file_id>" in pattern and expected == IN and found == UNKNOWN
            if found != expected and not missing:
                wrong.append(f"{name}: {method} {pattern} is {found}, not {expected}")
    assert wrong == []
