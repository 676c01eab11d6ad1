"""Who sent whom where: the ways in which people tell it, and what only looks like it."""

from datetime import date

import pytest

from app.cli.bundled import bundled_guide
from app.routing.lexicon import lexicon_of
from app.routing.mentions import find_names
from app.routing.referrals import Hop, find_hops
from app.routing.tokens import tokenise

REGISTRY = bundled_guide().registry
DAY = date(2026, 6, 15)
Edge = tuple[str | None, str | None]


def hops_of(text: str) -> list[Hop]:
    tokens = tokenise(text)
    return find_hops(tokens, find_names(tokens, text, lexicon_of(REGISTRY)), text, REGISTRY, DAY)


def edges_of(text: str) -> list[Edge]:
    """Who told, and the system or otherwise the office that the reporter was sent to."""
    return [(hop.told_by, hop.to_system or hop.to_agency) for hop in hops_of(text)]


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("The comptrollers office told us to use Vendex.", [("comptroller", "vendex")]),
        ("We were told by MOCS to use PIP.", [("mocs", "pip")]),
        ("Our contract officer at DOT instructed us to file in VENDEX.", [("dot", "vendex")]),
        ("HPD advised that we should list them in PASSPort.", [("hpd", "passport")]),
        ("SBS pointed us to PASSPort.", [("sbs", "passport")]),
        ("DHS keeps sending me to the Comptroller.", [("dhs", "comptroller")]),
        ("I was transferred from Sanitation to FISA.", [("dsny", "fisa")]),
        ("Sent to PASSPort by someone in DCWP.", [("dcwp", "passport")]),
        ("Probation says call the Comptroller.", [("dop", "comptroller")]),
        ("MOCS say me go to Vendex.", [("mocs", "vendex")]),
        ("TLC wants us to go through DCAS.", [("tlc", "dcas")]),
        ("FDNY had me call MOCS.", [("fdny", "mocs")]),
        ("Parks fobs me off onto MOCS.", [("dpr", "mocs")]),
        ("The advice from SBS was to use VENDEX.", [("sbs", "vendex")]),
        ("MOCS's answer was to try the PIP help desk.", [("mocs", "pip")]),
        ("PIP help desk: go to PASSPort for W9.", [("fisa", "passport")]),
        ("DOT > MOCS > Comptroller", [("dot", "mocs"), ("mocs", "comptroller")]),
        ("We have to go back to HHS Accelerator, they said.", [(None, "hhs-accelerator")]),
        ("Must we go back to the Comptroller? That's what HPD told us.", [("hpd", "comptroller")]),
        ("COIB said SBS is who you call.", [("coib", "sbs")]),
        ("DEP told me MOCS handles that.", [("dep", "mocs")]),
        ("I called DEP and they told me to ask MOCS.", [("dep", "mocs")]),
        ("When I reached DHS I was advised to ask the Comptroller.", [("dhs", "comptroller")]),
        ("My accountant told me to use PIP.", [(None, "pip")]),
        ("Somebody at the city told my partner to use PIP.", [(None, "pip")]),
        (
            "We were referred by ACS to MOCS and were then redirected to NYC.ID.",
            [("acs", "mocs"), ("mocs", "nyc-id")],
        ),
        (
            "I was told by EDC to go to the Comptroller, by the Comptroller to go to EDC.",
            [("edc", "comptroller"), ("comptroller", "edc")],
        ),
        (
            "the lady at dep transferred me to the comptroller and the comptroller said no you "
            "gotta talk to dep accounts payable",
            [("dep", "comptroller"), ("comptroller", "dep")],
        ),
        (
            "See below.\n\nOn Mon, Mar 3, 2026, Parks Accounts wrote:\n> Dear vendor,\n> Please "
            "contact the Office of Contract Services about your invoice.",
            [("dpr", "mocs")],
        ),
    ],
)
def test_a_hop_is_heard_however_it_is_told(text: str, edges: list[Edge]) -> None:
    assert edges_of(text) == edges


@pytest.mark.parametrize(
    "text",
    [
        "Vendors are directed to PASSPort.",
        "Payees are instructed to enroll by means of the Payee Information Portal.",
        "All vendors seeking awards are directed to complete their disclosures in PASSPort.",
        "I told MOCS to look in PIP.",
        "I asked HPD's contract manager to send our file to the Comptroller.",
        "Nobody ever told us to use PIP.",
        "We were never told to use Vendex.",
        "I was told that the PASSPort portal is down.",
        "The invoice was sent to HRA and to the Comptroller.",
        "Our partners asked us whether they should go through PIP.",
        "If one more person suggests VENDEX I will scream.",
        "Should I go to the Comptroller or should I call somebody else?",
        "The PIP help desk told me to enter the EIN without the dash.",
        "I was told to be patient.",
        "Is PASSPort down today?",
        "",
    ],
)
def test_what_only_looks_like_a_hop_is_none(text: str) -> None:
    assert edges_of(text) == []


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("MOCS told us to use PIP instead of PASSPort.", "passport"),
        ("MOCS told us to use PIP, not PASSPort.", "passport"),
        ("We were filling in forms in PASSPort. HPD told us to use Vendex.", "passport"),
        ("I can't get into PASSPort. MOCS told me to reset it on NYC.ID.", "passport"),
        ("The PIP help desk told us to call SBS.", "pip"),
        ("The comptroller told me to stop using vendex and do it in PASSPort.", "vendex"),
        ("Got bounced from PIP over to VENDEX.", "pip"),
        ("MOCS told us to use PIP.", None),
    ],
)
def test_a_hop_begins_where_the_reporter_was(text: str, origin: str | None) -> None:
    assert [hop.from_system for hop in hops_of(text)] == [origin]


def test_in_a_chain_a_hop_begins_where_the_one_before_led() -> None:
    first, second = hops_of("DDC told us to use VENDEX. Then MOCS told us to use PASSPort.")
    assert (first.from_system, first.to_system) == (None, "vendex")
    assert (second.from_system, second.to_system) == ("vendex", "passport")


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("In March 2016", date(2016, 3, 15)),
        ("In 2019", date(2019, 7, 1)),
        ("On July 20, 2017", date(2017, 7, 20)),
        ("On 20 July 2017", date(2017, 7, 20)),
        ("On July 20", date(2025, 7, 20)),
        ("In January", date(2026, 1, 15)),
        ("Last year", date(2025, 7, 1)),
        ("Yesterday", date(2026, 6, 14)),
        ("Two weeks ago", date(2026, 6, 1)),
        ("In 2031", None),
        ("Since March 2016", None),
        ("On the phone", None),
    ],
)
def test_a_hop_has_the_day_that_its_sentence_tells(when: str, day: date | None) -> None:
    assert [hop.happened_on for hop in hops_of(f"{when} MOCS told us to use VENDEX.")] == [day]


def test_the_same_hop_told_twice_is_one_and_on_another_day_two() -> None:
    again = "MOCS told us to use VENDEX. As I said, MOCS told us to use VENDEX."
    assert len(hops_of(again)) == 1
    later = "In 2016 MOCS told us to use VENDEX. In 2023 MOCS told us to use VENDEX."
    assert [hop.happened_on for hop in hops_of(later)] == [date(2016, 7, 1), date(2023, 7, 1)]


def test_advice_of_somebody_who_is_none_of_the_citys_is_marked() -> None:
    (hop,) = hops_of("My accountant told me to use PIP.")
    assert hop.private
    (hop,) = hops_of("The comptroller told me to use PIP.")
    assert not hop.private


def test_the_words_of_a_hop_are_the_texts_own() -> None:
    text = "Well, the comptroller told us to use Vendex for that."
    (hop,) = hops_of(text)
    assert hop.words == "told us to use Vendex"
    assert hop.words in text
