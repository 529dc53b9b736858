"""What tabular lists say beside their titles: inclusion terms, notes with the codes that they name, and characters.

A rule takes a release and its text frames by part, and returns the rows of the tables `terms`, `notes` and
`seventh_characters`, each by its table's name.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import TextFrame
from pipeline.ingest.tabular_notes import SEVENTH_CHARACTER
from pipeline.normalise.hierarchy import bare
from pipeline.normalise.named_codes import ICD10CM_CODE, find_named_codes, find_restrictions, what_brackets_hold
from pipeline.normalise.systems import read_systems
from pipeline.run.columns import as_array
from schemas.arrow import arrow_schema
from schemas.notes import Notes
from schemas.seventh_characters import SeventhCharacters
from schemas.terms import Terms

TextsRule = Callable[[RawRelease, dict[str, TextFrame]], dict[str, pa.Table]]
TEXT_COLUMNS: Final = {
    name: pa.schema([(field.name, field.type) for field in arrow_schema(model)])
    for name, model in (("terms", Terms), ("notes", Notes), ("seventh_characters", SeventhCharacters))
}
EDITIONS: Final = ("release_from", "release_to")
# What may differ between two editions in which a row is the same, or follows from its text.
NOT_COMPARED: Final = (*EDITIONS, "position", "line", "named_codes", "restriction")
TERM: Final = "inclusionTerm"
KINDS_BY_ELEMENT: Final = {
    "includes": "includes",
    "excludes": "excludes",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional_code",
    "codeAlso": "code_also",
    "notes": "note",
    "sevenChrNote": "seventh_character",
    "sevenChrDef": "seventh_character_note",
}
SEVENTH: Final = 7
ICD9_SYSTEMS: Final = {"dx": "ICD9CM", "px": "ICD9Proc"}
CODE_PATTERNS: Final = {
    "ICD10CM": ICD10CM_CODE,
    "ICD9CM": r"(?:E\d{3}(?:\.\d)?|(?:V\d|\d{2})\d(?:\.\d{1,2})?)",
    "ICD9Proc": r"\d{2}(?:\.\d{1,2})?",
}


def icd10cm_texts(delivery: RawRelease, parts: dict[str, TextFrame]) -> dict[str, pa.Table]:
    """The texts of one edition of the ICD-10-CM tabular list."""
    rows = _placed("ICD10CM", parts["tabular"].table)
    rows = rows.set_column(
        rows.column_names.index("lead_in"), "lead_in", lead_ins(rows["element"], rows["title"].combine_chunks())
    )
    position = pa.repeat(pa.scalar(str(SEVENTH)), len(rows))
    rows = rows.set_column(rows.column_names.index("element"), "element", position)
    return _texts(delivery, "ICD10CM", rows)


def icd9_texts(delivery: RawRelease, parts: dict[str, TextFrame]) -> dict[str, pa.Table]:
    """The texts of one edition of the ICD-9-CM tabular lists, of diagnoses and procedures."""
    found = [
        _texts(delivery, system, _placed(system, parts[part].table))
        for part, system in ICD9_SYSTEMS.items()
        if part in parts
    ]
    return {name: pa.concat_tables([each[name] for each in found]) for name in TEXT_COLUMNS}


def _texts(delivery: RawRelease, system: str, rows: pa.Table) -> dict[str, pa.Table]:
    terms = _numbered(rows.filter(pc.equal(rows["entry"], TERM)))
    notes = _numbered(rows.filter(pc.is_in(rows["entry"], pa.array(KINDS_BY_ELEMENT))))
    characters = _numbered(rows.filter(pc.equal(rows["entry"], SEVENTH_CHARACTER)))
    given = {"code_position": characters["element"].cast(pa.int32()), "meaning": characters["title"]}
    return {
        "terms": as_texts("terms", delivery, system, terms, term=terms["title"]),
        "notes": _notes(delivery, system, notes),
        "seventh_characters": as_texts("seventh_characters", delivery, system, characters, **given),
    }


def as_texts(table: str, delivery: RawRelease, system: str, rows: pa.Table, **columns: object) -> pa.Table:
    """Rows in the columns of a table: those given, else those of the same name, of one system and release."""
    repeated = {"system": system, **dict.fromkeys(EDITIONS, delivery.release.release)}
    given = {name: pa.repeat(pa.scalar(value, pa.string()), len(rows)) for name, value in repeated.items()} | columns
    schema = TEXT_COLUMNS[table]
    return pa.table(
        [given[name] if name in given else rows[name].cast(schema.field(name).type) for name in schema.names], schema
    )


def join_editions(rows: pa.Table) -> pa.Table:
    """The rows of several editions, those that are printed alike in editions one after the other as one: its position
    and line are those of the last. An edition counts for the systems of which it has rows.
    """
    if not len(rows):
        return rows
    own = [name for name in rows.column_names if name not in NOT_COMPARED]
    frame = rows.select([*own, "release_to"]).to_pandas()
    same = frame.groupby(own, dropna=False, sort=False).ngroup()
    edition = frame.groupby("system")["release_to"].rank("dense").astype(int)
    again = frame.groupby([same, edition], sort=False).cumcount()  # of a text that is printed twice at one place
    order = np.lexsort((edition, again, same))
    kept = [np.asarray(each)[order] for each in (same, again, edition)]
    goes_on = (np.diff(kept[0]) == 0) & (np.diff(kept[1]) == 0) & (np.diff(kept[2]) == 1)
    firsts, lasts = order[np.append(True, ~goes_on)], order[np.append(~goes_on, True)]
    first_release = rows["release_from"].take(pa.array(firsts))
    joined = rows.take(pa.array(lasts))
    return joined.set_column(joined.column_names.index("release_from"), "release_from", first_release)


def _with_content(rows: pa.Table) -> pa.Table:
    """The rows that say something, blanks collapsed: an empty note is none."""
    text = pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.fill_null(rows["title"], ""), r"\s+", " "))
    return rows.set_column(rows.column_names.index("title"), "title", text).filter(pc.not_equal(text, ""))


def _placed(system: str, table: pa.Table) -> pa.Table:
    """The rows that say something, with the place where each stands, and the first and last code below it."""
    rows = _with_content(table.filter(pc.is_valid(table["level"])))
    is_code = pc.equal(rows["level"], "code")
    place = pc.if_else(
        is_code, bare(rows["code"].combine_chunks(), read_systems()[system]), rows["code"].combine_chunks()
    )
    outline = _with_bounds(table.filter(pc.is_in(table["entry"], pa.array(["chapter", "block"]))))
    at = pc.index_in(_key(rows["level"], rows["code"]), _key(outline["entry"], outline["code"]))
    bounds = {name: pc.if_else(is_code, place, outline[name].combine_chunks().take(at)) for name in ("first", "last")}
    kept = rows.drop_columns(["code", "first", "last"])
    for name, values in {"place": place, **bounds}.items():
        kept = kept.append_column(name, values)
    return kept.combine_chunks()


def _with_bounds(outline: pa.Table) -> pa.Table:
    """Chapters and blocks, each with its last code; a block without a code of its own has its range."""
    first, last = outline["first"], pc.if_else(pc.equal(outline["last"], ""), outline["first"], outline["last"])
    span = pc.if_else(pc.equal(first, last), first, pc.binary_join_element_wise(first, last, "-"))
    code = pc.if_else(pc.equal(outline["code"], ""), span, outline["code"])
    return pa.table({"entry": outline["entry"], "code": code, "first": first, "last": last})


def _key(level: pa.ChunkedArray, code: pa.ChunkedArray) -> pa.Array:
    return pc.binary_join_element_wise(level, code, " ").combine_chunks()


def _numbered(rows: pa.Table) -> pa.Table:
    """The rows with their number at their place, in the order of the document."""
    frame = rows.select(["level", "place"]).to_pandas()
    number = frame.groupby(["level", "place"], sort=False).cumcount() + 1
    return rows.append_column("position", pa.array(number, pa.int32()))


def _notes(delivery: RawRelease, system: str, rows: pa.Table) -> pa.Table:
    """The notes, of which `with_named_codes` finds the codes."""
    kinds, nothing = pa.array(KINDS_BY_ELEMENT), pa.nulls(len(rows))
    return as_texts(
        "notes",
        delivery,
        system,
        rows,
        kind=pa.array(KINDS_BY_ELEMENT.values()).take(pc.index_in(rows["entry"], kinds)),
        text=rows["title"],
        named_codes=nothing,
        restriction=nothing,
    )


def with_named_codes(notes: pa.Table) -> pa.Table:
    """Notes with the codes that their texts name, and what narrows these: found once in what editions print alike.

    Of ICD-9-CM only what stands in brackets are codes: a number in the text of a note is none.
    """
    system, text = notes["system"], as_array(notes["text"])
    rows = [np.flatnonzero(np.asarray(pc.equal(system, name))) for name in CODE_PATTERNS]
    own = [text.take(pa.array(each)) for each in rows]
    naming = [
        what_brackets_hold(each) if name in ICD9_SYSTEMS.values() else each
        for name, each in zip(CODE_PATTERNS, own, strict=True)
    ]
    found = [find_named_codes(each, code) for each, code in zip(naming, CODE_PATTERNS.values(), strict=True)]
    place = pa.array(np.argsort(np.concatenate(rows)))
    columns = {"named_codes": pa.concat_arrays(found).take(place), "restriction": find_restrictions(text)}
    for name, values in columns.items():
        notes = notes.set_column(notes.column_names.index(name), notes.schema.field(name), values)
    return notes


def lead_ins(element: pa.ChunkedArray, text: pa.Array) -> pa.Array:
    """For each note the one before it in the same element that ends with a colon and leads in all that follow it.

    >>> lead_ins(pa.chunked_array([[1, 1, 2]]), pa.array(["code to identify:", "insulin (Z79.4)", "other"])).to_pylist()
    [None, 'code to identify:', None]
    """
    leads = pc.if_else(pc.ends_with(text, ":"), text, None)
    frame = pa.table({"element": element, "lead": leads}).to_pandas()
    above = frame.groupby("element")["lead"].shift()
    return pa.Array.from_pandas(above.groupby(frame["element"]).ffill(), type=pa.string())
