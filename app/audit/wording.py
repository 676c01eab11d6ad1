"""What the acts of the audit trail are called on pages."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _

_ACTS = {
    "tickets.file": _("filed"),
    "tickets.route": _("routed"),
    "tickets.requester_message": _("requester wrote"),
    "tickets.deflect": _("solved by the instant answer, says the requester"),
    "tickets.reply": _("reply sent"),
    "tickets.write_note": _("note written"),
    "tickets.change_state": _("state changed"),
    "tickets.move": _("moved"),
    "tickets.send_back": _("sent back"),
    "tickets.accept": _("accepted"),
    "tickets.pin": _("pinned: no more moves"),
    "tickets.escalate": _("not answered in time, leads told"),
    "tickets.change_priority": _("priority changed"),
    "tickets.reveal": _("requester revealed"),
    "tickets.problem_answer": _("answer to a known problem sent"),
    "tickets.link_problem": _("linked to a known problem"),
    "tickets.unlink_problem": _("taken out of a known problem"),
    "problems.propose": _("proposed by the router"),
    "problems.confirm": _("confirmed"),
    "problems.dismiss": _("dismissed"),
    "problems.solve": _("solved"),
    "problems.rename": _("renamed"),
    "problems.merge": _("merged into another"),
    "problems.take_in": _("took in another"),
    "problems.answer": _("answered"),
    "rules.save": _("rules saved"),
    "cases.ask_identity": _("identity asked for"),
    "cases.approve_identity": _("identity opened for one day by a custodian"),
    "cases.refuse_identity": _("identity refused by a custodian"),
    "cases.read_identity": _("identity read"),
    "cases.withdraw_identity": _("identity withdrawn"),
    "cases.expire_identity": _("identity sealed again"),
    "cases.lapse_identity": _("request for the identity lapsed"),
    "cases.open": _("read"),
    "cases.download": _("file downloaded"),
    "cases.reply": _("reply sealed"),
    "cases.write_note": _("note written"),
    "cases.link_ticket": _("ticket linked"),
    "cases.change_state": _("state changed"),
    "cases.assign": _("assigned"),
    "cases.hand_over": _("handed over"),
}


def act_words(act: str) -> str:
    """An act in plain words."""
    return str(_ACTS[act]) if act in _ACTS else gettext("changed")
