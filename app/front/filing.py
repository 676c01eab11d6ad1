"""From the forms of the help desk to what is filed, and the pages in between."""

from collections.abc import Sequence
from dataclasses import replace

from flask import render_template
from flask.typing import ResponseReturnValue

from app.cases import protection
from app.core.errors import RefusedError
from app.core.logging import keep_quiet
from app.files.uploads import CappedUpload
from app.front.forms import MessageForm, TicketForm
from app.front.forms_allegation import AllegationForm
from app.registry import queries as registry
from app.routing import service as routing
from app.routing import wording
from app.routing.allegations import Allegation
from app.routing.answer_words import the
from app.routing.model import Facts
from app.tickets.service import Filing
from app.vault import service as vault

LARGEST_FORM = 256 * 1024 * 1024


def ticket_form() -> TicketForm:
    """The form, filled in with what was sent."""
    return TicketForm(registry.get_current_registry(), identity=vault.has_custodian())


def allegation_form() -> AllegationForm:
    """The form of the page before sending, filled in with what was sent."""
    return AllegationForm(registry.get_current_registry(), identity=vault.has_custodian())


def filing_of(form: TicketForm) -> Filing:
    """What was entered, without its files."""
    return Filing(
        submission=form.submission_id,
        text=form.text.data,
        company=form.company.data,
        name=form.name.data,
        mail=form.mail.data,
        phone=form.phone.data,
        facts=form.facts,
    )


def find_allegation(form: TicketForm) -> Allegation | None:
    """What the text alleges, apart from what it asks."""
    return routing.find_allegation(form.text.data or "", form.facts)


def warns(form: MessageForm) -> bool:
    """Whether a message has to wait until its writer has seen that there is the tip line."""
    if form.aware.data or not routing.find_allegation(form.text.data, Facts()):
        return False
    keep_quiet()
    form.aware.data = "yes"
    return True


def ask_which_way(allegation: Allegation) -> ResponseReturnValue:
    """Show the tip line before anything is sent; the text is in the page alone."""
    keep_quiet()
    form = allegation_form()
    form.help_part.data = allegation.help_part
    form.tip_part.data = allegation.allegation_part
    return ask_again(form, allegation)


def ask_again(form: AllegationForm, allegation: Allegation | None) -> str:
    """The page that shows the tip line, with what was entered in it so far."""
    names = wording.desk_names()
    return render_template(
        "front/allegation.html",
        form=form,
        kept_from=[the(names[code]) for code in allegation.kept_from] if allegation else [],
        dropped=[name for name, _upload in form.all_uploads],
    )


def file_protected(
    form: TicketForm, filing: Filing, uploads: Sequence[tuple[str, CappedUpload]]
) -> ResponseReturnValue:
    """File all of it as a tip and show the receipt."""
    keep_quiet()
    try:
        words = protection.protect(replace(filing, files=()), uploads)
    except RefusedError as error:
        form.text.errors = [str(error)]
        return render_template("front/help.html", form=form), 422
    return render_template("front/receipt.html", words=words)
