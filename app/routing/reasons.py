"""The sentences of reasons. Keys are kept with decisions; the words may be improved any time."""

from app.routing.model import Reason


def _(sentence: str) -> str:
    """Mark a sentence for translation."""
    return sentence


SENTENCES = {
    "chosen-task": _("You chose “%(task)s” in the form."),
    "found-task": _("The text is about “%(task)s”."),
    "served-by": _("“%(task)s” is done in %(place)s, which %(agency)s runs."),
    "served-by-office": _("“%(task)s” is done by %(agency)s: %(place)s."),
    "named-system": _("%(system)s is named, which %(agency)s runs."),
    "retired-system": _("%(system)s was retired on %(date)s; %(successor)s took its place."),
    "named-agency": _("%(agency)s is named."),
    "rule": _("%(because)s"),
    "not-to-accused": _(
        "Wrongdoing is alleged, and %(agency)s is named: an independent office gets it."
    ),
    "hidden": _("General triage was shut out: an independent office gets it."),
    "learned": _("Issues like this one went to this desk before (%(percent)s %% sure)."),
    "unsure": _("The router is not sure enough, so a person decides. It thought of this:"),
    "language": _("This is written in %(language)s: a person who reads it decides."),
    "unclear": _(
        "No office, system or task could be made out with certainty. A person has to read it: "
        "what does the writer want to get done?"
    ),
    "to-retired": _("%(to)s has been out of use since %(date)s, so nobody should be sent there."),
    "to-right": _("“%(task)s” is done in %(to)s."),
    "to-wrong": _("“%(task)s” is done in %(right)s, not in %(to)s."),
    "to-independent": _("%(to)s looks into wrongdoing."),
    "to-accused": _("Nobody should be sent to %(to)s with an allegation about it."),
    "to-unknown": _("The registry has no row that proves this right or wrong."),
}


def sentence(reason: Reason) -> str:
    """The reason in English; pages translate the template and fill it the same way."""
    return SENTENCES[reason.key] % reason.values
