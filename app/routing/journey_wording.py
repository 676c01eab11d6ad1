"""A journey in words and as a picture, for the pages of staff and of requesters."""

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date, gettext, ngettext

from app.core import clock
from app.registry import queries
from app.registry.catalogue import GENERAL_TRIAGE, Registry
from app.routing.chains import Place, PlaceKind
from app.routing.drawing import Label, Picture, Signpost, Words, draw
from app.routing.journeys import House, Journey, Step, StepKind, journey_of
from app.routing.model import Reason, Referral, Verdict
from app.routing.models import DecisionRecord


def picture_of(
    decision: DecisionRecord, house: House | None = None, *, for_staff: bool = False
) -> Picture | None:
    """The picture of a decision's chain and what came after; None where nobody sent anybody."""
    journey = journey_of(hops_of(decision), house)
    if not journey.hops:
        return None
    return _Teller(queries.get_current_registry(), journey, for_staff).picture()


def hops_of(decision: DecisionRecord) -> list[Referral]:
    """The referrals of a stored decision as plain data."""
    return [
        Referral(
            told_by=record.told_by_code,
            from_system=record.from_system_code,
            from_agency=record.from_agency_code,
            to_system=record.to_system_code,
            to_agency=record.to_agency_code,
            verdict=Verdict(record.verdict),
            proof=Reason(record.proof["key"]),
            happened_on=record.happened_on,
        )
        for record in decision.referrals
    ]


class _Teller:
    """Finds the words for a journey."""

    def __init__(self, registry: Registry, journey: Journey, for_staff: bool) -> None:
        self._registry, self._journey, self._for_staff = registry, journey, for_staff
        self._today = clock.today()

    def picture(self) -> Picture:
        stations, steps = self._journey.stations, self._journey.steps
        loops = [self._loop(stations[later]) for _earlier, later in self._journey.loops]
        words = Words(
            labels=[self._label(number) for number in range(len(stations))],
            looks=[self._look(number) for number in range(len(stations))],
            signposts=[self._signpost(step) for step in steps],
            loops=loops,
            title=self._title(stations),
            summary=self._summary(),
            facts=[*self._facts(), *loops],
        )
        return draw(words, self._journey.loops)

    def _title(self, stations: Sequence[Place]) -> str:
        way = " → ".join(self._name(place) for place in stations)
        if self._for_staff:
            return str(gettext("The way of this issue: %(way)s", way=way))
        return str(gettext("Your way so far: %(way)s", way=way))

    def _summary(self) -> str:
        journey = self._journey
        hops = ngettext("%(num)d hop", "%(num)d hops", journey.hops)
        days = journey.days_lost(self._today)
        if not days:
            return str(hops)
        lost = ngettext("%(num)d day", "%(num)d days", days)
        if journey.ended:
            return str(gettext("%(hops)s, %(days)s to the right desk", hops=hops, days=lost))
        return str(gettext("%(hops)s, %(days)s so far", hops=hops, days=lost))

    def _loop(self, place: Place) -> str:
        """A loop leads back to an office (a system is its owner's) or, in the house, to a desk."""
        if place.kind is PlaceKind.DESK:
            return str(gettext("Back at the desk of %(place)s", place=self._name(place)))
        agency = self._registry.agencies.get(place.agency or "")
        office = agency.acronym if agency else self._name(place)
        return str(gettext("Loop: back to %(place)s", place=office))

    def _name(self, place: Place) -> str:
        """What the place is called for short."""
        match place.kind:
            case PlaceKind.SYSTEM if place.code in self._registry.systems:
                return self._registry.systems[place.code].name
            case PlaceKind.DESK if place.code == GENERAL_TRIAGE:
                return str(gettext("General triage"))
            case PlaceKind.UNKNOWN:
                return str(gettext("Somebody"))
        agency = self._registry.agencies.get(place.code)
        return agency.acronym if agency else place.code

    def _label(self, number: int) -> Label:
        place = self._journey.stations[number]
        last = number == len(self._journey.stations) - 1
        agency = self._registry.agencies.get(place.agency or "")
        match place.kind:
            case PlaceKind.UNKNOWN:
                words = gettext("the office is not named")
            case PlaceKind.SYSTEM:
                words = gettext("run by %(office)s", office=agency.acronym) if agency else ""
            case PlaceKind.OFFICE:
                words = agency.name_on(self._today) if agency else ""
            case PlaceKind.DESK:
                words = self._desk_words(last)
        return Label(self._name(place), str(words))

    def _desk_words(self, last: bool) -> str:
        if not last:
            return str(gettext("desk of Rightdesk"))
        if self._journey.ended:
            return str(gettext("the right desk: it works on this"))
        return str(gettext("desk of Rightdesk, has it now"))

    def _look(self, number: int) -> str:
        journey = self._journey
        looks = [f"at-{journey.stations[number].kind}"]
        if any(number == later for _earlier, later in journey.loops):
            looks.append("again")
        if number == len(journey.stations) - 1 and journey.ended:
            looks.append("reached")
        return " ".join(looks)

    def _signpost(self, step: Step) -> Signpost:
        look = f"way-{step.verdict}" if step.verdict else "way-plain"
        return Signpost(self._way(step), self._day(step.happened_on), look)

    def _way(self, step: Step) -> str:
        match step.kind:
            case StepKind.SENT:
                return {
                    Verdict.RIGHT: str(gettext("the right way")),
                    Verdict.MISDIRECTED: str(gettext("the wrong way")),
                }.get(Verdict(step.verdict), str(gettext("not proven")))
            case StepKind.WENT if step.to.kind is PlaceKind.SYSTEM:
                return str(gettext("then tried"))
            case StepKind.WENT:
                return str(gettext("then asked"))
            case StepKind.FILED:
                return str(gettext("filed here"))
        if step.reason and self._for_staff:
            return str(gettext("moved: %(reason)s", reason=step.reason))
        return str(gettext("passed on"))

    def _day(self, day: date | None) -> str:
        return str(format_date(day, "d MMM y")) if day else ""

    def _facts(self) -> list[str]:
        """Each step as a sentence."""
        facts = []
        before = self._journey.stations[0]
        for step in self._journey.steps:
            sentence = self._fact(before, step)
            day = self._day(step.happened_on)
            facts.append(f"{sentence} ({day})" if day else sentence)
            before = step.to
        return facts

    def _fact(self, before: Place, step: Step) -> str:
        whom = gettext("the requester") if self._for_staff else gettext("you")
        names = {"from": self._name(before), "to": self._name(step.to)}
        values = names | {"way": self._way(step), "whom": str(whom)}
        match step.kind:
            case StepKind.SENT if step.named:
                template = gettext("%(from)s sent %(whom)s to %(to)s: %(way)s")
            case StepKind.SENT if before.kind is PlaceKind.UNKNOWN:
                template = gettext("Somebody sent %(whom)s to %(to)s: %(way)s")
            case StepKind.SENT:
                template = gettext("Somebody sent %(whom)s from %(from)s to %(to)s: %(way)s")
            case StepKind.WENT:
                template = gettext("After %(from)s on to %(to)s, without being sent there")
            case StepKind.FILED:
                template = gettext("Filed at Rightdesk, which chose the desk of %(to)s")
            case StepKind.MOVED:
                template = gettext("From %(from)s to %(to)s inside Rightdesk: %(way)s")
        return str(template) % values
