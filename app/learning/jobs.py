"""RQ doors into learning."""

import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app

from app.core import background, clock
from app.core.errors import RefusedError
from app.learning import service, teaching
from app.routing import taught
from app.routing.learner import store

log = logging.getLogger(__name__)

NIGHT = range(5)
"""Hours of the city's clock in which a worker has minutes to spare."""


def train_at_night() -> None:
    """Train once a night; run at another hour, or again, it does nothing."""
    here = clock.now().astimezone(ZoneInfo(current_app.config["SETTINGS"].timezone))
    if here.hour not in NIGHT or not background.is_first_on(here.date(), "learning"):
        return
    try:
        service.train()
    except RefusedError:
        log.info("learning.not_trained")


def train_now() -> int:
    """Train at any hour; return the model's number, or raise RefusedError."""
    return service.train().id


def teach(files: Iterable[Path]) -> int:
    """Make the models that come with the program from labelled texts; return how many texts."""
    lessons = [lesson for file in files for lesson in _lessons(file)]
    taught.TASKS.write_bytes(store(teaching.teach_tasks(lessons)))
    taught.TOPICS.write_bytes(store(teaching.teach_topics(lessons)))
    return len(lessons)


def _lessons(file: Path) -> Iterator[teaching.Lesson]:
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        tasks = tuple(case["tasks"]) if "tasks" in case else None
        yield teaching.Lesson(case["text"], tasks, tuple(case["topics"]), file.name)
