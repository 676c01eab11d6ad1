"""Addresses of our own pages, made outside a request."""

from flask import current_app


def public_address(endpoint: str, **values: str | int) -> str:
    """The full public address of a page."""
    base: str = current_app.config["SETTINGS"].public_url.rstrip("/")
    return base + current_app.url_map.bind("").build(endpoint, values)
