"""Groupers as maps from codes to categories: AHRQ's CCSR and CCS, CMS's condition categories, the 113 causes of death.

Categories hold together: a diagnosis of two CCSR categories belongs to both, so no row here is an alternative.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.crosswalk.published.category_titles import with_known_titles
from pipeline.crosswalk.published.maps import PublishedMap, as_categories, as_map_rows, as_notes, crosswalks_in
from pipeline.crosswalk.registry import Crosswalk
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.listing import blank_as_null

POSITION: Final = "position"
FLAGS: Final = {
    "position": POSITION,
    "inpatient_default": "inpatient default",
    "outpatient_default": "outpatient default",
    "payment": "payment",
    "multi_level": "multi-level category",
    "code_status": "status",
}
TOLD_OF_CATEGORIES: Final = {
    "title": "category_description",
    "multi_level": "multi_level",
    "multi_level_title": "multi_level_description",
    "uses_poa": "uses_poa",
}


def grouper_maps(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[PublishedMap]:
    """One map for each model, revision or indicator in the file of a grouper.

    Raises RawFileError for one the registry lacks.
    """
    maps = []
    for frame in parts.values():
        entries = crosswalks_in(delivery, frame)
        _require_known(frame, entries)
        maps += [_one_map(delivery, frame, entry) for entry in entries]
    return maps


def _of(table: pa.Table) -> pa.ChunkedArray | None:
    """The column that tells several maps in one file apart."""
    name = next((name for name in ("model", "revision", "indicator") if name in table.column_names), None)
    return table[name] if name else None


def _require_known(frame: TextFrame, entries: list[Crosswalk]) -> None:
    of = _of(frame.table)
    unknown = set(of.unique().to_pylist()) - {entry.of for entry in entries} if of is not None else set()
    if unknown:
        raise RawFileError(
            frame.where,
            expected="models " + ", ".join(str(entry.of) for entry in entries),
            found=", ".join(sorted(unknown)) + " as well",
            next_step="add an entry for it to pipeline/crosswalk/crosswalks.toml",
        )


def _one_map(delivery: RawRelease, frame: TextFrame, entry: Crosswalk) -> PublishedMap:
    of, table = _of(frame.table), frame.table
    if of is not None:
        table = table.filter(pc.equal(of, entry.of))
    if "cause" in table.column_names:
        table = table.rename_columns({"cause": "category", "cause_title": "category_description"})
    is_code = pc.not_equal(table["code"], "")
    code, flags = _as_listed(table["code"], entry), _flags(table)
    # A grouping has no such flag, and its rows are no equivalences that it would make exact.
    rows = as_map_rows(code, table["category"], table["line"], approximate=False, flags=flags)
    of_codes, again = _without_repeated(rows.filter(is_code))
    missing = as_notes("left_out", "the publisher's entry for a missing code", rows.filter(pc.invert(is_code)))
    notes = pa.concat_tables([missing, again])
    categories, words = _categories(table.filter(is_code), entry), tuple(words for words, _ in _printed(table))
    # That another category was put before one changes its place, and nothing of what the row says.
    compared = tuple(each for each in words if each != POSITION)
    given = (entry, delivery, frame.where, len(table), of_codes, notes, categories)
    return PublishedMap(*given, flag_words=compared, edition=_edition(table))


def _without_repeated(rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The first row of each code and category, and the others as notes, each with what is printed beside it."""
    pairs = pc.binary_join_element_wise(rows["source_code"], rows["target_code"], " ").combine_chunks()
    _, first = np.unique(np.asarray(pc.index_in(pairs, pairs.unique())), return_index=True)
    is_first = pa.array(np.isin(np.arange(len(rows)), first))
    again = rows.filter(pc.invert(is_first))
    notes = [
        as_notes("repeated", f"printed again ({flags})", again.filter(own))
        for flags in sorted(filter(None, again["flags"].unique().to_pylist()))
        for own in [pc.equal(again["flags"], flags)]
    ]
    plain = again.filter(pc.is_null(again["flags"]))
    return rows.filter(is_first), pa.concat_tables([as_notes("repeated", "printed again", plain), *notes])


def _as_listed(code: pa.ChunkedArray, entry: Crosswalk) -> pa.ChunkedArray:
    """The SAS program prints external causes of ICD-9 without their E: an underlying cause of 800 to 999 is one."""
    if entry.source_system != "ICD9":
        return code
    return pc.if_else(pc.match_substring_regex(code, "^[89]"), pc.binary_join_element_wise("E", code, ""), code)


def _edition(table: pa.Table) -> str | None:
    """The year that the header of condition categories says, whatever the file is called; None of other files."""
    if "edition" not in table.column_names or not len(table):
        return None
    return str(table["edition"][0].as_py())


def _printed(table: pa.Table) -> list[tuple[str, pa.ChunkedArray]]:
    """What a publisher says of pairs beside the category: the words for it, and the column; nothing that is all blank,
    as of versions that do not print it."""
    columns = [(words, table[name]) for name, words in FLAGS.items() if name in table.column_names]
    return [(words, column) for words, column in columns if pc.any(pc.not_equal(column, "")).as_py()]


def _flags(table: pa.Table) -> pa.Array | None:
    """What a publisher says of a pair beside the category, as printed."""
    printed = _printed(table)
    if not printed:
        return None
    parts = [pc.binary_join_element_wise(words, blank_as_null(column), " ") for words, column in printed]
    # A row of which nothing is printed would be left out by the join, and not be null: an empty text goes first.
    joined = pc.binary_join_element_wise("", *parts, "; ", null_handling="skip")
    return blank_as_null(pc.utf8_ltrim(joined, characters="; "))


def _categories(table: pa.Table, entry: Crosswalk) -> pa.Table:
    """Each category once, with its title and what else the publisher says of it."""
    told = {name: table[column] for name, column in TOLD_OF_CATEGORIES.items() if column in table.column_names}
    if "uses_poa" in told:
        told["uses_poa"] = pc.equal(told["uses_poa"], "Yes")
    categories = as_categories(table["category"], told.pop("title", None), **told)
    return with_known_titles(categories, entry.target_system)
