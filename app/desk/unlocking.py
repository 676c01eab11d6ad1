"""The member's vault during a request: who is unlocked, and views that need it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import Flask, after_this_request, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import user_logged_out
from flask_security import current_user
from werkzeug.wrappers import Response

from app.core import onion
from app.members import service as members
from app.vault.errors import KeyMissingError
from app.vault.openers import Opener

P = ParamSpec("P")
COOKIE = "rightdesk_vault"


def cookie() -> str | None:
    """The cookie that keeps the vault open."""
    return request.cookies.get(COOKIE)


def set_cookie(answer: Response, value: str) -> None:
    """Give the browser the cookie; it goes when the browser is closed.

    For every path, since signing out, which locks the vault, is not below the desk.
    """
    answer.set_cookie(
        COOKIE,
        value,
        path="/",
        secure=onion.cookies_are_secure(),
        httponly=True,
        samesite="Strict",
    )


def drop_cookie(answer: Response) -> None:
    """Take the cookie back."""
    answer.delete_cookie(COOKIE, path="/")


def get_opener() -> Opener | None:
    """The signed-in member's opener; None while the vault is locked."""
    if "opener" not in g:
        g.opener = members.find_opener(current_user, cookie())
    found: Opener | None = g.opener
    return found


def find_opener() -> Opener | None:
    """The opener for pages that can do without: also None while Redis does not answer."""
    try:
        return get_opener()
    except KeyMissingError:
        return None


def unlocked(
    view: Callable[Concatenate[Opener, P], ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Call the view with the member's opener; while the vault is locked, go and unlock it."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        opener = get_opener()
        if opener is None:
            back = request.path if request.method == "GET" else None
            return redirect(url_for("vault.overview", next=back), 303)
        return view(opener, *args, **kwargs)

    return guarded


def init_app(app: Flask) -> None:
    """Signing out locks the vault."""

    @user_logged_out.connect_via(app)  # type: ignore[untyped-decorator]  # the library is
    def lock(_app: Flask, **_details: object) -> None:
        members.lock(cookie())

        @after_this_request
        def forget(answer: Response) -> Response:
            drop_cookie(answer)
            return answer
