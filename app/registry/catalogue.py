"""What the registry knows, as plain data: agencies, systems, tasks, systems of record.

Pure: no database, no request, no clock. Codes are short lower-case words and the same
everywhere: in tables, addresses and the registry file.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

GENERAL_TRIAGE = "general-triage"
"""Code of the queue for what is not clear; the only one without an agency."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]+$")]


class Confidence(StrEnum):
    """How well a row is known. Only rows of high confidence are told to vendors as proven."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Row(BaseModel):
    """A row of a checked document: frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatedName(Row):
    """A name and the days on which it holds; both ends belong to it, None is open.

    `gap_before`: why no name holds on the days between the one before and this one.
    """

    name: Words
    valid_from: date | None = None
    valid_to: date | None = None
    gap_before: Words | None = None


class Agency(Row):
    """A body of the city. `desk`: it has a queue. `independent`: it looks into others.

    `central`: it serves or oversees the others, so that a vendor who names it beside another
    agency did not sell to it.
    """

    code: Code
    acronym: Words
    names: tuple[DatedName, ...] = Field(min_length=1)
    aliases: tuple[Words, ...] = ()
    desk: bool = False
    independent: bool = False
    central: bool = False
    sources: tuple[Words, ...] = Field(min_length=1)

    def name_on(self, day: date) -> str:
        """The name on a day; the last one when none is known for it."""
        for dated in self.names:
            if (dated.valid_from or day) <= day <= (dated.valid_to or day):
                return dated.name
        return self.names[-1].name

    def label_on(self, day: date) -> str:
        """Name and acronym, as a vendor would look for it."""
        name = self.name_on(day)
        return name if self.acronym in name else f"{name} ({self.acronym})"


class System(Row):
    """A vendor-facing system. `aliases` are what people call it, misspellings included."""

    code: Code
    name: Words
    owner: Code
    launched_on: date | None = None
    retired_on: date | None = None
    successor: Code | None = None
    aliases: tuple[Words, ...] = ()
    help: Words | None = None
    sources: tuple[Words, ...] = Field(min_length=1)

    def is_retired(self, day: date) -> bool:
        """True from the day after its last one."""
        return self.retired_on is not None and day > self.retired_on


class Topic(Row):
    """What an issue is about, with the phrases that show it.

    `hints` show it where two different ones stand together; `innocent` are phrases in which its
    words mean something else ("fraud alert").
    """

    code: Code
    name: Words
    phrases: tuple[Words, ...] = ()
    hints: tuple[Words, ...] = ()
    innocent: tuple[Words, ...] = ()


class Task(Row):
    """What a vendor wants done, named as a vendor would. `listed`: offered in the form.

    `refines` are vaguer tasks that it takes the place of where both are found;
    `needs_system`: its phrases mean it only where its system is named, or none is.
    `done` begins the sentence that an answer goes on with "in PASSPort".
    """

    code: Code
    name: Words
    done: Words | None = None
    topic: Code
    phrases: tuple[Words, ...] = ()
    refines: tuple[Code, ...] = ()
    needs_system: bool = False
    listed: bool = True


class SystemOfRecord(Row):
    """The system (or other place) and the office that serve a task from one day to another.

    `owner` empty: the agency that holds the vendor's contract. `also`: further systems that serve
    the task, beside the one of record or the place. `wrong` and `wrong_agencies`: systems and
    offices to which people are sent by mistake; `maybe`: offices of which nothing is proven;
    `buyer_too`: the agency of the contract serves it as well. `gap_before`: why the days between
    the row before and this one are served by none; `outside_life`: why the row's days go beyond
    those of its system. An open beginning is a day that is not known.
    """

    task: Code
    system: Code | None = None
    place: Words | None = None
    owner: Code | None = None
    contact: Words | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    wrong: tuple[Code, ...] = ()
    also: tuple[Code, ...] = ()
    wrong_agencies: tuple[Code, ...] = ()
    maybe: tuple[Code, ...] = ()
    buyer_too: bool = False
    gap_before: Words | None = None
    outside_life: Words | None = None
    confidence: Confidence
    note: Words | None = None
    reference: Words | None = None
    sources: tuple[Words, ...] = Field(min_length=1)


class RegistryDocument(Row):
    """A whole registry as it stands in a file."""

    agency: tuple[Agency, ...]
    system: tuple[System, ...]
    topic: tuple[Topic, ...]
    task: tuple[Task, ...]
    system_of_record: tuple[SystemOfRecord, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """A checked registry, ready to be asked. `revision` is its number in the database."""

    document: RegistryDocument
    revision: int
    agencies: dict[str, Agency] = field(init=False)
    systems: dict[str, System] = field(init=False)
    topics: dict[str, Topic] = field(init=False)
    tasks: dict[str, Task] = field(init=False)

    def __post_init__(self) -> None:
        for name, rows in (
            ("agencies", self.document.agency),
            ("systems", self.document.system),
            ("topics", self.document.topic),
            ("tasks", self.document.task),
        ):
            object.__setattr__(self, name, {row.code: row for row in rows})

    def system_of_record(self, task: str, day: date) -> SystemOfRecord | None:
        """The row that serves a task on a day."""
        for row in self.document.system_of_record:
            if row.task == task and self.first_day(row) <= day <= (row.valid_to or day):
                return row
        return None

    def first_day(self, row: SystemOfRecord) -> date:
        """The first day of a row; where it is not known, the one on which its system began."""
        system = self.systems.get(row.system or "")
        return row.valid_from or (system and system.launched_on) or date.min

    def has_desk(self, agency: str | None) -> bool:
        """True when the agency has a queue."""
        return agency is not None and agency in self.agencies and self.agencies[agency].desk
