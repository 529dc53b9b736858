"""How well each crosswalk covers what could be reported on the day of each release, by chapter."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.describe.pairs import NONE
from pipeline.crosswalk.registry import Crosswalk
from pipeline.history.timeline import Bools, Ints, as_days
from pipeline.normalise.ranges import find_row
from pipeline.normalise.sections import built_in_sections
from pipeline.run.columns import as_array

ALL_CHAPTERS: Final = "all"
OUTSIDE: Final = "none"  # the chapter of a code that lies in none
COUNTS: Final = ["covered", "exact", "approximate", "combination", "several", "no_map", "round_trip"]
# Of a code that stays as it is, year to year, it can be said that it is
UNCHANGED: Final = ["covered", "exact", "round_trip"]


@dataclass(frozen=True)
class ReportedCodes:
    """The codes of a system that could be reported at some time, grouped by chapter and by first and last day.

    `group` is the group of each code; `is_valid` (group x release) whether its codes could be reported on the first
    day of a release; `chapter` the place of each group in `chapters`.
    """

    system: str
    code: pa.Array
    group: Ints
    chapters: list[str]
    chapter: Ints
    releases: list[str]
    is_valid: Bools

    def count(self, flag: Bools) -> Ints:
        """How many codes with a flag there are: chapter (and ALL_CHAPTERS, the last) x release."""
        of_group = np.bincount(self.group[flag], minlength=len(self.chapter))
        counts = np.zeros((len(self.chapters) + 1, len(self.releases)), np.int64)
        np.add.at(counts, self.chapter, of_group[:, None] * self.is_valid)
        counts[-1] = counts[:-1].sum(axis=0)
        return counts


def group_reported(system: str, billable_episodes: pa.Table, releases: pa.Table) -> ReportedCodes:
    """The codes of a system, as `derive_billable_episodes` has them, in groups.

    A release that several sources have (RBCS and HCPCS of 1 January) is one.
    """
    own = billable_episodes.filter(pc.equal(billable_episodes["system"], system)).combine_chunks()
    code, start, end = own["code"].chunk(0), as_days(own["valid_from"]), as_days(own["valid_to"])
    names, chapter = _chapters(system, code)
    days = np.stack([chapter, start.astype(np.int64), end.astype(np.int64)])
    groups, group = np.unique(days, axis=1, return_inverse=True)
    of_system = releases.filter(pc.equal(releases["system"], system))
    rows = of_system.group_by(["release", "effective_from"]).aggregate([]).sort_by("release")
    first = as_days(rows["effective_from"])
    since, until = groups[1].astype("datetime64[D]"), groups[2].astype("datetime64[D]")
    is_valid = (since[:, None] <= first) & (np.isnat(until)[:, None] | (until[:, None] >= first))
    return ReportedCodes(system, code, group.ravel(), names, groups[0], rows["release"].to_pylist(), is_valid)


def _chapters(system: str, code: pa.Array) -> tuple[list[str], Ints]:
    """The chapters of a system, and the place of each code's among them."""
    sections = built_in_sections().filter(pc.field("system") == system)
    own = sections.filter(pc.is_valid(sections["first"]))
    number = find_row(code, list(zip(own["first"].to_pylist(), own["last"].to_pylist(), strict=True)))
    names = [*dict.fromkeys(own["section"].to_pylist()), OUTSIDE]
    place = np.array([names.index(name) for name in own["section"].to_pylist()] + [len(names) - 1])
    return names, place[number]  # a section can have two stretches; -1, outside of all, takes the last place


def derive_quality(entry: Crosswalk, mappings: pa.Table, reported: ReportedCodes) -> pa.Table:
    """One row per release and chapter of the source's system: the columns of `schemas.crosswalk_quality`.

    `mappings` are those of one crosswalk, sorted by source. `approximate` counts codes that have targets but no exact
    one, whatever these are to the code: the relation of the crosswalk says that.
    """
    flags = _flags_of(entry, mappings, reported)
    billable = reported.count(np.ones(len(reported.code), bool))
    counts = {"billable": billable} | {name: reported.count(flags[name]) for name in COUNTS}
    chapter, release = np.nonzero(billable)
    names = [*reported.chapters, ALL_CHAPTERS]
    head = {
        "crosswalk": pa.repeat(entry.crosswalk, len(chapter)),
        "system": pa.repeat(reported.system, len(chapter)),
        "release": pa.array(reported.releases).take(pa.array(release)),
        "chapter": pa.array(names).take(pa.array(chapter)),
    }
    return pa.table(head | {name: pa.array(each[chapter, release], pa.int32()) for name, each in counts.items()})


def _flags_of(entry: Crosswalk, mappings: pa.Table, reported: ReportedCodes) -> dict[str, Bools]:
    """What is true of each code that could be reported, in the crosswalk."""
    mapped = _of_other_end(entry, mappings)
    sources, summary = _summary(mapped)
    place = np.asarray(pc.fill_null(pc.index_in(reported.code, sources), NONE)).astype(np.int64)
    has_row = place != NONE
    flags = {name: has_row & np.append(summary[name], False)[place] for name in COUNTS}
    if entry.is_year_to_year:
        stays = ~np.asarray(pc.is_in(reported.code, as_array(mappings["source_code"])))
        flags |= {name: flags[name] | stays for name in UNCHANGED}
    return flags


def _of_other_end(entry: Crosswalk, mappings: pa.Table) -> pa.Table:
    """Year to year, the rows that lead to the newest release, or to the oldest one; else all."""
    if not entry.is_year_to_year:
        return mappings
    if entry.way == "forward":
        return mappings.filter(pc.is_null(mappings["target_valid_to"]))
    return mappings.filter(pc.equal(mappings["target_valid_from"], pc.min(mappings["target_valid_from"])))


def _summary(mappings: pa.Table) -> tuple[pa.Array, dict[str, npt.NDArray[np.bool_]]]:
    """The sources of sorted mappings, and what is true of at least one row of each."""
    code, target = as_array(mappings["source_code"]), as_array(mappings["target_code"])
    is_start = np.append(True, np.asarray(pc.not_equal(code[1:], code[:-1])))[: len(code)]
    starts = np.flatnonzero(is_start)

    def any_of(flag: pa.ChunkedArray | Bools) -> Bools:
        """Whether it is true of at least one row of each source."""
        values = flag if isinstance(flag, np.ndarray) else np.asarray(pc.fill_null(flag, False))
        return np.logical_or.reduceat(values, starts) if len(starts) else np.zeros(0, bool)

    has_target = np.asarray(pc.is_valid(target))
    is_other = np.append(False, np.asarray(pc.fill_null(pc.not_equal(target[1:], target[:-1]), False)))[: len(code)]
    mapped, exact = any_of(has_target), any_of(pc.equal(mappings["predicate"], "exactMatch"))
    covered = mapped | any_of(mappings["no_map"])
    return code.take(pa.array(starts)), {
        "covered": covered,
        "exact": exact,
        "approximate": mapped & ~exact,
        "combination": any_of(has_target & (np.asarray(mappings["scenario"]) > 0)),
        "several": any_of(is_other & ~is_start),
        "no_map": covered & ~mapped,
        "round_trip": any_of(mappings["round_trip"]),
    }
