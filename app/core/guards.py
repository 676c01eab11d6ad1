"""Who may enter a view. Every view carries `@public` or `@requires(...)`; a test sees to it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, current_app
from flask.typing import ResponseReturnValue
from flask_security import current_user

P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def public(view: View) -> View:
    """Anybody may enter."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def requires(
    *roles: str,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Only a signed-in member of staff with one of the roles; others sign in or get a 403."""

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                answer: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
                return answer
            if not any(current_user.has_role(role) for role in roles):
                abort(403)
            return view(*args, **kwargs)

        guarded.guard = roles  # type: ignore[attr-defined]
        return guarded

    return guard
