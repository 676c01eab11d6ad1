"""Answers for machines."""

from flask.testing import FlaskClient


def test_a_well_installation_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok", "faulty": []}


def test_a_missing_redis_is_named(client: FlaskClient, monkeypatch) -> None:
    monkeypatch.setattr("app.core.health.redis_fault", lambda: "Redis does not answer.")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["faulty"] == ["redis"]
