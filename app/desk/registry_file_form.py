"""The form for a whole registry: pasted, or as a file."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import Field, TextAreaField, ValidationError

from app.core.forms import Storable
from app.desk.registry_forms import WhyForm


def unix_lines(text: object) -> str:
    """A text with Unix line ends, and nothing else about it changed."""
    return str(text or "").replace("\r\n", "\n").replace("\r", "\n")


class RegistryFileForm(WhyForm):
    """A registry as text. A file, when one is sent, takes the place of what is in the box."""

    upload = FileField(_("A file"))
    text = TextAreaField(
        _("Or paste it here"),
        filters=[unix_lines],
        validators=[Storable()],
        render_kw={"rows": 16, "spellcheck": "false", "class": "code"},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.faults: list[str] = []
        self._broken = False
        sent = self.upload.data.read() if self.upload.data else b""
        if sent:
            try:
                self.text.data = unix_lines(sent.decode("utf-8-sig"))
            except UnicodeDecodeError:
                self._broken = True

    def validate_upload(self, _field: Field) -> None:
        """A file has to be text."""
        if self._broken:
            raise ValidationError(gettext("This is not a text in UTF-8. Please look at the file."))

    def validate_text(self, field: Field) -> None:
        """Something has to be there."""
        if not self._broken and not (field.data or "").strip():
            raise ValidationError(gettext("Please choose a file, or paste the registry here."))
