"""What a text is about: tasks, topics, buyers, the accused, its language; verdicts on a day."""

from datetime import date

import pytest

from app.cli.bundled import bundled_guide
from app.registry.catalogue import GENERAL_TRIAGE
from app.routing.decide import decide
from app.routing.model import Decision, Facts, Verdict
from app.routing.reading import Reading, read

GUIDE = bundled_guide()
DAY = date(2026, 6, 15)


def reading_of(text: str) -> Reading:
    return read(text, Facts(), GUIDE.registry, DAY)


def decide_it(text: str, day: date = DAY) -> Decision:
    return decide(text, Facts(), GUIDE, day)


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("I forgot my PIP password", "sign-in-pip"),
        ("locked out of PASSPort", "sign-in-passport"),
        ("our contract is not registered", "contract-registration"),
        ("the contract was filed with the Comptroller in May", "contract-filed"),
        ("the contract was never filed with the Comptroller", "contract-not-filed"),
        ("the invoice of May is still not paid", "invoice-unpaid"),
        ("a question about the bid, line 4", "question-on-bid"),
        ("we want to protest the award of the bid", "protest-award"),
        ("how do we renew the M/WBE certificate", "mwbe-certification"),
        ("payments to our subcontractors", "subcontractor-payments"),
        ("we need a bridge loan until the invoice is paid", "bridge-loan"),
    ],
)
def test_the_likeliest_task_comes_first(text: str, task: str) -> None:
    assert reading_of(text).tasks[0] == task


def test_register_alone_is_two_tasks() -> None:
    assert set(reading_of("How do we register?").tasks) == {"contracting-account", "payee-account"}
    assert {answer.system for answer in decide_it("How do we register?").answers} == {
        "passport",
        "pip",
    }


@pytest.mark.parametrize(
    ("text", "buyers"),
    [
        ("HPD owes us since May. We asked the Comptroller.", ("hpd",)),
        ("DOB sent us to DDC, who signed with us. Our contract with DDC is late.", ("ddc", "dob")),
        ("MOCS and the Comptroller say nothing.", ()),
        ("The PIP help desk sent us to DSNY.", ("dsny",)),
    ],
)
def test_who_bought_is_no_office_that_serves_all_the_others(
    text: str, buyers: tuple[str, ...]
) -> None:
    assert reading_of(text).buyers == buyers


def test_what_only_the_buyer_answers_goes_to_it_or_to_a_person() -> None:
    assert decide_it("HPD has not paid our invoice. The Comptroller cannot help.").queue == "hpd"
    assert decide_it("Nobody has paid our invoice.").queue == GENERAL_TRIAGE


@pytest.mark.parametrize(
    ("text", "queue"),
    [
        ("An inspector at HPD takes bribes.", "doi"),
        ("The principal at a public school of the DOE takes kickbacks.", "sci"),
        ("An investigator at the Department of Investigation takes bribes.", "law"),
        ("I told the Department of Investigation that HPD takes bribes.", "doi"),
    ],
)
def test_an_allegation_goes_to_who_looks_into_it(text: str, queue: str) -> None:
    assert decide_it(text).queue == queue


@pytest.mark.parametrize(
    "text",
    [
        "My bank put a fraud alert on the account.",
        "The PDF of the addendum is corrupt.",
        "There is no fraud here.",
        "The Conflicts of Interest Board called us.",
        "The Mayor's Office of Criminal Justice has not paid our invoice.",
        "My brother in law drives the van.",
    ],
)
def test_innocent_words_allege_nothing(text: str) -> None:
    assert not reading_of(text).alleges


def test_two_hints_prove_nothing_and_three_do() -> None:
    assert not reading_of("They play golf and bid.").alleges
    assert reading_of("He plays golf with the vendor, lunches with him and takes gifts.").alleges


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("La oficina del Contralor me mandó a registrarme en VENDEX.", "es"),
        ("审计长办公室叫我们用VENDEX登记,不用PASSPort", "zh"),
        ("Контролёр сказал нам идти в VENDEX", "ru"),
        ("কম্পট্রোলার আমাদের VENDEX ব্যবহার করতে বলেছেন", "bn"),
        ("Biwo kontwolè a di nou ale nan Vendex olye de PASSPort", "ht"),
        ("감사원장 사무실에서 VENDEX에서 등록하라고 했습니다", "ko"),
        ("مكتب المراقب المالي طلب منا استخدام VENDEX", "ar"),
        ("کمپٹرولر نے ہمیں VENDEX استعمال کرنے کو کہا", "ur"),
        ("Le contrôleur nous a dit d'utiliser Vendex au lieu de PASSPort", "fr"),
        ("Kontroler powiedział nam żeby użyć Vendex, proszę o pomoc", "pl"),
    ],
)
def test_in_ten_languages_names_are_found_and_a_person_reads_the_rest(
    text: str, language: str
) -> None:
    decision = decide_it(text)
    assert (decision.language, decision.queue) == (language, GENERAL_TRIAGE)
    assert "vendex" in decision.systems
    assert "comptroller" in reading_of(text).agencies
    assert decision.reasons[0].key == "language"


@pytest.mark.parametrize(
    "text",
    ["PIP", "pip password", "Invoice 90 days late. DCAS. $6,200.", "MWBE cert expired", "??!", ""],
)
def test_a_terse_text_is_english(text: str) -> None:
    assert reading_of(text).language == "en"


@pytest.mark.parametrize(
    ("text", "day", "verdict"),
    [
        ("MOCS told us to file the questionnaire in VENDEX.", date(2016, 5, 4), Verdict.RIGHT),
        ("MOCS told us to file the questionnaire in VENDEX.", DAY, Verdict.MISDIRECTED),
        ("In May 2016 MOCS told us to file the questionnaire in VENDEX.", DAY, Verdict.RIGHT),
        ("DOT told us to set up our EFT in PASSPort.", DAY, Verdict.MISDIRECTED),
        ("DOT told us to set up our EFT in PIP.", DAY, Verdict.RIGHT),
        ("HRA told us to ask MOCS about our unpaid invoice.", DAY, Verdict.MISDIRECTED),
        ("MOCS told us to ask HRA about our unpaid invoice.", DAY, Verdict.RIGHT),
        ("Somebody sent us to MOCS.", DAY, Verdict.UNKNOWN),
        ("The Comptroller pointed us to PIP.", DAY, Verdict.UNKNOWN),
        ("HPD steals. MOCS told us to tell HPD.", DAY, Verdict.MISDIRECTED),
        ("HPD steals. MOCS told us to call DOI.", DAY, Verdict.RIGHT),
    ],
)
def test_a_verdict_goes_by_task_and_day(text: str, day: date, verdict: Verdict) -> None:
    (referral,) = decide_it(text, day).referrals
    assert referral.verdict is verdict
    if verdict is not Verdict.UNKNOWN and not reading_of(text).alleges:
        assert referral.proof.values["source"]


def test_marks_are_places_in_the_text() -> None:
    text = "The comptroller told us to use Vendex, our EFT is stuck."
    marks = decide_it(text).marks
    words = {(mark.code, text[mark.start : mark.end]) for mark in marks}
    assert {
        ("comptroller", "comptroller"),
        ("vendex", "Vendex"),
        ("direct-deposit", "EFT"),
    } <= words
