"""Decisions about vendors' own kinds of sentences, and what a decision may never do."""

import json
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pytest

from app.cli.bundled import bundled_guide
from app.registry.catalogue import GENERAL_TRIAGE
from app.routing.allegations import find_allegation
from app.routing.decide import decide, may_receive
from app.routing.guide import Guide
from app.routing.lexicon import Kind
from app.routing.model import Candidate, Decision, Facts, Reason, Verdict, decision_to_document
from app.routing.reasons import sentence

DAY = date(2026, 6, 15)
RIGHT, WRONG, UNKNOWN = Verdict.RIGHT, Verdict.MISDIRECTED, Verdict.UNKNOWN


@pytest.fixture(scope="module")
def guide() -> Guide:
    return bundled_guide()


class Case(NamedTuple):
    """A text, the queue that should get it, and the hops it tells."""

    name: str
    text: str
    queue: str
    hops: tuple[tuple[str | None, str | None, str | None, Verdict], ...] = ()


CASES = (
    Case(
        "angry, sent back to the retired system",
        "This is RIDICULOUS!!! We filed our questionnaire in PASSPort and now the Comptroller's "
        "office tells us to do it all over again in VENDEX!!! Which is it???",
        "mocs",
        (("comptroller", "passport", "vendex", WRONG),),
    ),
    Case(
        "angry, unpaid",
        "FOURTEEN MONTHS. DHS has not paid a single invoice since last spring and nobody there "
        "picks up the phone. I am done being polite.",
        "dhs",
    ),
    Case(
        "angry, runaround between two help desks",
        "The PIP help desk told us to call PASSPort support about our bank account. "
        "PASSPort support laughed at us. Fix your mess.",
        "fisa",
        (("fisa", "pip", "passport", WRONG),),
    ),
    Case("terse, sign in", "locked out of PASSPort. help", "mocs"),
    Case("terse, direct deposit", "Need to change EFT.", "fisa"),
    Case("terse, two words", "pip password", "fisa"),
    Case("terse, certification", "MWBE certificate expired, how to renew?", "sbs"),
    Case("terse, records", "FOIL to DSNY, no reply in 3 weeks", "dsny"),
    Case("terse, unclear", "Please call me back.", GENERAL_TRIAGE),
    Case(
        "a newcomer to English, sent the wrong way",
        "Hello, I am owner of small cleaning company. MOCS say me go to Vendex for make the "
        "questionnaire but page not exist. Please what I must do?",
        "mocs",
        (("mocs", None, "vendex", WRONG),),
    ),
    Case(
        "a newcomer to English, tax number",
        "Good day sir, our EIN is change because we make LLC. Where we put the new number for W-9?",
        "fisa",
    ),
    Case(
        "a newcomer to English, unpaid by the parks",
        "We make the job for Parks Department in july and until today they are not pay the "
        "invoice. Two time I write email.",
        "dpr",
    ),
    Case(
        "voice to text, no stops",
        "hi yes um so we were told by the controllers office to register in vendex and I tried "
        "the new system pass port first and it said no so I don't know what to do thanks bye",
        "mocs",
        (("comptroller", None, "vendex", WRONG),),
    ),
    Case(
        "voice to text, direct deposit",
        "hey uh my bank changed and I need to uh change the direct deposit for the city payments "
        "where do I do that",
        "fisa",
    ),
    Case(
        "voice to text, bid",
        "okay so I am trying to submit our bid and the submit button is grey and it's due at two "
        "o'clock today please somebody call me",
        "mocs",
    ),
    Case(
        "e-mail with a signature",
        "Dear Sir or Madam,\n\nour company was instructed by SBS to register in VENDEX before we "
        "can sell to the city. Is that correct?\n\nKind regards,\nM. Alvarez\nAlvarez & Daughters "
        "Paper LLC\n212-555-0137",
        "mocs",
        (("sbs", None, "vendex", WRONG),),
    ),
    Case(
        "e-mail with a signature that names an agency",
        "Hi team,\n\nwhere do I update the principal questionnaire?\n\n--\nJ. Okafor\n"
        "Certified contractor of the School Construction Authority",
        "mocs",
    ),
    Case(
        "e-mail, formal, contract waiting at its agency",
        "To whom it may concern: our DYCD contract is not registered; the Comptroller has "
        "never received it. Yours faithfully, R. Chen",
        "dycd",
    ),
    Case(
        "e-mail, formal, contract at the Comptroller",
        "To whom it may concern: when will our contract be registered by the Comptroller? "
        "Yours faithfully, R. Chen",
        "comptroller",
    ),
    Case("several invoices", "Three unpaid invoices at DCAS since May.", "dcas"),
    Case("several bribes", "Somebody takes bribes for inspections.", "doi"),
    Case(
        "right referral",
        "We were told by MOCS to submit our vendor questionnaire in PASSPort. Is there a deadline?",
        "mocs",
        (("mocs", None, "passport", RIGHT),),
    ),
    Case(
        "right referral to be paid",
        "The Comptroller's office told me to set up direct deposit in PIP. Is that right?",
        "fisa",
        (("comptroller", None, "pip", RIGHT),),
    ),
    Case(
        "denied place",
        "DCAS said to use PASSPort, not VENDEX, for our disclosure questionnaire.",
        "mocs",
        (("dcas", "vendex", "passport", RIGHT),),
    ),
    Case(
        "instead of",
        "We got advised by HRA to use HHS Accelerator instead of PASSPort to submit our budget.",
        "mocs",
        (("hra", "passport", "hhs-accelerator", WRONG),),
    ),
    Case(
        "sent to an office, no task",
        "311 told me to call MOCS.",
        "mocs",
        ((None, None, None, UNKNOWN),),
    ),
    Case(
        "certification in the wrong system",
        "MOCS told us to apply for MWBE certification in PASSPort.",
        "sbs",
        (("mocs", None, "passport", WRONG),),
    ),
    Case(
        "two hops",
        "The DDC told us to register in VENDEX. Then MOCS told us to register in PASSPort.",
        "mocs",
        (("ddc", None, "vendex", WRONG), ("mocs", "vendex", "passport", RIGHT)),
    ),
    Case(
        "retired system without a task",
        "Nobody answers at the Vendex help line any more.",
        "mocs",
    ),
    Case(
        "from one system to the other",
        "We were redirected from PASSPort to Vendex by the comptroller.",
        "mocs",
        (("comptroller", "passport", "vendex", WRONG),),
    ),
    Case(
        "again and again",
        "Comptrollers office keeps telling us to do the questionnaire in Vendex",
        "mocs",
        (("comptroller", None, "vendex", WRONG),),
    ),
    Case("never told", "MOCS never told us to use VENDEX.", "mocs"),
    Case("told by nobody", "Nobody told us that VENDEX was closed.", "mocs"),
    Case("the reporter tells", "I said to MOCS that PASSPort is broken.", "mocs"),
    Case("a mail is sent", "The email was sent to MOCS but we got no answer.", "mocs"),
    Case("small letters", "hra has not paid our invoices", "hra"),
    Case("subcontractors", "Where do we list our subcontractors for the DOT contract?", "fisa"),
    Case("commodity codes", "I want to add commodity codes so that I get notices.", "mocs"),
    Case("purchase order", "The purchase order from our requirements contract is wrong.", "mocs"),
    Case(
        "expenses of an award",
        "Our DYCD discretionary expense report was returned without a comment.",
        "dycd",
    ),
    Case("loan", "Can we get a bridge loan while the budget is stuck?", "mocs"),
    Case(
        "looking for work",
        "I'm a one-woman print shop in Queens looking for bids. Where are bids posted?",
        "dcas",
    ),
    Case(
        "wrongdoing about an agency",
        "A manager at DSNY takes kickbacks from our competitor.",
        "doi",
    ),
    Case("wrongdoing in schools", "The DOE principal steered the contract to his cousin.", "sci"),
    Case(
        "wrongdoing of investigators",
        "Somebody at the Department of Investigation took a bribe to drop our case.",
        "law",
    ),
    Case("retaliation", "I was fired for reporting the fake invoices at HPD.", "doi"),
    Case("an office alone", "I have a matter with the Law Department.", "law"),
    Case("thanks", "Thank you so much for your kind help yesterday!", GENERAL_TRIAGE),
    Case("elsewhere", "my bus was late again on 34th street", GENERAL_TRIAGE),
)


def hops_of(decision: Decision) -> tuple[tuple[str | None, str | None, str | None, Verdict], ...]:
    return tuple((r.told_by, r.from_system, r.to_system, r.verdict) for r in decision.referrals)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_vendors_words_reach_the_right_queue(case: Case, guide: Guide) -> None:
    assert decide(case.text, Facts(), guide, DAY).queue == case.queue


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_vendors_words_tell_who_sent_whom_where(case: Case, guide: Guide) -> None:
    assert hops_of(decide(case.text, Facts(), guide, DAY)) == case.hops


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_decision_is_json_and_its_reasons_are_sentences(case: Case, guide: Guide) -> None:
    decision = decide(case.text, Facts(), guide, DAY)
    document = json.loads(json.dumps(decision_to_document(decision)))
    assert document["queue"] == decision.queue
    assert document["registry_revision"] == guide.registry.revision
    proofs = [referral.proof for referral in decision.referrals]
    assert all(sentence(reason) for reason in (*decision.reasons, *proofs))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_reasons_without_words_keep_none_and_change_nothing_else(case: Case, guide: Guide) -> None:
    decision = decide(case.text, Facts(), guide, DAY)
    bare = decision.without_words()
    assert not any(reason.words for reason in bare.reasons)
    assert not any(referral.proof.words for referral in bare.referrals)
    assert (bare.queue, bare.answers, hops_of(bare)) == (
        decision.queue,
        decision.answers,
        hops_of(decision),
    )
    kept = [r.key for r in decision.reasons if r.key != "not-to-accused"]
    assert [reason.key for reason in bare.reasons] == kept, "nor do they tell whom it accuses"


def test_what_stays_readable_of_a_tip_tells_neither_its_language_nor_how_sure_exactly(
    guide: Guide,
) -> None:
    decision = replace(
        decide("Nobody answers.", Facts(), guide, DAY),
        confidence=0.8374,
        language="ht",
        candidates=(Candidate("mocs", 0.8374),),
        reasons=(
            Reason("language", {"language": "Haitian Creole"}),
            Reason("learned", {"percent": "84"}),
        ),
    )
    bare = decision.without_words()
    assert (bare.language, bare.confidence, bare.candidates[0].confidence) == ("en", 0.8, 0.8)
    assert bare.reasons == (Reason("unclear"), Reason("learned", {"percent": "80"}))


@pytest.mark.parametrize(
    "text",
    [
        "Me pidieron un soborno en DCAS para mantener el contrato que tenemos con la ciudad.",
        "DCAS 的一个官员向我们索要贿赂 否则不给我们合同。我们很害怕 不知道该怎么办。",
        "Чиновник в DCAS требует взятку, иначе нам не дадут новый контракт.",
        "DCAS의 한 직원이 계약을 유지하려면 뇌물을 달라고 했습니다.",
        "Un fonctionnaire de DCAS nous demande un pot-de-vin pour garder notre contrat.",
        "Urzędnik w DCAS żąda od nas łapówki, inaczej stracimy umowę z miastem.",
        "موظف في DCAS طلب منا رشوة حتى نحتفظ بالعقد مع المدينة.",
    ],
)
def test_an_allegation_in_another_language_is_heard_and_kept_from_whom_it_names(
    text: str, guide: Guide
) -> None:
    decision = decide(text, Facts(), guide, DAY)
    assert "wrongdoing" in decision.topics
    assert decision.queue != "dcas"
    assert not may_receive(text, Facts(), "dcas", guide.registry, DAY)


def test_the_form_alone_tells_a_referral(guide: Guide) -> None:
    facts = Facts(
        task="contracting-account",
        system="passport",
        told_by="comptroller",
        told_system="vendex",
    )
    decision = decide("", facts, guide, DAY)
    assert decision.queue == "mocs"
    assert hops_of(decision) == (("comptroller", "passport", "vendex", WRONG),)
    assert decision.referrals[0].proof.values["date"] == "2017-07-31"
    assert {"agency_bounce", "legacy_redirect"} <= set(decision.topics)
    assert [answer.system for answer in decision.answers] == ["passport"]


def test_the_form_completes_what_the_text_tells_and_adds_no_second_hop(guide: Guide) -> None:
    facts = Facts(told_by="comptroller", told_system="vendex")
    decision = decide("We were told to register in Vendex.", facts, guide, DAY)
    assert hops_of(decision) == (("comptroller", None, "vendex", WRONG),)


def test_a_chosen_task_beats_the_text(guide: Guide) -> None:
    text = "Our direct deposit in PIP does not work."
    assert decide(text, Facts(), guide, DAY).queue == "fisa"
    decision = decide(text, Facts(task="mwbe-certification"), guide, DAY)
    assert decision.queue == "sbs"
    assert decision.tasks == ("mwbe-certification",)
    assert "chosen-task" in [reason.key for reason in decision.reasons]


def test_chosen_codes_that_the_registry_does_not_know_are_ignored(guide: Guide) -> None:
    text = "locked out of PIP"
    unknown = Facts(
        task="no-task", system="no-system", told_by="nobody", told_system="nowhere", topic="nothing"
    )
    assert decide(text, unknown, guide, DAY) == decide(text, Facts(), guide, DAY)


def test_nothing_clear_goes_to_general_triage(guide: Guide) -> None:
    for text in ("", "   \n", "Hello?", "???", "It does not work.", "x" * 500):
        decision = decide(text, Facts(), guide, DAY)
        assert decision.queue == GENERAL_TRIAGE
        assert decision.agency is None
        assert [reason.key for reason in decision.reasons] == ["unclear"]


def test_wrongdoing_never_goes_to_an_agency_that_it_names(guide: Guide) -> None:
    for agency in guide.registry.agencies.values():
        for text in (
            f"The {agency.names[-1].name} takes bribes and kickbacks.",
            f"Fraud by {agency.acronym}: our invoice was not paid, they steal in PASSPort and PIP.",
        ):
            assert decide(text, Facts(), guide, DAY).queue != agency.code


@pytest.mark.parametrize(
    ("text", "facts", "accused"),
    [
        ("They asked me for a kickback.", Facts(told_by="dcas"), "dcas"),
        ("They want a bribe to approve us.", Facts(system="passport"), "mocs"),
        ("The people who run PIP take kickbacks.", Facts(), "fisa"),
        ("I told DOI that they take kickbacks for payments in PIP.", Facts(), "fisa"),
        ("The man wanted cash in an envelope.", Facts(topic="wrongdoing", told_by="dob"), "dob"),
        ("An investigator at DOI takes bribes.", Facts(), "doi"),
    ],
)
def test_an_allegation_is_kept_from_whom_it_may_be_about(
    text: str, facts: Facts, accused: str, guide: Guide
) -> None:
    decision = decide(text, facts, guide, DAY)
    thought_of = {decision.queue, *(candidate.queue for candidate in decision.candidates)}
    assert accused not in thought_of, "nor is it a click away"
    assert not may_receive(text, facts, accused, guide.registry, DAY)
    found = find_allegation(text, facts, guide.registry, DAY)
    assert found is not None
    assert accused in found.kept_from


def test_who_runs_a_system_is_not_accused_where_an_office_is(guide: Guide) -> None:
    text = "We filed in PASSPort. An inspector of DSNY asked us for a kickback."
    assert may_receive(text, Facts(), "mocs", guide.registry, DAY)
    assert not may_receive(text, Facts(), "dsny", guide.registry, DAY)


def test_wrongdoing_with_a_chosen_task_still_goes_to_the_investigators(guide: Guide) -> None:
    decision = decide("The clerk at HPD wants a bribe.", Facts(task="invoice-unpaid"), guide, DAY)
    assert decision.queue == "doi"
    assert "not-to-accused" in [reason.key for reason in decision.reasons]


@pytest.mark.parametrize(
    "text",
    [
        "Vendors are directed to use PASSPort.",
        "Questionnaires must be filed in PASSPort; paper VENDEX forms are no longer accepted.",
        "The Comptroller is required to refer complaints to the Department of Investigation.",
        "Bidders were sent to VENDEX until 2017.",
        "Prospective contractors are advised by MOCS to enrol in PASSPort.",
    ],
)
def test_official_prose_tells_no_referral(text: str, guide: Guide) -> None:
    assert decide(text, Facts(), guide, DAY).referrals == ()


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("I cannot open Vendx", "vendex"),
        ("the vendax page", "vendex"),
        ("PASS Port is down", "passport"),
        ("Pasport is down", "passport"),
        ("PassPort's page is blank", "passport"),
        ("problem with PASPORT", "passport"),
        ("the Payee Information Portal is slow", "pip"),
        ("Ivalua is slow", "passport"),
    ],
)
def test_misspelt_systems_are_found(text: str, system: str, guide: Guide) -> None:
    assert decide(text, Facts(), guide, DAY).systems == (system,)


@pytest.mark.parametrize(
    "text",
    [
        "The comptrollers office is silent.",
        "The Comptroller's Office is silent.",
        "The Comptroller\u2019s office is silent.",
        "The comptroler is silent.",
    ],
)
def test_misspelt_offices_are_found(text: str, guide: Guide) -> None:
    assert decide(text, Facts(), guide, DAY).queue == "comptroller"


@pytest.mark.parametrize(
    "text",
    [
        "I need a passport photo.",
        "Where do I apply for a passport renewal?",
        "my passport expired and I need to travel",
    ],
)
def test_a_travel_document_is_not_the_system(text: str, guide: Guide) -> None:
    decision = decide(text, Facts(), guide, DAY)
    assert decision.systems == ()
    assert decision.queue == GENERAL_TRIAGE


@pytest.mark.parametrize(
    "text",
    [
        "The vendor told us nothing about the index.",
        "We dot the i's and doc the file, acs or law, comp or doe.",
        "Those words do not transport me anywhere near checkout.",
    ],
)
def test_common_words_are_no_names(text: str, guide: Guide) -> None:
    decision = decide(text, Facts(), guide, DAY)
    assert decision.systems == ()
    assert not {mark.kind for mark in decision.marks} & {Kind.AGENCY, Kind.SYSTEM}


def test_a_verdict_goes_by_the_day(guide: Guide) -> None:
    text = "MOCS told us to file the vendor questionnaire in VENDEX."
    before = decide(text, Facts(), guide, date(2016, 5, 4))
    after = decide(text, Facts(), guide, DAY)
    assert before.referrals[0].verdict is RIGHT
    assert after.referrals[0].verdict is WRONG


def test_the_values_of_reasons_hold_no_word_of_the_text(guide: Guide) -> None:
    """Each text is full of made-up words: none may come back outside `words`."""
    for case in CASES:
        marked = " ".join(f"{word} zqx{number}zq" for number, word in enumerate(case.text.split()))
        for text in (marked, f"zqxzq {case.text} zqxzq"):
            decision = decide(text, Facts(told_by="mocs", told_system="vendex"), guide, DAY)
            kept = json.dumps(decision_to_document(decision.without_words()))
            assert "zqx" not in kept


def test_the_values_of_reasons_come_from_the_registry(guide: Guide) -> None:
    known = {agency.label_on(DAY) for agency in guide.registry.agencies.values()}
    known |= {
        thing.name for thing in (*guide.registry.systems.values(), *guide.registry.tasks.values())
    }
    known |= {rule.because for rule in guide.book.rule}
    known |= {row.place for row in guide.registry.document.system_of_record if row.place}
    known |= {s for row in guide.registry.document.system_of_record for s in row.sources}
    known |= {s for system in guide.registry.systems.values() for s in system.sources}
    known |= {
        row.valid_from.isoformat()
        for row in guide.registry.document.system_of_record
        if row.valid_from
    }
    known |= {s.retired_on.isoformat() for s in guide.registry.systems.values() if s.retired_on}
    for case in CASES:
        decision = decide(case.text, Facts(), guide, DAY)
        for reason in (*decision.reasons, *(referral.proof for referral in decision.referrals)):
            assert set(reason.values.values()) <= known
