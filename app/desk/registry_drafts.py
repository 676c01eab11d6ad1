"""A change of one row of the registry, before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from app.accounts.models import User
from app.cases.left_behind import refuse_to_leave_behind
from app.core.errors import NotFoundError
from app.desk.registry_forms import FORMS, RowForm, form_data
from app.registry import editing, queries, service
from app.registry.catalogue import Registry
from app.registry.changes import RowChange, list_changes, row_name
from app.registry.faults import RegistryFileError
from app.registry.file import check_registry, registry_to_document
from app.registry.service import OlderRevisionError


@dataclass(slots=True)
class Draft:
    """A form for one row and what saving it would change. `index` is None for a new row.

    `seen`: the page before has shown just this change.
    """

    section: str
    index: int | None
    registry: Registry
    form: RowForm
    title: str
    changes: Sequence[RowChange] | None = None
    removing: bool = False
    seen: bool = False
    document: dict[str, Any] = field(default_factory=dict)
    status: int = 200

    def look(self, step: str) -> bool:
        """Find what would change, or what keeps it from being saved."""
        self.removing = step.endswith("remove")
        if not self.form.validate():
            self.status = self.form.refused_status
            return False
        if self.form.revision.data != self.registry.revision:
            return self._refuse(409, older_words())
        before = registry_to_document(self.registry)
        after, index = self._after(before)
        try:
            checked = check_registry(after, self.registry.revision)
            refuse_to_leave_behind(checked)
        except RegistryFileError as error:
            self.form.attach(error.found, self.section, index)
            return self._refuse(422)
        self.document = registry_to_document(checked)
        self.seen = self.form.has_seen(self.document)
        self.changes = list_changes(before, self.document)
        return True

    def save(self, actor: User) -> Registry | None:
        """Put the change in force; None when somebody else was faster."""
        try:
            return service.change_registry(
                actor, self.document, self.form.why.data, self.form.revision.data
            )
        except OlderRevisionError:
            self._refuse(409, older_words())
            return None

    def _refuse(self, status: int, *words: str) -> bool:
        self.form.form_errors.extend(words)
        self.status = status
        return False

    def _after(self, before: dict[str, Any]) -> tuple[dict[str, Any], int]:
        row = self.form.row()
        if self.index is None:
            return editing.with_new_row(before, self.section, row)
        if self.removing:
            return editing.without_row(before, self.section, self.index), self.index
        old = before[self.section][self.index]
        kept = {name: value for name, value in old.items() if name not in self.form}
        return editing.with_row(before, self.section, self.index, kept | row), self.index


def older_words() -> str:
    """What to say to somebody who looked at an older revision."""
    return str(
        gettext(
            "Somebody else has changed the registry since you opened this page. What you typed "
            "is still here: open the row again in another tab, and carry it over."
        )
    )


def open_draft(section: str, key: str | None, *, sent: bool) -> Draft:
    """The form for a row, or for a new one; raise NotFoundError when there is no such row."""
    registry = queries.get_current_registry()
    section = section.replace("-", "_")
    if section not in FORMS:
        raise NotFoundError("There is no such part of the registry.")
    more: dict[str, Any] = {} if sent else {"formdata": None}
    if key is None:
        more["data"] = {"revision": registry.revision}
        return Draft(section, None, registry, FORMS[section](registry, **more), new_title(section))
    document = registry_to_document(registry)
    index = editing.find_row(document, section, key)
    if index is None:
        raise NotFoundError("There is no such row.")
    row = document[section][index]
    more["data"] = {"revision": registry.revision, **form_data(row)}
    form = FORMS[section](registry, **more)
    if section != editing.RECORDS:
        del form.code
    return Draft(section, index, registry, form, row_name(section, row, document))


def new_title(section: str) -> str:
    """What the page of a new row is called."""
    titles = {
        "system_of_record": gettext("A new system of record"),
        "agency": gettext("A new agency"),
        "system": gettext("A new system"),
        "task": gettext("A new task"),
        "topic": gettext("A new topic"),
    }
    return str(titles[section])
