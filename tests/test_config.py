"""Settings: typed, and strict where real people's reports are handled."""

import pytest

from config import Environment, SettingsError, load_settings

PRODUCTION = {
    "RIGHTDESK_ENV": "production",
    "SECRET_KEY": "s" * 40,
    "SECURITY_PASSWORD_SALT": "t" * 40,
    "DATABASE_URL": "postgresql://db/rightdesk",
    "REDIS_URL": "redis://cache",
    "SMTP_URL": "smtp://mail",
    "PUBLIC_URL": "https://help.example.gov",
}


@pytest.fixture(autouse=True)
def only_these(monkeypatch):
    """Only what the test sets, not what a running stack wrote down."""
    for name in (*PRODUCTION, "KEYS_DIR", "INSTANCE_DIR", "ONION_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("config.DEVELOPMENT_FILE", None)


def _set(monkeypatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_production_starts_when_everything_is_set(monkeypatch) -> None:
    _set(monkeypatch, **PRODUCTION)
    assert load_settings().production


@pytest.mark.parametrize("missing", [name for name in PRODUCTION if name != "RIGHTDESK_ENV"])
def test_production_refuses_to_start_without(monkeypatch, missing: str) -> None:
    _set(monkeypatch, **(PRODUCTION | {missing: ""}))
    with pytest.raises(SettingsError, match=missing):
        load_settings()


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECURITY_PASSWORD_SALT"])
def test_production_refuses_a_default_secret(monkeypatch, name: str) -> None:
    _set(monkeypatch, **(PRODUCTION | {name: "development-only"}))
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_what_cannot_be_read_is_named(monkeypatch) -> None:
    _set(monkeypatch, TIMEZONE="Nowhere/Nothing")
    with pytest.raises(SettingsError, match="TIMEZONE"):
        load_settings()


def test_usual_forms_of_database_addresses_work(monkeypatch) -> None:
    _set(monkeypatch, DATABASE_URL="postgres://u:p@h/d")
    settings = load_settings()
    assert settings.database_url == "postgresql+psycopg://u:p@h/d"
    assert settings.rightdesk_env is Environment.DEVELOPMENT


def test_production_ignores_what_a_development_run_wrote_down(monkeypatch, tmp_path) -> None:
    (tmp_path / "environment").write_text(f"SECRET_KEY={'d' * 48}\n", encoding="utf-8")
    monkeypatch.setattr("config.DEVELOPMENT_FILE", tmp_path / "environment")
    assert load_settings().secret_key.get_secret_value() == "d" * 48
    _set(monkeypatch, **(PRODUCTION | {"SECRET_KEY": ""}))
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        load_settings()


def test_an_empty_keys_dir_means_none(monkeypatch) -> None:
    _set(monkeypatch, KEYS_DIR="")
    assert load_settings().keys_dir is None


def test_secrets_are_not_shown(monkeypatch) -> None:
    _set(monkeypatch, **PRODUCTION)
    assert "s" * 40 not in repr(load_settings())


def test_an_onion_address_is_kept_without_its_last_slash(monkeypatch) -> None:
    _set(monkeypatch, ONION_URL="http://" + "a2" * 28 + ".onion/")
    assert load_settings().onion_url == "http://" + "a2" * 28 + ".onion"


def test_what_is_no_onion_address_is_named(monkeypatch) -> None:
    _set(monkeypatch, ONION_URL="https://tips.example.gov")
    with pytest.raises(SettingsError, match="ONION_URL"):
        load_settings()
