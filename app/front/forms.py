"""Forms of the two public doors."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any, cast

from email_validator import EmailNotValidError, validate_email
from flask import Response, after_this_request
from flask_babel import format_timedelta, gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.core import clock
from app.core.forms import LONGEST_TEXT, Storable, SubmissionForm, tidy_line, tidy_text
from app.core.identifiers import submission_hash
from app.core.security_headers import allow_own_scripts
from app.files.uploads import MAX_FILES, CappedUpload
from app.front import floods
from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.routing.model import Facts
from app.tickets import queries as tickets
from app.tips import queries as tips
from app.vault import receipts

MEBIBYTE = 1024 * 1024
Validator = Callable[[Any, Field], None]
LONGEST_CONTACT = 500
TOPICS_FOR_TIPS = ("wrongdoing", "retaliation", "agency_bounce", "payment_late", "solicitation")
MANY_SECONDS = 120
"""From here on a wait is said in minutes."""


class NoReceipt:
    """Refuses what looks like a receipt: the words are the source's alone, and open the mailbox."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Take it out of what comes back, so that it does not stand in the page again."""
        struck = receipts.strike(field.data or "")
        if struck == field.data:
            return
        field.data = struck
        raise ValidationError(
            gettext(
                "This looks like the words of a receipt. They are only for you, so we took them "
                "out and kept nothing. Please look at the place marked […] and send again."
            )
        )


def _text(
    label: str, hint: str, *, missing: str, checks: Sequence[Validator] = ()
) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy_text],
        validators=[
            DataRequired(missing),
            Storable(),
            Length(max=LONGEST_TEXT, message=_("Please keep it under 20,000 characters.")),
            *checks,
        ],
    )


def _line(
    label: str,
    longest: int,
    *,
    missing: str | None = None,
    hint: str = "",
    autocomplete: str,
    checks: Sequence[Validator] = (),
) -> StringField:
    return StringField(
        label,
        description=hint,
        filters=[tidy_line],
        render_kw={"autocomplete": autocomplete},
        validators=[
            DataRequired(missing) if missing else Optional(),
            Storable(),
            Length(max=longest, message=_("Please keep it shorter.")),
            *checks,
        ],
    )


def _choice(label: str, hint: str = "") -> SelectField:
    """A choice that may be left out; the choices are set when the form is made."""
    return SelectField(label, description=hint, default="")


class MailAddress:
    """Refuses what cannot be a mail address; nothing is looked up on the network."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Keep the address in its normal form."""
        if not field.data:
            return
        try:
            field.data = validate_email(field.data, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValidationError(
                gettext("This does not look like a mail address, such as name@company.com.")
            ) from None


def _files(hint: str) -> MultipleFileField:
    return MultipleFileField(_("Files"), description=hint)


def chosen_files(field: MultipleFileField) -> list[tuple[str, CappedUpload]]:
    """Names and contents of the chosen files; browsers send an empty one for none."""
    chosen = [f for f in field.data or () if isinstance(f, FileStorage) and f.filename]
    return [(f.filename or "", cast("CappedUpload", f.stream)) for f in chosen]


class FilesForm(SubmissionForm):
    """A form that takes files."""

    files = _files("")
    files_too_large = False

    @property
    def uploads(self) -> list[tuple[str, CappedUpload]]:
        """Names and contents of the chosen files."""
        return chosen_files(self.files)

    @property
    def all_uploads(self) -> list[tuple[str, CappedUpload]]:
        """Those of every field that takes files."""
        return self.uploads

    def validate_files(self, _field: Field) -> None:
        """At most five files, none over the limit."""
        if len(self.all_uploads) > MAX_FILES:
            raise ValidationError(gettext("You can send up to 5 files. Please choose again."))
        large = [(name, upload) for name, upload in self.all_uploads if upload.too_large]
        if large:
            self.files_too_large = True
            raise ValidationError(
                gettext(
                    "%(name)s is larger than %(limit)d MB. Please choose your files again.",
                    name=large[0][0],
                    limit=large[0][1].limit // MEBIBYTE,
                )
            )


class DoorForm(SubmissionForm):
    """A form of a public door: while many arrive at once it carries a place in line.

    Valid is what can be kept and may be sent now. A page shows `hidden(form)` and
    `form_errors(form)` of macros.html, and answers with `refused_status`: that is all.
    """

    door = ""
    flood_pass = HiddenField()
    flood_work = HiddenField()
    wait = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if floods.read(self.door, self.submission_id, self.flood_pass.data) is None:
            self.flood_pass.data = floods.issue(self.door, self.submission_id)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what was entered, then whether it is this form's turn."""
        if not super().validate(extra_validators):
            return False
        worked = self._is_worked()
        self.wait = 0 if worked else self._seconds_in_line()
        self.wait = self.wait or floods.take(self.door, worked=worked)
        if self.wait and not self._is_filed():
            self._ask_to_wait()
            return False
        return True

    def offer_work(self) -> floods.Puzzle | None:
        """The work that saves a wait, and leave for our script to run; None: there is no wait."""
        if not (self.wait or self._seconds_in_line()) or self._is_worked():
            return None
        allow_own_scripts()
        return floods.puzzle(self.door, self.submission_id)

    @property
    def refused_status(self) -> int:
        """429 while there is a line; a server that is only busy is not a broken one (503)."""
        return 429 if self.wait else super().refused_status

    def _seconds_in_line(self) -> int:
        moment = floods.read(self.door, self.submission_id, self.flood_pass.data)
        return floods.seconds_until(moment or 0)

    def _is_worked(self) -> bool:
        return floods.is_worked(self.door, self.submission_id, self.flood_work.data)

    def _is_filed(self) -> bool:
        """Tell whether this form was taken before: a double click waits for nothing."""
        submission = submission_hash(self.submission_id)
        return bool(
            tips.find_tip_by_submission(submission) or tickets.find_ticket_by_submission(submission)
        )

    def _ask_to_wait(self) -> None:
        wait = self.wait
        minutes = timedelta(minutes=-(-wait // 60))
        words = format_timedelta(
            timedelta(seconds=wait) if wait < MANY_SECONDS else minutes,
            granularity="second",
            threshold=MANY_SECONDS / 60,
        )
        self.form_errors = [
            gettext(
                "Many reports are arriving at once. What you typed is still here: please press "
                "send again in %(time)s.",
                time=words,
            )
        ]
        if getattr(self, "uploads", ()):
            self.form_errors.append(gettext("Please choose your files again before you do."))

        @after_this_request
        def retry_after(answer: Response) -> Response:
            answer.headers["Retry-After"] = str(wait)
            return answer


class TicketForm(FilesForm, DoorForm):
    """What a vendor enters at the help desk."""

    door = "help"
    task = _choice(_("What were you trying to do?"))
    system = _choice(_("Which system is it about?"), _("If you know. We find out if you don't."))
    text = _text(
        _("What happened?"),
        _("In your own words: what you tried, what you were told, and by whom."),
        missing=_("Please tell us what happened."),
    )
    told_by = _choice(_("Did an office send you somewhere else? Which one?"))
    told_system = _choice(_("Where did it send you?"))
    company = _line(
        _("Company"),
        200,
        missing=_("Please give the name of your company."),
        autocomplete="organization",
    )
    name = _line(_("Your name"), 120, missing=_("Please give your name."), autocomplete="name")
    mail = _line(
        _("Mail address"),
        254,
        missing=_("Please give a mail address, so that we can answer."),
        autocomplete="email",
        checks=[MailAddress()],
    )
    phone = _line(
        _("Phone"), 40, hint=_("Only if you would like to be called."), autocomplete="tel"
    )
    files = _files(_("Up to 5 files of 20 MB each: letters, screenshots, forms."))
    protect = BooleanField(
        _("Protect my name and my company"),
        description=_(
            "If you fear for your next contract. It becomes a confidential tip: nobody at the desk "
            "learns who you are, and you come back with seven words instead of by mail."
        ),
    )

    def __init__(self, registry: Registry, *, identity: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not identity:  # nobody could guard it
            del self.protect
        tasks = sorted(
            (task for task in registry.tasks.values() if task.listed), key=lambda t: t.name
        )
        systems = sorted((s.name, s.code) for s in registry.systems.values())
        offices = sorted((a.label_on(clock.today()), a.code) for a in registry.agencies.values())
        self.task.choices = [("", _("Something else"))] + [(t.code, t.name) for t in tasks]
        self.system.choices = [("", _("I don't know, or another one"))]
        self.system.choices += [(code, name) for name, code in systems]
        self.told_by.choices = [("", _("No office did, or I don't know"))]
        self.told_by.choices += [(code, name) for name, code in offices]
        self.told_system.choices = [("", _("Nowhere, or somewhere else"))]
        self.told_system.choices += [(code, name) for name, code in systems]

    @property
    def facts(self) -> Facts:
        """The registry codes that were chosen."""
        return Facts(
            task=self.task.data or None,
            system=self.system.data or None,
            told_by=self.told_by.data or None,
            told_system=self.told_system.data or None,
        )


class MessageForm(SubmissionForm):
    """A further message of a requester. `aware`: they have seen that there is the tip line."""

    aware = HiddenField()
    text = _text(_("Your message"), "", missing=_("Please write something first."))


class SolvedForm(SubmissionForm):
    """The button with which a requester says that the instant answer was enough."""


class AdditionForm(FilesForm):
    """What a source adds to a tip."""

    text = _text(
        _("Your message"),
        "",
        missing=_("Please write something first."),
        checks=[NoReceipt()],
    )
    files = _files(_("Up to 5 files of 200 MB each."))


class IdentityForm(SubmissionForm):
    """How a source can be reached, given later."""

    contact = _line(
        _("How can you be reached?"),
        LONGEST_CONTACT,
        missing=_("Please write how you can be reached."),
        hint=_("A name, a phone number, a mail address, or a way that you choose."),
        autocomplete="off",
        checks=[NoReceipt()],
    )


class TipForm(FilesForm, DoorForm):
    """What a source enters at the tip line."""

    door = "tip"
    text = _text(
        _("What do you want to tell us?"),
        _(
            "What happened, who was involved, when, and how you know. Leave out what could only "
            "come from you."
        ),
        missing=_("Please write something first."),
        checks=[NoReceipt()],
    )
    topic = _choice(_("What is it about?"), _("Only if you wish."))
    contact = _line(
        _("How can you be reached?"),
        LONGEST_CONTACT,
        hint=_(
            "Only if you wish; you can also say it later, or take it back. Encrypted apart from "
            "your tip: custodians alone can open it, and decide who may see it."
        ),
        autocomplete="off",
        checks=[NoReceipt()],
    )
    files = _files(
        _(
            "Up to 5 files of 200 MB each. Photos and documents can tell who made them: the office "
            "is warned, and gets a copy without that where we can make one."
        )
    )
    hidden_from = SelectMultipleField(
        _("Who must not see this?"),
        description=_("Only if you wish: offices whose own people it is about."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, registry: Registry, *, identity: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not identity:  # nobody could guard it
            del self.contact
        desks = [(a.code, a.label_on(clock.today())) for a in registry.agencies.values() if a.desk]
        self.hidden_from.choices = sorted(
            [*desks, (GENERAL_TRIAGE, gettext("General triage"))], key=itemgetter(1)
        )
        self.topic.choices = [("", _("I'd rather not say"))]
        self.topic.choices += [
            (code, registry.topics[code].name)
            for code in TOPICS_FOR_TIPS
            if code in registry.topics
        ]


class ReceiptForm(SubmissionForm):
    """The words of a receipt. They never come back in a page."""

    receipt = StringField(
        _("The seven words of your receipt"),
        filters=[tidy_line],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
        validators=[
            DataRequired(_("Please enter the words of your receipt.")),
            Storable(),
            Length(max=200, message=_("A receipt has seven words.")),
        ],
    )

    def forget(self) -> None:
        """Drop what was entered."""
        self.receipt.data = ""


class DeleteForm(SubmissionForm):
    """A source is sure that the conversation shall be gone."""

    sure = BooleanField(
        _("I am sure. I know that nobody can bring it back."),
        validators=[DataRequired(_("Please tick the box if you are sure."))],
    )


class ProtectForm(SubmissionForm):
    """The wish that a ticket becomes a tip."""

    sure = BooleanField(
        _("Yes, delete what names me here and make it a tip"),
        validators=[
            DataRequired(_("Please tick this box, so that it does not happen by mistake."))
        ],
    )
