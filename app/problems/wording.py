"""Problems in words."""

from flask_babel import gettext

from app.core import clock
from app.problems.matching import Edge, edge_of
from app.problems.models import Problem
from app.registry import queries
from app.registry.catalogue import Registry

LONGEST_TITLE = 200


def title(edge: Edge, task: str | None) -> str:
    """What a problem is called until a lead gives it a better name."""
    registry = queries.get_current_registry()
    words: str = gettext("Sent to %(to)s", to=_to(registry, edge))
    if edge.told_by:
        by = _agency(registry, edge.told_by)
        words = gettext("%(by)s sends people to %(to)s", by=by, to=_to(registry, edge))
    if task:
        words = f"{_task(registry, task)}: {words}"
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 2] + " …"


def edge_words(problem: Problem) -> str:
    """The hop that a problem is about, as a sentence."""
    registry, edge = queries.get_current_registry(), edge_of(problem)
    values = {
        "by": _agency(registry, edge.told_by) if edge.told_by else gettext("Somebody"),
        "to": _to(registry, edge),
    }
    if not edge.from_system:
        return str(gettext("%(by)s sends people to %(to)s.", **values))
    values["origin"] = _system(registry, edge.from_system)
    return str(gettext("%(by)s sends people from %(origin)s to %(to)s.", **values))


def task_words(problem: Problem) -> str:
    """What people wanted to get done; empty where nobody could make it out."""
    registry = queries.get_current_registry()
    return _task(registry, problem.task_code) if problem.task_code else ""


def _to(registry: Registry, edge: Edge) -> str:
    if edge.to_system:
        return _system(registry, edge.to_system)
    return _agency(registry, edge.to_agency) if edge.to_agency else str(gettext("another place"))


def _agency(registry: Registry, code: str) -> str:
    return registry.agencies[code].label_on(clock.today()) if code in registry.agencies else code


def _system(registry: Registry, code: str) -> str:
    return registry.systems[code].name if code in registry.systems else code


def _task(registry: Registry, code: str) -> str:
    return registry.tasks[code].name if code in registry.tasks else code
