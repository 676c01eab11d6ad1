"""Rightdesk: confidential tips and vendor tickets, routed to the right agency desk."""

from flask import Flask, has_request_context, request
from flask_babel import get_locale
from flask_security import SQLAlchemyUserDatastore
from werkzeug.middleware.proxy_fix import ProxyFix

from app import blueprints, cli
from app.accounts.models import Role, User
from app.core import background, error_pages, logging, onion, security_headers
from app.extensions import babel, csrf, db, migrate, security
from app.files.uploads import CappedRequest
from app.security_settings import settings_for_extensions
from config import ROOT, Settings

LANGUAGES = ("en",)


def create_app(settings: Settings) -> Flask:
    """Build the application from its settings."""
    logging.configure(settings.log_level)
    app = Flask(__name__, instance_path=str(settings.instance_dir.resolve()))
    app.request_class = CappedRequest
    app.config.from_mapping(settings_for_extensions(settings))
    security_headers.init_app(app)  # first, so that its word on a response is the last
    _init_extensions(app)
    logging.init_app(app)
    onion.init_app(app)
    error_pages.init_app(app)
    background.init_app(app)
    blueprints.init_app(app)
    cli.init_app(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _choose_language() -> str | None:
    """The best of our languages for this visitor; the default outside a request."""
    return request.accept_languages.best_match(LANGUAGES) if has_request_context() else None


def _init_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    babel.init_app(app, locale_selector=_choose_language)
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.init_app(app, SQLAlchemyUserDatastore(db, User, Role))
