"""How well each crosswalk covers what could be reported on the day of each release, by chapter."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.describe.counted_versions import is_of_today
from pipeline.crosswalk.describe.pairs import NONE, Pairs
from pipeline.crosswalk.registry import Crosswalk
from pipeline.history.timeline import MOST_DAYS, Bools, Ints, as_days
from pipeline.normalise.ranges import find_row
from pipeline.normalise.sections import built_in_sections

ALL_CHAPTERS: Final = "all"
OUTSIDE: Final = "none"  # the chapter of a code that lies in none
COUNTS: Final = ["covered", "exact", "approximate", "combination", "several", "no_map", "round_trip"]
# Of a code that stays as it is, year to year, it can be said that it is
UNCHANGED: Final = ["covered", "exact", "round_trip"]
COUNTED_FROM: Final = ["predicate", "scenario", "no_map", "round_trip"]  # of rows


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

    def places_in(self, codes: pa.Array) -> Ints:
        """Where each code stands among others; NONE where it does not. One that was used again is here twice."""
        return np.asarray(pc.fill_null(pc.index_in(self.code, codes), NONE)).astype(np.int64)

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
    last = np.asarray(pc.fill_null(own["valid_to"].cast(pa.int32()), MOST_DAYS // 2)).astype(np.int64)
    number = (chapter * MOST_DAYS + start.astype(np.int64)) * MOST_DAYS + last  # of chapter and days as one
    _, one, group = np.unique(number, return_index=True, return_inverse=True)
    of_system = releases.filter(pc.equal(releases["system"], system))
    rows = of_system.group_by(["release", "effective_from"]).aggregate([]).sort_by("release")
    first = as_days(rows["effective_from"])
    since, until = start[one][:, None], end[one][:, None]
    is_valid = (since <= first) & (np.isnat(until) | (until >= first))
    return ReportedCodes(system, code, group, names, chapter[one], rows["release"].to_pylist(), is_valid)


def _chapters(system: str, code: pa.Array) -> tuple[list[str], Ints]:
    """The chapters of a system, and the place of each code's among them."""
    sections = built_in_sections().filter(pc.field("system") == system)
    own = sections.filter(pc.is_valid(sections["first"]))
    number = find_row(code, list(zip(own["first"].to_pylist(), own["last"].to_pylist(), strict=True)))
    names = [*dict.fromkeys(own["section"].to_pylist()), OUTSIDE]
    place = np.array([names.index(name) for name in own["section"].to_pylist()] + [len(names) - 1])
    return names, place[number]  # a section can have two stretches; -1, outside of all, takes the last place


def derive_quality(
    entry: Crosswalk, mappings: pa.Table, pairs: Pairs, reported: ReportedCodes, places: Ints
) -> pa.Table:
    """One row per release and chapter of the source's system: the columns of `schemas.crosswalk_quality`.

    `mappings` are those of one crosswalk, sorted by source, `pairs` are theirs; `places` those of the codes that could
    be reported among the sources of these. `approximate` counts codes that have targets but no exact one, whatever
    these are to the code: the relation of the crosswalk says that.
    """
    flags = {name: np.append(flag, False)[places] for name, flag in _flags_of(entry, mappings, pairs).items()}
    if entry.is_year_to_year:
        stays = ~np.append(np.bincount(pairs.source, minlength=len(pairs.sources)) > 0, False)[places]
        flags |= {name: flags[name] | stays for name in UNCHANGED}
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


def _is_of_other_end(entry: Crosswalk, mappings: pa.Table) -> Bools:
    """Year to year, the rows that lead to the newest release, or to the oldest one; else all."""
    if not entry.is_year_to_year:
        return np.ones(len(mappings), bool)
    if entry.way == "forward":
        return np.asarray(pc.is_null(mappings["target_valid_to"]))
    is_oldest = pc.equal(mappings["target_valid_from"], pc.min(mappings["target_valid_from"]))
    return np.asarray(pc.fill_null(is_oldest, False))


def _flags_of(entry: Crosswalk, mappings: pa.Table, pairs: Pairs) -> dict[str, Bools]:
    """What is true of each source of a crosswalk."""
    is_used = is_of_today(entry, mappings) & _is_of_other_end(entry, mappings)
    used, source, target = (
        mappings.select(COUNTED_FROM).filter(pa.array(is_used)),
        pairs.source[is_used],
        pairs.target[is_used],
    )
    has_target = target != NONE
    is_other = (source[1:] == source[:-1]) & (target[1:] != target[:-1]) & has_target[1:] & has_target[:-1]
    rows = {
        "mapped": has_target,
        "exact": pc.equal(used["predicate"], "exactMatch"),
        "combination": has_target & (np.asarray(used["scenario"]) > 0),
        "several": np.append(False, is_other)[: len(used)],
        "no_map": used["no_map"],
        "round_trip": used["round_trip"],
    }
    found = {name: _any_of(flag, source, len(pairs.sources)) for name, flag in rows.items()}
    mapped = found.pop("mapped")
    covered = mapped | found["no_map"]
    return found | {"covered": covered, "approximate": mapped & ~found["exact"], "no_map": covered & ~mapped}


def _any_of(flag: pa.ChunkedArray | Bools, source: Ints, sources: int) -> Bools:
    """Of which sources it is true of at least one row."""
    is_one = flag if isinstance(flag, np.ndarray) else np.asarray(pc.fill_null(flag, False))
    found = np.zeros(sources, bool)
    found[source[is_one]] = True
    return found
