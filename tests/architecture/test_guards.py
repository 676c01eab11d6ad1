"""Every door says who may enter."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints import PREFIXES

OF_LIBRARIES = ("static", "security.")


def test_every_view_says_who_may_enter(prepared_app: Flask) -> None:
    unsaid = [
        rule.endpoint
        for rule in prepared_app.url_map.iter_rules()
        if not rule.endpoint.startswith(OF_LIBRARIES)
        and not hasattr(prepared_app.view_functions[rule.endpoint], "guard")
    ]
    assert not unsaid, "give these views @public or @requires(...)"


def test_views_below_a_prefix_have_its_guard(prepared_app: Flask) -> None:
    for blueprint, _prefix, guard in PREFIXES:
        for endpoint, view in prepared_app.view_functions.items():
            if endpoint.split(".")[0] == blueprint.name:
                found = view.guard if view.guard == "public" else view.guard[0]
                assert found == guard, f"{endpoint} is not guarded as its prefix says"


def test_no_page_of_staff_opens_without_signing_in(client: FlaskClient, app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("desk."):
            continue
        address = (
            rule.rule.replace("<int:ticket_id>", "1001")
            .replace("<code>", "mocs")
            .replace("<uuid:file_id>", "00000000-0000-0000-0000-000000000000")
        )
        method = "POST" if "POST" in rule.methods else "GET"
        answer = client.open(address, method=method)
        assert answer.status_code == 302, address
        assert "/staff/sign-in" in answer.headers["Location"]


def test_libraries_add_no_door_that_we_do_not_know(prepared_app: Flask) -> None:
    found = {
        rule.rule
        for rule in prepared_app.url_map.iter_rules()
        if rule.endpoint.startswith("security.")
    }
    assert found == {
        "/staff/sign-in",
        "/staff/sign-out",
        "/staff/verify",  # asks for the password again; part of every sign-in
        "/staff/fs-static/<path:filename>",
    }


@pytest.mark.parametrize("name", ["", "help", "tip", "tip/receipt", "staff/sign-in"])
def test_every_public_page_carries_the_headers(client: FlaskClient, name: str) -> None:
    headers = client.get(f"/{name}").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
