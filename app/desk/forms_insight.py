"""The months that insight is asked for."""

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, StringField, ValidationError
from wtforms.validators import Optional

from app.core.forms import tidy_line
from app.insight.months import MOST_MONTHS, Span, parse_month


class MonthsForm(Form):  # type: ignore[misc]
    """The first and the last month, in the address; without them, the year up to now."""

    since = StringField(_("From month"), filters=[tidy_line], validators=[Optional()])
    until = StringField(_("To month"), filters=[tidy_line], validators=[Optional()])

    def __init__(self, address: MultiDict[str, str], today: date, **kwargs: Any) -> None:
        usual = Span.of_year_to(today)
        given = MultiDict({name: address.get(name) or "" for name in ("since", "until")})
        given["since"] = given["since"] or f"{usual.first:%Y-%m}"
        given["until"] = given["until"] or f"{usual.last:%Y-%m}"
        super().__init__(given, **kwargs)
        self.span = usual
        if self.validate():
            self.span = Span(parse_month(self.since.data), parse_month(self.until.data))

    def validate_since(self, field: Field) -> None:
        """Refuse what is no month."""
        _require_month(field)

    def validate_until(self, field: Field) -> None:
        """Refuse what is no month, or no month after the first."""
        _require_month(field)
        if self.since.errors:
            return
        span = Span(parse_month(self.since.data), parse_month(field.data))
        if span.last < span.first:
            raise ValidationError(gettext("The last month is before the first one."))
        if span.fault():
            raise ValidationError(
                gettext("Please choose at most %(months)s months.", months=MOST_MONTHS)
            )


def _require_month(field: Field) -> None:
    try:
        parse_month(field.data)
    except ValueError:
        raise ValidationError(gettext("Please enter a month such as 2026-05.")) from None
