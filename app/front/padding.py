"""Pages of the tip line have one of few sizes, so that an encrypted line tells less by them.

A page is filled up to the next 16 KiB with random letters in a comment. Random, so that a
proxy that compresses (it should not) does not undo it.
"""

import secrets

from flask import Response

STEP = 16 * 1024
_BEFORE, _AFTER = b"<!-- ", b" -->\n"


def pad(response: Response) -> Response:
    """Fill up a page; what is not one, or is a redirect, stays as it is."""
    if response.mimetype != "text/html" or response.location:
        return response
    page = response.get_data()
    missing = -(len(page) + len(_BEFORE) + len(_AFTER)) % STEP
    letters = secrets.token_hex(missing // 2 + 1)[:missing].encode()
    response.set_data(page + _BEFORE + letters + _AFTER)
    return response
