"""Settings of one Rightdesk installation, read from the environment.

In development the values that `make run` chose (addresses of the embedded engines,
generated secrets) are read from `instance/environment`; the environment always wins.
"""

import os
import re
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_FILE = ROOT / "instance" / "environment"
DEVELOPMENT_SECRET = "development-only"  # noqa: S105 (refused in production)
MINIMUM_SECRET_LENGTH = 32


class Environment(StrEnum):
    """Where the program runs; decides which defaults are acceptable."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class SettingsError(Exception):
    """The settings cannot be used; the message says which and what to do."""


class Settings(BaseSettings):
    """Every setting of the program, typed. Names are the environment variables in lower case."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    rightdesk_env: Environment = Environment.DEVELOPMENT
    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    security_password_salt: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    database_url: str = ""
    redis_url: str = ""
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "Rightdesk <no-reply@rightdesk.invalid>"
    public_url: str = "http://127.0.0.1:8000"
    leave_url: str = "https://www.weather.gov/"
    onion_url: str = ""
    instance_dir: Path = ROOT / "instance"
    keys_dir: Path | None = Field(
        default=None, description="Private keys; workers only. Empty: none on this machine."
    )
    timezone: str = "America/New_York"
    tip_retention_days: int = Field(default=1095, ge=1, le=36_500)
    log_level: str = "INFO"
    proxy_hops: int = Field(default=0, ge=0, le=5)
    flood_limit: int = Field(
        default=30, ge=1, description="Forms a minute at each public door before there is a line."
    )
    flood_cap: int = Field(
        default=600,
        ge=1,
        description="Forms in ten minutes that a door takes of those who waited, and of those "
        "who worked.",
    )
    flood_work: int = Field(
        default=2000, ge=1, description="Tries of a browser that works instead of waiting."
    )

    @field_validator("timezone")
    @classmethod
    def timezone_is_known(cls, value: str) -> str:
        """Refuse a zone that the tz database does not have."""
        try:
            ZoneInfo(value)
        except ZoneInfoNotFoundError:
            raise ValueError("unknown time zone") from None
        return value

    @field_validator("onion_url")
    @classmethod
    def onion_url_is_one(cls, value: str) -> str:
        """Accept the address of a version 3 onion service, with or without a slash at its end."""
        if value and not re.fullmatch(r"https?://[a-z2-7]{56}\.onion/?", value):
            raise ValueError("not an onion address")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def database_url_names_the_driver(cls, value: str) -> str:
        """Accept the usual postgres:// and postgresql:// forms and name the driver we use."""
        for prefix in ("postgres://", "postgresql://"):
            if value.startswith(prefix):
                return "postgresql+psycopg://" + value.removeprefix(prefix)
        return value

    @property
    def production(self) -> bool:
        """True where real people's reports are handled."""
        return self.rightdesk_env is Environment.PRODUCTION

    @property
    def outbox_dir(self) -> Path:
        """Folder where mail lands as .eml files when no SMTP server is set."""
        return self.instance_dir / "outbox"

    def faults(self) -> list[str]:
        """Sentences that say what keeps these settings from production, empty when nothing."""
        found = [
            f"{name} is missing, too short or a default: set it to at least "
            f"{MINIMUM_SECRET_LENGTH} random characters"
            for name, secret in (
                ("SECRET_KEY", self.secret_key),
                ("SECURITY_PASSWORD_SALT", self.security_password_salt),
            )
            if len(secret.get_secret_value()) < MINIMUM_SECRET_LENGTH
        ]
        found += [
            f"{name} is not set"
            for name, value in (
                ("DATABASE_URL", self.database_url),
                ("REDIS_URL", self.redis_url),
                ("SMTP_URL", self.smtp_url.get_secret_value()),
            )
            if not value
        ]
        if not self.public_url.startswith("https://"):
            found.append("PUBLIC_URL must begin with https://")
        return found


def load_settings() -> Settings:
    """Read the settings; raise SettingsError naming each value that cannot be used."""
    production = os.environ.get("RIGHTDESK_ENV") == Environment.PRODUCTION
    try:
        # What a development run wrote down must never reach production.
        settings = Settings(_env_file=None if production else DEVELOPMENT_FILE)
    except ValidationError as error:
        names = ", ".join(str(part["loc"][0]).upper() for part in error.errors())
        raise SettingsError(f"These settings cannot be used: {names}") from None
    if settings.production and (faults := settings.faults()):
        raise SettingsError("Rightdesk does not start in production: " + "; ".join(faults) + ".")
    return settings
