"""Forms that carry a rule book that is not saved. It is checked anew whenever it arrives."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, IntegerField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from app.core.forms import Storable, SubmissionForm, tidy_line
from app.routing import editing
from app.routing.rules import (
    RuleBook,
    RuleBookError,
    rule_book_from_document,
    rule_book_to_document,
)

_LEAST = "least_"


class DraftForm(SubmissionForm):
    """A rule book that is not saved, and the number of the version that it was begun with."""

    draft = HiddenField()
    based_on = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = self._read_book() or RuleBook()

    def _read_book(self) -> RuleBook | None:
        try:
            document = json.loads(self.draft.data or "")
            return rule_book_from_document(document) if isinstance(document, dict) else None
        except (ValueError, RuleBookError, RecursionError):
            return None

    def carry(self, book: RuleBook, based_on: int | None) -> None:
        """Put a draft into the form."""
        self.book = book
        self.draft.data = json.dumps(rule_book_to_document(book), separators=(",", ":"))
        self.based_on.data = str(based_on or "")

    @property
    def base(self) -> int | None:
        """The number of the version that the draft was begun with."""
        found = re.fullmatch(r"[0-9]{1,9}", self.based_on.data or "")
        return int(found[0]) if found else None

    def validate_draft(self, _field: Field) -> None:
        """What arrived must still be a rule book."""
        if self._read_book() is None:
            raise ValidationError(gettext("The draft arrived damaged. Please begin again."))


class SaveForm(DraftForm):
    """A draft, and what is new in it, for the list of versions."""

    note = StringField(
        _("What is new?"),
        description=_("Other leads read it in the list of versions."),
        filters=[tidy_line],
        validators=[
            DataRequired(_("Please say in a few words what is new.")),
            Storable(),
            Length(max=200, message=_("Please keep it under 200 characters.")),
        ],
    )

    def suggest(self, note: str) -> None:
        """Offer a note where none was written yet."""
        if not self.note.data and not self.note.errors:
            self.note.data = note


class LeastForm(DraftForm):
    """For each queue the confidence below which a person decides. `least_form` makes one."""

    @property
    def changed_book(self) -> RuleBook:
        """The draft with what was entered; what is left empty is as usual."""
        before, least = self.book.least_confidence, {}
        for name, field in self._fields.items():
            if not name.startswith(_LEAST) or field.data is None:
                continue
            code = name.removeprefix(_LEAST)
            least[code] = keep_or_set(before.get(code), field.data)
        return editing.set_least_confidence(self.book, least)

    def show(self, draft: DraftForm) -> None:
        """Put a draft into the form, and its confidences into the fields."""
        self.carry(draft.book, draft.base)
        for name, field in self._fields.items():
            share = self.book.least_confidence.get(name.removeprefix(_LEAST))
            if name.startswith(_LEAST) and share is not None:
                field.data = round(share * 100)


def least_form(desks: Mapping[str, str], **kwargs: Any) -> LeastForm:
    """The form with a field for each queue, labelled with its name."""
    fields = {
        f"{_LEAST}{code}": IntegerField(
            name,
            validators=[
                Optional(),
                NumberRange(0, 100, _("Please enter a number from 0 to 100, or nothing.")),
            ],
        )
        for code, name in desks.items()
    }
    made: type[LeastForm] = type("LeastFormOfQueues", (LeastForm,), fields)
    return made(**kwargs)


def keep_or_set(share: float | None, percent: int) -> float:
    """A percentage as a share of one; the one that was there where it shows as the same."""
    return share if share is not None and round(share * 100) == percent else percent / 100
