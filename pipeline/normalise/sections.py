"""Chapters and blocks: which stretch of a system a code lies in, and what that stretch is called."""

from collections.abc import Iterable
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest import TextFrame
from pipeline.normalise.ranges import read_rules

SECTION_COLUMNS = pa.schema(
    [*((name, pa.string()) for name in ("system", "section", "title", "first", "last")), ("listed_on", pa.date32())]
)


def built_in_sections() -> pa.Table:
    """One row per chapter, section or letter that we know without a tabular list: the columns of SECTION_COLUMNS."""
    rows = [{name: text or None for name, text in rule.items()} for rule in read_rules("sections.csv")]
    return pa.Table.from_pylist(rows, SECTION_COLUMNS)


def combine_sections(lists: Iterable[tuple[date, pa.Table]]) -> pa.Table:
    """The built-in sections, and behind them those of tabular lists, the oldest list first: SECTION_COLUMNS.

    `listed_on` is the day of the list, null for those that we know without one.
    """
    dated = [
        table.append_column("listed_on", pa.repeat(pa.scalar(day, pa.date32()), len(table)))
        for day, table in sorted(lists, key=lambda each: each[0])
    ]
    return pa.concat_tables([built_in_sections(), *(table.cast(SECTION_COLUMNS) for table in dated)])


def unique_sections(sections: pa.Table) -> pa.Table:
    """The sections once each: those that we know without a list, then the others as the newest list that has them.

    Of one that has more than one stretch it is the first row.
    """
    is_listed = pc.is_valid(sections["listed_on"])
    listed = sections.filter(is_listed).sort_by([("listed_on", "descending")])
    newest_first = pa.concat_tables([sections.filter(pc.invert(is_listed)), listed])
    key = _key_of(newest_first).dictionary_encode()
    first = pc.index_in(pa.array(range(len(key.dictionary)), pa.int32()), key.indices)
    return newest_first.take(first).drop_columns("listed_on")


def _key_of(sections: pa.Table) -> pa.Array:
    return pc.binary_join_element_wise(sections["system"], sections["section"], " ").combine_chunks()


def icd10cm_sections(frame: TextFrame) -> pa.Table:
    """The blocks of the ICD-10-CM tabular list, outer ones before the blocks that they hold.

    A category that does not sort into its block (C4A stands between C43 and C44) has a row of its own behind them.
    """
    blocks, table = _as_sections("ICD10CM", frame.table), frame.table
    is_outside = pc.or_(pc.less(table["code"], table["first"]), pc.greater(table["code"], table["last"]))
    strays = table.filter(pc.and_(pc.equal(table["entry"], "category"), is_outside))
    position = pc.index_in(
        pc.binary_join_element_wise(strays["first"], strays["last"], "-"), blocks["section"].combine_chunks()
    )
    extra = blocks.take(position)
    for name in ("first", "last"):
        extra = extra.set_column(extra.column_names.index(name), name, strays["code"])
    return pa.concat_tables([blocks, extra])


def icd9_sections(frame: TextFrame) -> pa.Table:
    """The blocks of an ICD-9-CM tabular list, titles in capitals as published."""
    return _as_sections({"dx": "ICD9CM", "px": "ICD9Proc"}[frame.part], frame.table)


def _as_sections(system: str, outline: pa.Table) -> pa.Table:
    """Blocks as sections, the longest stretch first, so that the narrowest is the last that fits."""
    blocks = outline.filter(pc.equal(outline["entry"], "block"))
    last = pc.if_else(pc.equal(blocks["last"], ""), blocks["first"], blocks["last"])
    is_single = pc.equal(blocks["first"], last)
    section = pc.if_else(is_single, blocks["first"], pc.binary_join_element_wise(blocks["first"], last, "-"))
    table = pa.table(
        {
            "system": pa.repeat(system, len(blocks)),
            "section": section,
            "title": blocks["title"],
            "first": blocks["first"],
            "last": last,
        }
    )
    return table.sort_by([("first", "ascending"), ("last", "descending")])
