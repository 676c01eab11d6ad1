"""Made-up tickets of thirty desks, with wrong labels among them, to measure the learner by."""

import random
from collections.abc import Iterator

from app.learning.examples import Example

DESKS = {
    "mocs": "questionnaire disclosure portal prequalification enrollment signature upload",
    "fisa": "remittance deposit bank-account routing-number payee voucher stub warrant",
    "comptroller": "registration-package liquidated audit claim settlement prevailing-wage lien",
    "dcas": "requirements-contract fleet auction energy surplus storehouse delivery-order vehicle",
    "sbs": "certification certificate minority women-owned joint-venture workshop directory",
    "dof": "withholding lien-offset levy business-tax exemption tax-clearance collection parking",
    "dep": "sewer watershed pump chlorine main-break meter digester reservoir",
    "dsny": "salt plow garage collection-truck landfill compost basket snow",
    "dot": "asphalt signal bridge-painting ferry milling sidewalk streetlight detour",
    "dpr": "playground tree-pruning lawn bench-slat pool comfort-station fence stump",
    "ddc": "change-order punch-list library retainage site-visit drawings curb delay-claim",
    "dob": "permit filing-fee inspection-scanner plan-exam facade boiler elevator violation",
    "nypd": "precinct body-armor radio-repair towing uniforms evidence stable translation",
    "fdny": "ambulance hose firehouse-roof hydrant-cap training-tower siren turnout oxygen",
    "doc": "jail commissary locks visitor-bus razor kitchen cell-door detergent",
    "doe": "classroom textbook school-bus lunch milk principal custodian curriculum",
    "sca": "schoolyard gymnasium boiler-conversion addition lease-fit-out bonding sketch scope",
    "hpd": "scatter-site emergency-repair rehab affordable-unit demolition lead-paint boiler-crew",
    "nycha": "development elevator-outage compactor playcourt scaffold resident-watch stairhall",
    "hhc": "hospital clinic linen dialysis nurse-agency pharmacy imaging bedside",
    "dohmh": "vaccine lab mosquito syringe restaurant-grade harm-reduction school-nurse condoms",
    "hra": "shelter-intake food-pantry job-center homecare benefits legal-aid domestic-violence",
    "dhs": "drop-in shelter-meals hotel-rooms outreach street-team single-adult bedding",
    "acs": "foster-care preventive daycare detention adoption case-planner visitation",
    "dycd": "after-school summer-youth beacon fatherhood literacy internship runaway stipend",
    "dfta": "senior-center meals-on-wheels caregiver ride elder congregate-lunch friendly-visit",
    "dop": "probation ankle-monitor mentor reentry juvenile-report court-liaison arches",
    "oti": "license-renewal server fiber help-desk-phones data-center software franchise domain",
    "dcla": "museum grant-panel mural theater cultural-plan residency percent-for-art gallery",
    "doris": "archive microfilm box-pickup foil-request retention photo-scans deed-copies",
}
ISSUES = [
    "our invoice for the {a} has not been paid for {n} days",
    "the {a} job is finished, but nobody signs off on the {b}",
    "we cannot get an answer about the {a} and the {b}",
    "they rejected our {a} paperwork and say the {b} is missing",
    "who do I talk to about {a}? we also do {b} for the city",
    "we delivered {n} units of {a} in {month} and the {b} was never counted",
    "the person in charge of {a} left and the new one knows nothing of the {b}",
    "please correct our {a} record, the {b} shows the wrong amount",
    "our contract for {a} ran out and we still do {b} every week",
]
OPENERS = [
    "Hello,",
    "hi there",
    "To whom it may concern:",
    "Good morning, I hope this reaches the right office.",
    "ok so",
    "Third time I write.",
    "We are a small firm in {borough}.",
    "Dear Sir or Madam,",
]
MIDDLES = [
    "I was on hold for {n} minutes and then the line dropped.",
    "Last {month} they told us to wait and nothing happened.",
    "I have sent the same papers {n} times.",
    "My bookkeeper called every day of the week.",
    "The page gives an error after I press submit.",
    "We have payroll on Friday and cannot carry this much longer.",
    "It used to be simple before they changed everything.",
    "One office says it is the other one and the other says the same.",
    "Please tell me which office answers for this.",
    "I attach copies of everything we were given.",
]
CLOSERS = [
    "Thank you, {name}",
    "Please call me back. {name}, {firm}",
    "thx",
    "{name}\n{firm}\nTel. {n}-{n}",
    "Waiting for your kind reply,\n{name}",
]
NAMES = ["Rosa", "Ahmed", "Wei", "Olga", "Sean", "Fatima", "Luis", "Priya", "Marek", "Denise"]
LAST = ["Delgado", "Khan", "Chen", "Petrova", "Murphy", "Diallo", "Ortiz", "Shah", "Brown"]
FIRMS = ["Harbor Light", "North Star", "Five Points", "Gowanus", "Hell Gate", "Fordham", "Kill Van"]
TRADES = ["Signs", "Supply", "Builders", "Services", "Catering", "Movers", "Electric"]
MONTHS = ["January", "March", "May", "June", "August", "October", "November"]
BOROUGHS = ["Queens", "the Bronx", "Brooklyn", "Staten Island", "Manhattan"]
WRONG_LABEL, VAGUE, TYPO = 0.06, 0.08, 0.015


def tickets(count: int, seed: int = 4) -> Iterator[Example]:
    """Tickets of many requesters, some of whom write often, oldest first."""
    chance = random.Random(seed)
    desks = list(DESKS)
    sizes = [1 / (rank + 2) for rank in range(len(desks))]
    for _ in range(count):
        [desk] = chance.choices(desks, sizes)
        text = _text(chance, DESKS[desk].split())
        wrong = chance.random() < WRONG_LABEL
        yield Example(
            text=text,
            queue=chance.choice(desks) if wrong else desk,
            requester=int(count * 0.4 * chance.random() ** 1.5),
            ruled=desk if chance.random() < 0.5 else None,  # noqa: PLR2004
        )


def _text(chance: random.Random, trade: list[str]) -> str:
    if chance.random() < VAGUE:
        trade = ["work", "service", "order", "matter"]
    words = {
        "n": chance.randint(2, 400),
        "month": chance.choice(MONTHS),
        "borough": chance.choice(BOROUGHS),
        "name": f"{chance.choice(NAMES)} {chance.choice(LAST)}",
        "firm": f"{chance.choice(FIRMS)} {chance.choice(TRADES)} {chance.randint(1, 3000)} LLC",
    }
    issues = chance.sample(ISSUES, chance.randint(1, 3))
    middles = chance.sample(MIDDLES, chance.randint(1, 5))
    body = [*issues, *middles]
    chance.shuffle(body)
    template = " ".join([chance.choice(OPENERS), *body, chance.choice(CLOSERS)])
    a, b = (chance.choice(trade).replace("-", " ") for _ in range(2))
    return _misspell(chance, template.format(a=a, b=b, **words))


def _misspell(chance: random.Random, text: str) -> str:
    letters = list(text)
    for place in range(len(letters) - 1):
        if letters[place].isalpha() and chance.random() < TYPO:
            letters[place : place + 2] = letters[place + 1], letters[place]
    return "".join(letters)
