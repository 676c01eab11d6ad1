"""RQ doors into learning."""

import logging
from zoneinfo import ZoneInfo

from flask import current_app

from app.core import background, clock
from app.core.errors import RefusedError
from app.learning import service

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
