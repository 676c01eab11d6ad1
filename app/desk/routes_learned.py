"""What the router learned from tickets that ended, and how good it is."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.guards import requires
from app.desk.routes_rules import WHO, leads_only
from app.routing import queries

bp = Blueprint("learned", __name__)


@bp.get("")
@requires(*WHO)
@leads_only
def models() -> ResponseReturnValue:
    """The model in use and the latest ones that were tried, with their figures."""
    return render_template("desk/learned.html", models=queries.list_learned_models())
