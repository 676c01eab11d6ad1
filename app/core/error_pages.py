"""Error pages: plain words, and for a fault an id that the log knows."""

import logging
from uuid import uuid4

from flask import Flask, render_template
from flask_babel import gettext as _
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest, HTTPException

from app.core.errors import NotFoundError, TooManyError, UnavailableError

log = logging.getLogger(__name__)


def _page(status: int, title: str, text: str, fault: str | None = None) -> tuple[str, int]:
    page = render_template("error.html", status=status, title=title, text=text, fault=fault)
    return page, status


def _words(status: int) -> tuple[str, str]:
    return {
        400: (_("We could not read that"), _("Please go back, reload the page and try again.")),
        403: (_("This page is not open to you"), _("Sign in with an account that may see it.")),
        404: (_("There is nothing here"), _("The address may be wrong, or the page has moved.")),
        405: (_("That does not work here"), _("Please go back and try again.")),
        413: (
            _("That is too large"),
            _(
                "Please go back and send less: up to 5 files of 20 MB each. Your browser keeps "
                "what you typed."
            ),
        ),
        429: (
            _("Too many tries just now"),
            _("Many people are trying at the same time. Please wait a minute and try again."),
        ),
    }.get(status, (_("That did not work"), _("Please go back and try again.")))


def init_app(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
        if error.code is None or error.code < BadRequest.code:
            return error
        return _page(error.code, *_words(error.code))

    @app.errorhandler(NotFoundError)
    def not_found(_error: NotFoundError) -> tuple[str, int]:
        return _page(404, *_words(404))

    @app.errorhandler(TooManyError)
    def too_many(_error: TooManyError) -> tuple[str, int]:
        return _page(429, *_words(429))

    @app.errorhandler(OperationalError)
    @app.errorhandler(RedisError)
    @app.errorhandler(UnavailableError)
    def closed(error: Exception) -> tuple[str, int]:
        log.error("unavailable", exc_info=error)
        return _page(
            503,
            _("This door is closed for now"),
            _(
                "A part that keeps your data safe is missing, so we take nothing. Nothing you sent "
                "was kept. Please come back later."
            ),
        )

    @app.errorhandler(Exception)
    def fault(error: Exception) -> tuple[str, int]:
        fault_id = uuid4().hex[:12]
        log.error("fault", exc_info=error, extra={"fault": fault_id})
        return _page(
            500,
            _("Something broke on our side"),
            _("We have a record of the fault. If you write to us about it, give this number:"),
            fault_id,
        )
