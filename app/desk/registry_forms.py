"""Forms for one row of the registry, one class for each kind, with typed fields."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from app.core.forms import Storable, SubmissionForm, tidy_line
from app.desk.registry_fields import CodesField, NameForm, day, line, lines, plain
from app.registry.catalogue import Confidence, Registry
from app.registry.faults import Fault
from app.registry.file import document_checksum


class WhyForm(SubmissionForm):
    """Why the registry changes, and on top of which revision.

    `seen` is the checksum of what the last preview showed: only that is saved.
    """

    seen = HiddenField()
    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    why = StringField(
        _("Why do you change it?"),
        filters=[tidy_line],
        validators=[
            DataRequired(_("Please say why: the history keeps it.")),
            Storable(),
            Length(max=200, message=_("Please keep it shorter.")),
        ],
    )

    def has_seen(self, document: dict[str, Any]) -> bool:
        """True when the last preview showed this registry; now this one counts as shown."""
        before, self.seen.data = self.seen.data, document_checksum(document)
        return bool(before == self.seen.data)


class RowForm(WhyForm):
    """One row. `columns` are the fields of the row, `optional` those that may stay empty."""

    columns: ClassVar[tuple[str, ...]] = ()
    optional: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, registry: Registry, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offer(registry)

    def offer(self, registry: Registry) -> None:
        """Fill in what can be chosen."""

    def row(self) -> dict[str, Any]:
        """The row as it stands in a document; what is empty is left out."""
        found = {name: plain(self[name]) for name in self.columns if name in self}
        return {name: value for name, value in found.items() if value not in ("", None, [])}

    def attach(self, faults: Iterable[Fault], section: str, index: int) -> None:
        """Put each fault beside its field, or above the form when it is of another row."""
        for fault in faults:
            here = (fault.section, fault.index) == (section, index)
            if here and fault.field in self._fields:
                words = f"{fault.words[:1].upper()}{fault.words[1:]}."
                field = self[fault.field]
                field.errors = [*field.errors, words]
            else:
                self.form_errors.append(str(fault))


def _owners(registry: Registry) -> list[tuple[str, str]]:
    return [(agency.code, agency.acronym) for agency in registry.agencies.values()]


def _systems(registry: Registry) -> list[tuple[str, str]]:
    return [(system.code, system.name) for system in registry.systems.values()]


_CODE = _("Small letters, digits and hyphens. It stays as it is for ever.")
_SOURCES = _("Where it is written: a law, or an address on the web. One a line.")


class AgencyForm(RowForm):
    """An agency."""

    columns = (
        *("code", "acronym", "names", "aliases", "desk", "independent", "central", "sources"),
    )
    optional = frozenset({"aliases"})

    code = line(_("Code"), _CODE)
    acronym = line(_("Short name"))
    names = FieldList(FormField(NameForm), label=_("Names"), min_entries=1)
    aliases = lines(_("Also called"), _("Misspellings too. One a line."))
    desk = BooleanField(_("It has a desk here"))
    independent = BooleanField(_("It looks into other agencies"))
    central = BooleanField(_("It serves or oversees the others: vendors seldom sell to it"))
    sources = lines(_("Sources"), _SOURCES)


class SystemForm(RowForm):
    """A system."""

    columns = (
        *("code", "name", "owner", "launched_on", "retired_on", "successor", "aliases", "help"),
        "sources",
    )
    optional = frozenset({"launched_on", "retired_on", "aliases", "help"})

    code = line(_("Code"), _CODE)
    name = line(_("Name"))
    owner = SelectField(_("Agency that runs it"))
    launched_on = day(_("First day"))
    retired_on = day(_("Last day"), _("Empty while it is in use."))
    successor = SelectField(_("What came after it"))
    aliases = lines(_("Also called"), _("Misspellings too. One a line."), rows=6)
    help = line(_("Where its users get help"))
    sources = lines(_("Sources"), _SOURCES)

    def offer(self, registry: Registry) -> None:
        """Agencies and systems."""
        self.owner.choices = _owners(registry)
        self.successor.choices = [("", _("nothing")), *_systems(registry)]


class TopicForm(RowForm):
    """A topic."""

    columns = ("code", "name", "phrases", "hints", "innocent")
    optional = frozenset({"phrases", "hints", "innocent"})

    code = line(_("Code"), _CODE)
    name = line(_("Name"))
    phrases = lines(_("Phrases that show it"), rows=12)
    hints = lines(_("Phrases of which two together show it"))
    innocent = lines(_("Phrases in which its words mean something else"))


class TaskForm(RowForm):
    """A task."""

    columns = ("code", "name", "done", "topic", "phrases", "refines", "needs_system", "listed")
    optional = frozenset({"done", "phrases", "refines"})

    code = line(_("Code"), _CODE)
    name = line(_("Name"), _("As a vendor would say it."))
    done = line(
        _("What is done, as an answer begins"),
        _("Goes on with “in PASSPort”: companies register to do business with the city."),
    )
    topic = SelectField(_("Topic"))
    phrases = lines(_("Phrases that show it"), rows=12)
    refines = CodesField(_("Vaguer tasks that it takes the place of"))
    needs_system = BooleanField(_("Meant only where its system is named, or none is"))
    listed = BooleanField(_("Offered to vendors to choose from"), default=True)

    def offer(self, registry: Registry) -> None:
        """Topics, and other tasks."""
        self.refines.choices = [(task.code, task.name) for task in registry.tasks.values()]
        self.topic.choices = [(topic.code, topic.name) for topic in registry.topics.values()]


class RecordForm(RowForm):
    """A system of record."""

    columns = (
        *("task", "system", "place", "owner", "contact", "valid_from", "valid_to", "wrong"),
        *("also", "wrong_agencies", "maybe", "buyer_too", "gap_before", "outside_life"),
        *("confidence", "note", "reference", "sources"),
    )
    optional = frozenset(columns) - {"task", "system", "owner", "confidence", "sources"}

    task = SelectField(_("Task"))
    system = SelectField(_("System that serves it"))
    place = line(_("Or another place"), _("Where no system serves it: an office, a letter."))
    owner = SelectField(_("Office"))
    contact = line(_("Whom to ask"))
    valid_from = day(_("First day"), _("Empty when it is not known."))
    valid_to = day(_("Last day"), _("Empty while it is in force."))
    wrong = CodesField(_("Systems to which people are sent by mistake"))
    also = CodesField(_("Further systems that serve it too"))
    wrong_agencies = CodesField(_("Offices to which people are sent by mistake"))
    maybe = CodesField(_("Offices that may be right, or not"))
    buyer_too = BooleanField(_("The agency of the contract serves it as well"))
    gap_before = line(_("Why no row comes right before it"))
    outside_life = line(_("Why its days go beyond those of the system"))
    confidence = SelectField(
        _("How sure"),
        description=_("Only what is high is told to vendors as proven."),
    )
    note = line(_("Note"))
    reference = line(_("Reference"))
    sources = lines(_("Sources"), _SOURCES)

    def offer(self, registry: Registry) -> None:
        """Tasks, systems and agencies."""
        self.task.choices = [(task.code, task.name) for task in registry.tasks.values()]
        self.system.choices = [("", _("none")), *_systems(registry)]
        self.owner.choices = [("", _("the agency of the contract")), *_owners(registry)]
        self.confidence.choices = [(level.value, level.value) for level in Confidence]
        self.wrong.choices = self.also.choices = _systems(registry)
        self.wrong_agencies.choices = self.maybe.choices = _owners(registry)


FORMS: dict[str, type[RowForm]] = {
    "system_of_record": RecordForm,
    "agency": AgencyForm,
    "system": SystemForm,
    "task": TaskForm,
    "topic": TopicForm,
}


def form_data(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a document as what the fields of its form begin with."""
    data: dict[str, Any] = dict(row)
    for name in ("aliases", "sources", "phrases", "hints", "innocent"):
        if name in data:
            data[name] = "\n".join(data[name])
    for name in ("valid_from", "valid_to", "launched_on", "retired_on"):
        if name in data:
            data[name] = date.fromisoformat(data[name])
    if "names" in data:
        data["names"] = [*(form_data(dated) for dated in data["names"]), {}]
    return data
