"""The form of the page between filing and sending, for a text that alleges wrongdoing."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, StopValidation

from app.core.forms import LONGEST_TEXT, Storable, tidy_text
from app.files.uploads import CappedUpload
from app.front.forms import NoReceipt, TicketForm, chosen_files
from app.registry.catalogue import Registry


class Way(StrEnum):
    """What a filer can do with a text that alleges; each is a button."""

    SPLIT = "split"
    TIP = "tip"
    TICKET = "ticket"
    CHANGE = "change"


class _OnlyToSplit:
    """Leaves a field unchecked unless the text is to be split."""

    def __call__(self, form: Any, _field: Any) -> None:
        """Stop without a message."""
        if form.way.data != Way.SPLIT:
            raise StopValidation


def _part(label: str, hint: str, missing: str, *checks: Any) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy_text],
        validators=[
            _OnlyToSplit(),
            DataRequired(missing),
            Storable(),
            Length(max=LONGEST_TEXT, message=_("Please keep it under 20,000 characters.")),
            *checks,
        ],
    )


class AllegationForm(TicketForm):
    """What was entered in the ticket form, its text in two parts, and what to do with it."""

    help_part = _part(
        _("For the desk"),
        _("What you need help with. The staff of a city desk read it, with your company's name."),
        _("Please write what you need help with, or send all of it as a tip."),
    )
    tip_part = _part(
        _("For the tip line"),
        _("What somebody did wrong. Leave out what could only come from you."),
        _("Please write what somebody did wrong, or send all of it as a ticket."),
        NoReceipt(),
    )
    consent = BooleanField(
        _("Yes, send these two parts apart"),
        validators=[
            _OnlyToSplit(),
            DataRequired(_("Please tick this box, so that it does not happen by mistake.")),
        ],
    )
    named = BooleanField(
        _("Seal my name, company and mail address with the tip"),
        description=_("Only custodians could open them, with a reason. Without, nobody can."),
    )
    tip_files = MultipleFileField(_("Files for the tip line"))
    way = StringField(
        validators=[AnyOf([*Way], message=_("Please choose one of the three ways."))],
    )

    def __init__(self, registry: Registry, *, identity: bool, **kwargs: Any) -> None:
        super().__init__(registry, identity=identity, **kwargs)
        self.may_be_named = identity
        self.files.label.text = _("Files for the desk")
        if self.protect:
            del self.protect

    @property
    def tip_uploads(self) -> list[tuple[str, CappedUpload]]:
        """Names and contents of the files for the tip line."""
        return chosen_files(self.tip_files)

    @property
    def all_uploads(self) -> list[tuple[str, CappedUpload]]:
        """Those for the desk, then those for the tip line."""
        return self.uploads + self.tip_uploads
