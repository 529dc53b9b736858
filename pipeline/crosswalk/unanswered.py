"""Published maps of every code with a row for each code that they lack; groupings carried to codes that are newer."""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.chains.carried_categories import carry_categories
from pipeline.crosswalk.code_days import CODE_DAYS
from pipeline.crosswalk.describe.counted_versions import of_today
from pipeline.crosswalk.describe.mappings import NEWER_THAN_MAP, carried_rows, unanswered_rows
from pipeline.crosswalk.inputs import CrosswalkInputs
from pipeline.crosswalk.published.maps import NOTES, PublishedMap
from pipeline.crosswalk.registry import followed_systems

OF_CANDIDATES: Final = "candidate"


@dataclass(frozen=True)
class AnsweredMap:
    """The rows of a published map with those that we add, as MAPPING_ROWS; and, as NOTES, the categories in which some
    of what a newer code was are and others are not."""

    published: PublishedMap
    rows: pa.Table
    candidates: pa.Table


def answer_lacking(inputs: CrosswalkInputs, published: PublishedMap, rows: pa.Table) -> AnsweredMap:
    """A map of every code, whose rows are MAPPING_ROWS, with a row for each code that its newest version lacks: why,
    or, of a grouping, the categories of what the code was before, where it is newer than that and all agree."""
    entry, today = published.entry, of_today(published.entry, rows)
    system, day = entry.source_system, published.delivery.release.effective_from
    days = inputs.day_in_use(system, day), inputs.known_through(system)
    lacking = unanswered_rows(today, inputs.code_days.get(system, CODE_DAYS.empty_table()), days)
    newer = lacking.filter(pc.equal(lacking["status"], NEWER_THAN_MAP))
    if entry.relation != "grouping" or system not in followed_systems() or not len(newer):
        return AnsweredMap(published, pa.concat_tables([rows, lacking]), NOTES.empty_table())
    found = carry_categories(entry, newer, today, inputs.backward, days[0])
    carried = carried_rows(found.filter(found["agree"]))
    is_carried = pc.is_in(lacking["source_code"], carried["source_code"].combine_chunks())
    added = [carried, lacking.filter(pc.invert(is_carried))]
    return AnsweredMap(published, pa.concat_tables([rows, *added]), _candidates(found))


def _candidates(carried: pa.Table) -> pa.Table:
    """The categories in which some of what a code was are and others are not, as NOTES: none of them is an answer."""
    rows = carried.filter(pc.invert(carried["agree"]))
    reason = pc.binary_join_element_wise("newer than the grouping; it was ", rows["all_that_it_was"], "")
    columns = [pa.repeat(OF_CANDIDATES, len(rows)), rows["source_code"], rows["target_code"], reason]
    return pa.table([*columns, pa.nulls(len(rows), pa.int64())], schema=NOTES)
