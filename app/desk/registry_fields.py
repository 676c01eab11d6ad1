"""Fields of the registry's forms: lines, days, boxes to tick, dated names."""

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    FieldList,
    Form,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.forms import Storable, tidy_line, tidy_text


class LinesField(TextAreaField):  # type: ignore[misc]
    """A list of texts, one a line."""

    @property
    def entries(self) -> list[str]:
        """The lines that say something."""
        tidied = [tidy_line(text) for text in str(self.data or "").splitlines()]
        return [text for text in tidied if text]


class DayField(DateField):  # type: ignore[misc]
    """A day, or none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day; say in plain words what is wanted."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(gettext("Please enter a day such as 2026-06-02.")) from None


class CodesField(SelectMultipleField):  # type: ignore[misc]
    """Some of many, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def line(label: str, description: str = "") -> StringField:
    """A field of one line."""
    return StringField(label, filters=[tidy_line], validators=[Storable()], description=description)


def lines(label: str, description: str = "", rows: int = 3) -> LinesField:
    """A field of one entry a line."""
    hint = description or _("One a line.")
    return LinesField(
        label,
        filters=[tidy_text],
        validators=[Storable()],
        description=hint,
        render_kw={"rows": rows},
    )


def day(label: str, description: str = "") -> DayField:
    """A field for a day that may stay empty."""
    return DayField(label, validators=[Optional()], description=description)


def plain(field: Any) -> Any:
    """What a field says, as it stands in a document."""
    match field:
        case LinesField():
            return field.entries
        case CodesField():
            kept = [code for code in field.object_data or [] if code in field.data]
            return kept + [code for code in field.data if code not in kept]
        case FieldList():
            return [row for part in field if (row := part.form.row())]
    return field.data.isoformat() if isinstance(field.data, date) else field.data


class NameForm(Form):  # type: ignore[misc]
    """One dated name of an agency; an empty one is none."""

    name = line(_("Name"))
    valid_from = day(_("From"))
    valid_to = day(_("To"))
    gap_before = line(_("Why there is a gap before it"))

    def row(self) -> dict[str, Any]:
        """The name as it stands in a document."""
        found = {field.short_name: plain(field) for field in self}
        return {name: value for name, value in found.items() if value}
