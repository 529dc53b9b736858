"""Checks of the codes of published maps that no listing has: each is declared, and no more than was declared."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.unlisted import DeclaredUnlisted, fitting_codes
from pipeline.gate.findings import as_finding
from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent

DECLARE: Final = "add the listing, correct the file, or declare them in pipeline/crosswalk/unlisted.toml"
# The columns that tell which codes stand where, of each table that does
LOOKED_UP: Final = {
    "mappings": ["crosswalk", "source_system", "source_code", "target_system", "target_code", "source_file"],
    "crosswalks": ["crosswalk", "target_system"],
    "categories": ["crosswalk", "category"],
    "crosswalk_exceptions": ["crosswalk", "exception", "source_code", "target_code"],
    "code_history": ["system", "code"],
}


def find_unlisted(tables: Mapping[str, pa.Table], declared: Sequence[DeclaredUnlisted]) -> list[str]:
    """Codes of mappings that nobody declares, and entries of unlisted.toml that more codes fit than they allow.

    A misread column or a missing listing looks just the same. Nothing is found where one of the tables is missing.
    """
    if not LOOKED_UP.keys() <= tables.keys():
        return []
    slim = {name: tables[name].select(columns) for name, columns in LOOKED_UP.items()}
    return [*_undeclared(slim), *_too_many(slim["crosswalk_exceptions"], slim["mappings"], declared)]


def _undeclared(tables: Mapping[str, pa.Table]) -> Iterator[str]:
    """Codes of mappings that stand in no listing, in no grouping and in no declared exception."""
    rows = query_tables(_HERE / "undeclared.sql", None, **tables).to_pylist()
    if rows:
        cases = [f"{row['crosswalk']}: {row['side']} {row['code']} of {row['file']} is in no listing" for row in rows]
        yield as_finding(f"table mappings: {len(rows):,} codes are in no listing and not declared", cases, DECLARE)


def _too_many(exceptions: pa.Table, mappings: pa.Table, declared: Sequence[DeclaredUnlisted]) -> Iterator[str]:
    """Entries that declare fewer codes than fit them, those that absent listings allow left out."""
    is_source = pc.equal(exceptions["exception"], "unlisted_source")
    unlisted = exceptions.filter(pc.or_(is_source, pc.equal(exceptions["exception"], "unlisted_target")))
    side = pc.replace_substring(unlisted["exception"], "unlisted_", "")
    code = pc.coalesce(unlisted["source_code"], unlisted["target_code"])
    fits = {each: fitting_codes(each, unlisted["crosswalk"], side, code) for each in declared}
    by_hand = np.any([np.zeros(len(unlisted), bool), *(own for each, own in fits.items() if not each.share)], axis=0)
    for each, own in fits.items():
        count = int((own & ~by_hand).sum() if each.share else own.sum())
        if count > each.at_most and count > (allowed := each.at_most + _of_absent(each, mappings, declared)):
            names = ", ".join(each.crosswalks) or "all crosswalks"
            found = f"{names}: {count:,} codes that no listing has, {allowed:,} are declared: {each.reason}"
            yield as_finding(found, next_step=DECLARE)


def _of_absent(entry: DeclaredUnlisted, mappings: pa.Table, declared: Sequence[DeclaredUnlisted]) -> int:
    """How many codes of an entry's side and crosswalks may be of listings that are not here, or of later ones."""
    absent = [each for each in declared if each.share and each.side == entry.side]
    return sum(
        int(each.share * pc.count_distinct(_fitting(own[f"{entry.side}_code"], each), mode="only_valid").as_py())
        for each in absent
        if not entry.crosswalks or {*each.crosswalks} <= {*entry.crosswalks}
        for own in [mappings.filter(pc.is_in(mappings["crosswalk"], pa.array(each.crosswalks)))]
    )


def _fitting(codes: pa.ChunkedArray, entry: DeclaredUnlisted) -> pa.ChunkedArray:
    return codes.filter(pc.match_substring_regex(codes, f"^(?:{entry.codes})$"))
