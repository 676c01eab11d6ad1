"""What the places of insight are called."""

from collections.abc import Mapping
from datetime import date

from app.insight.measures import PlaceKind
from app.registry.catalogue import GENERAL_TRIAGE, Registry

Names = Mapping[tuple[PlaceKind, str], str]


def full_names(registry: Registry, day: date) -> Names:
    """Names as they stand in tables."""
    agencies = {(PlaceKind.AGENCY, a.code): a.label_on(day) for a in registry.agencies.values()}
    systems = {(PlaceKind.SYSTEM, s.code): s.name for s in registry.systems.values()}
    return agencies | systems | {(PlaceKind.AGENCY, GENERAL_TRIAGE): "General triage"}


def short_names(registry: Registry) -> Names:
    """Names as they stand in pictures and narrow tables."""
    agencies = {(PlaceKind.AGENCY, a.code): a.acronym for a in registry.agencies.values()}
    systems = {(PlaceKind.SYSTEM, s.code): s.name for s in registry.systems.values()}
    return agencies | systems | {(PlaceKind.AGENCY, GENERAL_TRIAGE): "General triage"}
