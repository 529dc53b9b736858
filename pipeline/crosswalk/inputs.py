"""What all crosswalks are made of, and what is derived from it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.chains.steps import derive_ends, derive_steps
from pipeline.crosswalk.chains.year_to_year import derive_backward, derive_forward
from pipeline.crosswalk.code_days import derive_code_days
from pipeline.crosswalk.published.maps import PublishedMap
from pipeline.crosswalk.registry import followed_systems
from pipeline.crosswalk.unlisted import DeclaredUnlisted
from pipeline.history.horizon import Horizon
from pipeline.normalise.systems import read_systems


@dataclass(frozen=True)
class CrosswalkInputs:
    """What all crosswalks are made of: the published maps, the releases they came in, the history of the codes, and
    the days of each system that are known.

    `declared` are the codes that may be in no listing, with the reason.
    """

    maps: list[PublishedMap]
    deliveries: list[RawRelease]
    conversions: pa.Table
    predecessors: pa.Table
    billable_episodes: pa.Table
    episodes: pa.Table
    releases: pa.Table
    horizons: Mapping[str, Horizon]
    declared: Sequence[DeclaredUnlisted]

    @cached_property
    def steps(self) -> pa.Table:
        """The steps from year to year."""
        return derive_steps(self.predecessors, self.billable_episodes)

    @cached_property
    def ends(self) -> pa.Table:
        """The codes that no step leads on from, or to, of the systems that are followed from year to year.

        What began by the oldest listing of its system is not among them: what it was is not known, or is no code of a
        listing here.
        """
        is_followed = pc.is_in(self.predecessors["system"], pa.array(followed_systems()))
        ends = derive_ends(self.steps, self.predecessors.filter(is_followed), self.billable_episodes)
        oldest = self.releases.group_by("system").aggregate([("effective_from", "min")])
        first_days = oldest["effective_from_min"].take(pc.index_in(ends["system"], oldest["system"].combine_chunks()))
        begun_by_then = pc.and_(pc.is_valid(ends["later"]), pc.less_equal(ends["day"], first_days))
        return ends.filter(pc.invert(begun_by_then))

    @cached_property
    def forward(self) -> pa.Table:
        """The chains of every system, forwards."""
        return derive_forward(self.steps, self.ends, self.billable_episodes)

    @cached_property
    def backward(self) -> pa.Table:
        """The chains of every system, backwards."""
        return derive_backward(self.steps, self.ends, self.billable_episodes)

    @cached_property
    def code_days(self) -> dict[str, pa.Table]:
        """From when to when every code of each system could be reported."""
        return derive_code_days(self.episodes)

    def newest_day(self, system: str) -> date:
        """The first day of the newest release of a system."""
        own = self.releases.filter(pc.equal(self.releases["system"], system))
        newest: date = pc.max(own["effective_from"]).as_py()
        return newest

    def nearest_day(self, system: str, day: date) -> date:
        """The day, or, where no code of a system could be reported on it, the nearest one on which some could.

        ICD-9-CM had ended when its last map was published; a map can be older than the oldest listing here.
        """
        own = self.billable_episodes.filter(pc.equal(self.billable_episodes["system"], system))
        oldest, newest = pc.min(own["valid_from"]).as_py(), pc.max(pc.fill_null(own["valid_to"], date.max)).as_py()
        return day if oldest is None else min(max(day, oldest), newest)

    def day_in_use(self, system: str, day: date) -> date:
        """The day, or, where a system was not in use on it, the nearest one on which it was."""
        return read_systems()[system].nearest_in_use(day)

    def known_through(self, system: str) -> date:
        """The last day of which the listings of a system speak; the first of all days without a listing."""
        return self.horizons[system].known_through if system in self.horizons else date.min

    def map_of(self, crosswalk: str) -> PublishedMap:
        """The published map of a crosswalk."""
        return next(each for each in self.maps if each.entry.crosswalk == crosswalk)

    def forget_rows(self) -> None:
        """Leaves of each map what it says beside its rows, once these are mappings: 90 MB of a full build."""
        self.maps[:] = [each.without_rows() for each in self.maps]
