"""Headers that every response carries."""

from flask import Flask, Response, request

from app.core.onion import came_by_onion

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""No script at all: the program has none, so none may run. `data:` is for the CSS's own icons."""

PLAIN_POLICY = POLICY.replace(" data:", "")
"""For the tip line, whose pages do without pictures in the CSS."""


def init_app(app: Flask) -> None:
    """Add the headers; pages are never cached, files of the program are."""
    production = app.config["SETTINGS"].production

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = (
            "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        if request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        if production and not came_by_onion():
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response
