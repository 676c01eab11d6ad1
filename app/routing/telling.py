"""The words by which people tell that somebody sent them somewhere. Plain data."""

from app.routing.tokens import word_set

TELL = word_set(
    """
    told tell tells telling asked ask asks asking instructed instructs instructing advised
    advises advising informed informs urged urges reminded reminds assured assures encouraged
    convinced invited invites telled tels notified notifies advise instruct
    """
)
"""Need a hearer: "told us to"."""

SEND = word_set(
    """
    directed directs directing referred refers referring transferred transfers transferring
    redirected redirects redirecting redirect refer transfer point send direct forward sent
    send sends sending pointed points pointing forwarded forwards bounced bounces bouncing
    steered steers steering kicked kicks passed passes shunted shuffled shoved routed rerouted
    punted pushed pushes pushing handed shipped walked connected switched shuttled funneled
    ping fobs fobbed fob palmed palms pawned dumped dumps brushed sended reroutes bumped bumps
    booted boots relayed brush brushes pack packs packed put puts shuttle
    """
)
"""Move a hearer: "sent us to"."""

SAY = word_set(
    """
    said say says saying insisted insists insisting replied replies answered answers responded
    responds claimed claims mailed wrote writes suggested suggests suggesting recommended recommends
    recommending explained explains swore swears swear goes emailed texted mentioned mentions
    demanded demands sayed sez stating states stated noting noted indicating indicated
    indicates adamant insist recommend
    """
)
"""Need no hearer: "said to use"."""

WANT = word_set(
    """
    wants want wanted expects expected needs requires required forces forced makes made had
    has have lets got like prefers
    """
)
"""With a hearer: "wants us to", "had me call"."""

THINK = word_set(
    """
    reckons reckon reckoned figured figures thinks think thought believes believed guesses guessed
    suspects assumes assumed blames blamed mumbled mutters muttered positive clear convinced talks
    declares declared maintains maintained
    """
)
"""What somebody thinks sends only where it is known who."""

TRIGGERS = TELL | SEND | SAY | THINK

BASE = word_set(
    """
    ask tell goes redirect refer transfer point send direct forward say suggest
    """
)
"""Forms that also stand in what was told: "told us to ask", "direct deposit"."""

ADVICE = word_set(
    """
    advice answer suggestion instruction instructions recommendation response reply solution
    word directions tip guidance verdict line stance view position take opinion note comment
    """
)
"""Nouns: "the advice from X was to"."""

HEARER = word_set("us me him her them myself ourselves")
OWN = word_set(
    """
    my our his their the every any each
    """
)
FOLK = word_set(
    """
    client clients company firm business team director colleague manager owner foreman
    treasurer cfo ceo president board nonprofit organization predecessor secretary assistant
    people office controller estimator contractor crew staff vendor principal principals
    """
)
"""Of the reporter's side, after "our"."""

REPORTER = word_set("i we ive weve im you please")
PERSONAL = word_set(
    """
    i we us me our my he him she her they them client company owner boss im ive weve partner
    director myself
    """
)
PRONOUNS = frozenset(["he", "she", "they", "who"])
NOBODY = frozenset(["nobody", "none", "neither"])
DENYING = word_set(
    """
    never not nobody didnt doesnt wasnt werent havent hasnt hadnt isnt dont
    """
)

PRIVATE = word_set(
    """
    accountant bank banker bookkeeper lawyer attorney wife husband daughter son brother sister
    nephew niece friend neighbor neighbour cousin consultant prime competitor blog website
    google internet union landlord cpa teller colleague coworker partner mother father insurer
    broker boss
    """
)
"""Who is none of the city's."""

PEOPLE = word_set(
    """
    worker sergeant captain lieutenant somebody someone person people guy lady gentleman woman
    man rep representative officer clerk agent buyer manager analyst administrator admin staff
    staffer office desk line helpline hotline help helpdesk support operator supervisor
    director liaison inspector team unit dept department folks coordinator specialist employee
    voice contact secretary assistant acco commissioner deputy counsel reviewer program fiscal
    contract contracts contracting project procurement agency service customer one another
    other evaluator receptionist aide engineer handler caseworker quartermaster payables chief
    foreman examiner auditor advisor adviser counselor guard intern colleague kid girl boy
    fellow dude dispatcher hand main eng insp resident counter
    """
)

BE = word_set(
    """
    was were been be being get gets got getting are am is keep kept
    """
)
HOPPERS = word_set(
    """
    i we he she they us me client company owner boss ive weve im who and then partner husband
    wife bookkeeper daughter son father mother lawyer accountant director colleague supervisor
    just also again even always never been
    """
)
THINGS = word_set(
    """
    invoice invoices mail email letter letters package packages copy copies form forms payment
    payments check checks contract contracts application applications questionnaire bid bids
    proposal proposals document documents paperwork money request requests file files notice
    it this that which vendors payees applicants bidders providers contractors companies firms
    subcontractors requesters proposers everyone all
    """
)
"""What is sent, or sent by rule, without being a person who was sent."""

DIRECT = word_set(
    """
    send to use using try call calling contact ask see visit check go through via into onto in
    inside on with over under at toward towards within do file filing complete submit email
    keep update renew finish redo phone ring get fill talk speak write by need needs login
    register enroll enrol apply look thru w add load drop mail bring make create
    """
)
"""Directly before a place that somebody is sent to."""

LEADING = word_set(
    """
    to call contact ask see visit try use through via using with
    """
)
"""The clearest of them, also at some distance: "to the fiscal unit of"."""

AWAY = word_set(
    """
    from about for regarding not than because since against like per of concerning behind
    without except besides and or if when whether that says said did does called asked
    """
)
"""Directly before a place that nobody is sent to."""

SKIPPED = word_set(
    """
    the a an our your their his her this that those these old new paper city citys nyc actual
    same so called online s main local system systems portal website site mr own great good
    big whole wonderful famous damn stupid some dear current other
    """
)
"""Between a direction and the name."""

FILLER = word_set(
    """
    no yes well honey oh nope actually again just like its it thats that is we i have has you
    the a an still only use to try all simply ok okay yeah sweetie hon please also once more
    maybe or sorry sir maam then now first me us uh um there need want would him her them
    """
)
"""Between "said" and a bare name."""

STATE = word_set(
    """
    is are was were isnt wasnt has had hasnt did didnt does doesnt do dont pays pay paid owns
    never will wont would can cant cannot could should must may might says said told laughed
    handles handle runs run serves approved rejected denied received shows showed owes takes
    needs sent never keeps kept asked asks
    """
)
"""After a name: it is the subject, something is said of it."""

AUXILIARY = word_set(
    """
    had have has ve d then now also just even again all both keeps kept keep keeps once more
    turn in finally always only simply repeatedly later still already first next today
    yesterday basically literally kindly actually specifically since recently two three four
    five times twice did on phone this morning afternoon week month basically back straight
    right clearly each every time very
    """
)
"""Between the teller and the verb."""

BOUNDARY = word_set(
    """
    and but so because when after while then where although which plus
    """
)
THERE = frozenset(["there"])

PAPER = word_set(
    """
    flyer website site page letter form notice ad sign pdf blog manual guide article
    instructions video screen system portal error it status tracker menu recording poster
    brochure faq email mail message memo voicemail text payment
    """
)
"""What says something, and is nobody."""

RESPONSIBLE = word_set("handles handle handled deals does decides covers processes manages owns")
"""After a name: "MOCS handles that" sends people to MOCS."""

REACHED = word_set(
    """
    reached called asked contacted phoned emailed visited rang wrote spoke raised call ask
    contact calling asking went
    """
)
"""What the reporter did with an office before being told something there."""

IN_GENERAL = word_set(
    """
    vendors payees applicants bidders providers contractors firms proposers requesters
    companies all each every any
    """
)
"""Of whom rules speak."""

MATTERS = word_set(
    """
    call calls ticket case question questions inquiry enquiry complaint issue matter buck
    """
)
"""What is passed on in the reporter's stead: "transferred the call to"."""

OF_IT = word_set(
    """
    account accounts status id number page profile login password registration application
    user questionnaire form forms record invoice enrollment
    """
)
"""After a system's name: something in it is spoken of, not the system."""

ABLE = word_set("can could will would")
DOING = word_set(
    "take help fix do unlock handle sort answer push reset explain pay tell issue look open reopen "
    "change update switch release correct"
)
"""After a name: "PASSPort will take care of it"."""

MATTER_OF = word_set("thing case matter issue problem question job business people terminal")
"""After a name: "this is a PASSPort thing"."""

ADDRESS = word_set("number address name contact extension phone email link")
"""What is given of an office: "gave me the number of"."""
