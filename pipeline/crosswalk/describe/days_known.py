"""Of which days a crosswalk speaks: the codes of which days are its sources, and its targets where these go on.

A published map speaks of the days of its release, a conversion table of all days back to its oldest row; what we derive
reaches from the oldest listing that it is made of as far as both the listings and the conversion tables do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.registry import JOINED, Crosswalk, read_crosswalks
from pipeline.history.horizon import Horizon

FirstAndLast = tuple[date, date]


@dataclass(frozen=True)
class KnownInputs:
    """What the days of crosswalks follow from: of each source the newest release, conversion rows, system horizons, of
    groupings with several versions the first day of the oldest one, by crosswalk, and of each published map its newest
    release: a source has files of several crosswalks, and not each in every release."""

    newest: Mapping[str, RawRelease]
    conversions: pa.Table
    horizons: Mapping[str, Horizon]
    oldest: Mapping[str, date] = field(default_factory=dict)
    of_maps: Mapping[str, RawRelease] = field(default_factory=dict)

    def newest_of(self, entry: Crosswalk) -> RawRelease:
        """The newest release that a published crosswalk is read from."""
        return self.of_maps.get(entry.crosswalk) or self.newest[str(entry.source)]


def days_known(entry: Crosswalk, inputs: KnownInputs) -> FirstAndLast:
    """The first and the last day of which a crosswalk speaks, by its `way`; the registry's own where it names them."""
    first, last = DAYS_BY_WAY[entry.way](entry, inputs)
    return entry.known_from or first, entry.known_through or last


def _of_release(entry: Crosswalk, inputs: KnownInputs) -> FirstAndLast:
    """The days of the newest release; of a grouping of every code, where a code that it lacks has the categories of the
    newest version that has it, from the oldest version on."""
    delivery = inputs.newest_of(entry)
    day = delivery.release.effective_from
    first = inputs.oldest.get(entry.crosswalk, day) if entry.is_of_every_code else day
    return first, delivery.source.known_through(day)


def _of_conversion(entry: Crosswalk, inputs: KnownInputs) -> FirstAndLast:
    """From the oldest row of any conversion table of the system through the days of the newest table."""
    own = inputs.conversions.filter(pc.equal(inputs.conversions["system"], entry.source_system))
    oldest = pc.min(own["effective_from"]).as_py()
    day, through = _of_release(entry, inputs)
    return min(day, oldest or day), through


def _of_listings(entry: Crosswalk, inputs: KnownInputs) -> FirstAndLast:
    """From the oldest listing of either system, through the horizon of the one whose newest release it reaches, as far
    as its conversion tables do; one that ends before the listings begin bounds nothing."""
    systems = [each for each in (entry.source_system, entry.target_system) if each in inputs.horizons]
    conversions = [_of_conversion(each, inputs) for each in _conversions_in(entry) if not each.precedes_listings]
    first = min([inputs.horizons[each].known_from for each in systems] + [first for first, _ in conversions])
    reached = [inputs.horizons[entry.reaches].known_through] + [last for _, last in conversions]
    return first, min(reached)


def _conversions_in(entry: Crosswalk) -> list[Crosswalk]:
    """The conversion tables that a crosswalk is made from, in the end."""
    parts = [read_crosswalks()[name] for name in entry.made_from]
    return [each for part in parts for each in ([part] if part.way == "conversion" else _conversions_in(part))]


def _of_grouping(entry: Crosswalk, inputs: KnownInputs) -> FirstAndLast:
    """The days of the grouping that its sources have, the first of two that are joined."""
    return days_known(read_crosswalks()[entry.made_from[0]], inputs)


DAYS_BY_WAY: Final[Mapping[str, Callable[[Crosswalk, KnownInputs], FirstAndLast]]] = {
    "file": _of_release,
    "conversion": _of_conversion,
    "successors": _of_conversion,
    "forward": _of_listings,
    "backward": _of_listings,
    "carried": _of_listings,
    "completed": _of_listings,
    JOINED: _of_grouping,
}
