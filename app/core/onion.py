"""The onion service: the same pages at an address inside Tor (docs/onion.md)."""

from http import HTTPStatus
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface


def came_by_onion() -> bool:
    """True when this request came to the onion address."""
    onion = urlsplit(current_app.config["SETTINGS"].onion_url).netloc
    return bool(onion) and request.host.lower() == onion


def cookies_are_secure() -> bool:
    """Whether cookies of this answer are for https alone.

    An onion address is reached over http inside Tor, which encrypts and authenticates by
    itself; a browser that knows no onion addresses would drop a cookie for https there.
    """
    return current_app.config["SETTINGS"].production and not came_by_onion()


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, which work at the onion address too."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 (Flask asks like this)
        """Whether the session cookie is for https alone."""
        return cookies_are_secure()


def init_app(app: Flask) -> None:
    """Tell Tor Browser of the onion address, on every page that did not come from there."""
    app.session_interface = Sessions()

    @app.after_request
    def add_location(response: Response) -> Response:
        onion = app.config["SETTINGS"].onion_url
        is_page = response.mimetype == "text/html" and response.status_code == HTTPStatus.OK
        # The answer to a form is never left for another address: it may show a receipt.
        if onion and is_page and request.method == "GET" and not came_by_onion():
            response.headers["Onion-Location"] = onion + _path()
        return response


def _path() -> str:
    query = request.query_string.decode("latin-1")
    return quote(request.path) + (f"?{query}" if query else "")
