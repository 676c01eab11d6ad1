"""What every form shares: CSRF, a submission id, and texts that can be stored."""

import unicodedata
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, ValidationError

LONGEST_TEXT = 20_000


def tidy_text(value: object) -> str:
    """A text as it is kept: Unix line ends, no space around it, composed characters (NFC)."""
    text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).strip()


def tidy_line(value: object) -> str:
    """A one-line entry as it is kept: single spaces, none around it, composed characters."""
    return " ".join(tidy_text(value).split(" ")).strip()


class Storable:
    """Refuses characters that cannot be kept: control characters, and bytes that arrived broken."""

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Raise ValidationError with a plain message."""
        text = field.data or ""
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
            # Taken out of what comes back, so that sending again works.
            field.data = "".join(
                c for c in text if unicodedata.category(c) not in ("Cc", "Cs") or c in "\n\t"
            )
            raise ValidationError(
                gettext(
                    "There were invisible characters that we cannot keep. We took them out: "
                    "please look and send again."
                )
            )
        if "\ufffd" in text:
            raise ValidationError(
                gettext("Some characters arrived broken and show as �. Please correct them.")
            )


class SubmissionForm(FlaskForm):  # type: ignore[misc]
    """A form that may arrive twice and is carried out once."""

    submission = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self.submission_id = UUID(self.submission.data)
        except (TypeError, ValueError):
            self.submission_id = uuid4()
        self.submission.data = str(self.submission_id)

    @property
    def refused_status(self) -> int:
        """400 for a stale page, 413 for a file that is too large, otherwise 422."""
        if "csrf_token" in self.errors:
            return 400
        return 413 if getattr(self, "files_too_large", False) else 422

    @property
    def stale_message(self) -> str | None:
        """What to say when the CSRF token did not fit."""
        if "csrf_token" not in self.errors:
            return None
        return str(
            gettext(
                "For your safety this page had expired. What you typed is still here: "
                "please send it again."
            )
        )
