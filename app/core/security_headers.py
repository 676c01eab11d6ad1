"""Headers that every response carries."""

from flask import Flask, Response, g, request, session

from app.core.onion import came_by_onion

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""No script at all: our pages work without. `data:` is for the CSS's own icons."""
PLAIN_POLICY = POLICY.replace(" data:", "")
"""For the tip line, whose pages do without pictures in the CSS."""
OWN_SCRIPTS = "; script-src 'self'"


def allow_own_scripts() -> None:
    """Let the page that is being made run scripts of our own, and no others."""
    g.own_scripts = True


def open_to_all(*, search_engines: bool) -> None:
    """Say that a page is the same for everybody: it keeps its own word on caching.

    Search engines may list it where that is said.
    """
    g.same_for_all, g.listed = True, search_engines


def init_app(app: Flask) -> None:
    """Add the headers; pages are never cached nor listed, unless they say it themselves."""
    production = app.config["SETTINGS"].production

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        policy = headers.get("Content-Security-Policy", POLICY)
        scripts = OWN_SCRIPTS if g.get("own_scripts") else ""
        headers["Content-Security-Policy"] = policy + scripts
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = (
            "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        if g.get("same_for_all"):
            session.accessed = False  # so that no cookie counts for caches
        elif request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        if not g.get("listed"):
            headers["X-Robots-Tag"] = "noindex"
        if production and not came_by_onion():
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response
