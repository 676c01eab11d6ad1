"""Where do I go? Two questions by links alone, and a page of its own for every answer.

These pages say the same to everybody: they read no cookie, caches may keep them, and they are
the only ones that search engines may list.
"""

import re
from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.errors import NotFoundError
from app.core.guards import public
from app.core.security_headers import open_to_all
from app.core.urls import public_address
from app.registry import queries
from app.registry.catalogue import Registry
from app.routing import answer_words, choices

bp = Blueprint("where", __name__)
FIRST_YEAR, LAST_YEAR = 1898, 2100
"""The years that may be asked for: the city as it is was founded in 1898."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@bp.after_request
def _keep(response: Response) -> AnyResponse:
    """Let caches keep a page, and ask each time whether it is still so."""
    if response.status_code != 200:  # noqa: PLR2004 (OK)
        return response
    open_to_all(search_engines="on" not in request.args)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.vary.add("Accept-Language")
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/where")
@public
def first_question() -> ResponseReturnValue:
    """The first question: what do you want to do."""
    registry = queries.get_current_registry()
    return render_template(
        "front/where.html",
        sections=choices.list_sections(registry),
        address=public_address("where.first_question"),
        loaded_at=queries.get_loaded_at(registry.revision),
    )


@bp.get("/where/which/<word>")
@public
def second_question(word: str) -> ResponseReturnValue:
    """The second question: which of the things that a word may mean."""
    registry = queries.get_current_registry()
    choice = choices.list_choices(registry).get(word)
    if choice is None:
        raise NotFoundError("There is no such question.")
    rows = [registry.system_of_record(task.code, clock.today()) for task in choice.tasks]
    return render_template(
        "front/where_which.html",
        choice=choice,
        address=public_address("where.second_question", word=word),
        answers={
            row.task: answer_words.of_row(row, registry, None, clock.today()) for row in rows if row
        },
    )


@bp.get("/where/<task>")
@public
def task(task: str) -> ResponseReturnValue:
    """The answer for a task, today or on an earlier day."""
    return _answer(queries.get_current_registry(), task, None)


@bp.get("/where/<task>/<agency>")
@public
def task_of_agency(task: str, agency: str) -> ResponseReturnValue:
    """The answer for a task at the agency that the vendor works for."""
    registry = queries.get_current_registry()
    row = registry.system_of_record(task, clock.today())
    offered = [a.code for a in choices.agencies_to_choose(registry, row)]
    if agency not in offered:
        raise NotFoundError("There is no such answer.")
    return _answer(registry, task, agency)


def _answer(registry: Registry, code: str, agency: str | None) -> ResponseReturnValue:
    found = registry.tasks.get(code)
    if found is None or not found.listed:
        raise NotFoundError("There is no such task.")
    today = clock.today()
    asked, fault = _asked_day(today)
    row = registry.system_of_record(code, asked)
    offered = choices.agencies_to_choose(registry, row)
    endpoint = "where.task_of_agency" if agency else "where.task"
    place: dict[str, Any] = {"task": code} | ({"agency": agency} if agency else {})
    return render_template(
        "front/where_answer.html",
        task=found,
        day=asked,
        today=today,
        fault=fault,
        row=row,
        answer=row and answer_words.of_row(row, registry, agency, asked),
        proven=row is not None and answer_words.is_proven(row),
        wrong=answer_words.wrong_ways(row, registry, agency, asked) if row else [],
        agency=registry.agencies[agency].label_on(asked) if agency else None,
        offered=sorted((a.label_on(asked), a.code) for a in offered) if not agency else [],
        kin=choices.list_kin(registry, code),
        here=url_for(endpoint, **place),
        address=public_address(endpoint, **place),
        loaded_at=queries.get_loaded_at(registry.revision),
    )


def _asked_day(today: date) -> tuple[date, str | None]:
    """The day that is asked for, or today and what is wrong with it."""
    text = request.args.get("on", "")
    if not text:
        return today, None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        return today, _(
            "We could not read that day. Please write it like 2016-03-14. Below is "
            "what is right today."
        )
    return day, None


@bp.get("/sitemap.xml")
@public
def sitemap() -> ResponseReturnValue:
    """The address of every answer, for search engines."""
    registry = queries.get_current_registry()
    addresses = [public_address("where.first_question")]
    addresses += [
        public_address("where.second_question", word=word)
        for word in choices.list_choices(registry)
    ]
    for found in registry.tasks.values():
        row = registry.system_of_record(found.code, clock.today())
        if not found.listed or row is None:
            continue
        addresses.append(public_address("where.task", task=found.code))
        addresses += [
            public_address("where.task_of_agency", task=found.code, agency=agency.code)
            for agency in choices.agencies_to_choose(registry, row)
        ]
    page = render_template(
        "front/sitemap.xml",
        addresses=addresses,
        changed_on=queries.get_loaded_at(registry.revision).date(),
    )
    return _plain(page, "application/xml")


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """What search engines may read."""
    page = render_template("front/robots.txt", sitemap=public_address("where.sitemap"))
    return _plain(page, "text/plain")


def _plain(text: str, mimetype: str) -> Response:
    response = make_response(text)
    response.mimetype = mimetype
    return response
