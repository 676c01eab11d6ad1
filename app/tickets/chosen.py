"""What was chosen in the form of a ticket, as the router takes it. Pure."""

from typing import Protocol

from app.routing.model import Facts


class Chosen(Protocol):
    """A ticket, or as much of one as the router needs."""

    @property
    def task_code(self) -> str | None:
        """The task."""

    @property
    def system_code(self) -> str | None:
        """The system."""

    @property
    def told_by_code(self) -> str | None:
        """The agency that sent the requester."""

    @property
    def told_system_code(self) -> str | None:
        """The system that they were sent to."""


def facts_of(ticket: Chosen) -> Facts:
    """The facts of a ticket."""
    return Facts(
        task=ticket.task_code,
        system=ticket.system_code,
        told_by=ticket.told_by_code,
        told_system=ticket.told_system_code,
    )
