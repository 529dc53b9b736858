"""What a crosswalk does not carry, with the reason: nothing is dropped silently."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.pairs import Bools
from pipeline.crosswalk.relational import ask
from pipeline.errors import UsageError, ValidationFailed
from pipeline.normalise.maps import PublishedMap

COLUMNS: Final = pa.schema(
    [
        ("crosswalk", pa.string()),
        ("exception", pa.string()),
        ("source_code", pa.string()),
        ("target_code", pa.string()),
        ("reason", pa.string()),
        ("rows", pa.int32()),
    ]
)
FILE: Final = "unlisted.toml"
SHOWN: Final = 8
NEXT: Final = "  next:     add the listing, correct the file, or declare them in pipeline/crosswalk/unlisted.toml"


@dataclass(frozen=True)
class Declared:
    """One entry of unlisted.toml: codes of a side of some crosswalks (of all, where none is named) that may be in no
    listing, and why."""

    side: str
    reason: str
    at_most: int
    crosswalks: tuple[str, ...] = ()
    codes: str = ".*"


def read_declared(raw: Path) -> tuple[Declared, ...]:
    """Every entry of unlisted.toml, and of a file of that name in the folder of raw files: an excerpt has one.

    Raises UsageError where an entry has other keys.
    """
    paths = [Path(__file__).with_name(FILE), raw / FILE]
    return tuple(each for path in paths if path.is_file() for each in _read_entries(path))


def _read_entries(path: Path) -> Iterator[Declared]:
    try:
        for each in tomllib.loads(path.read_text(encoding="utf-8"))["unlisted"]:
            yield Declared(**each | {"crosswalks": tuple(each.get("crosswalks", ()))})
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as problem:
        raise UsageError(
            f"{path}: this declares no unlisted codes ({problem})\n"
            "  next:     compare it with pipeline/crosswalk/unlisted.toml"
        ) from problem


def derive_exceptions(
    published: list[PublishedMap],
    crosswalks: pa.Table,
    mappings: pa.Table,
    known: dict[str, pa.Table],
    declared: Sequence[Declared],
) -> pa.Table:
    """One row per case: the columns of COLUMNS.

    `known` holds the tables spells, ends and predecessors. Raises ValidationFailed for a code of a published
    map that is in no listing and not declared.
    """
    notes = [_notes_of(each) for each in published]
    told = ask("noted", notes=pa.concat_tables(notes)).cast(COLUMNS) if notes else COLUMNS.empty_table()
    names = ["spells", "ends", "predecessors"]
    tables = [
        told,
        ask("conversion_exceptions", predecessors=known["predecessors"]).cast(COLUMNS),
        _declared(crosswalks, mappings, declared),
        ask("not_bridged", crosswalks=crosswalks, mappings=mappings, **{name: known[name] for name in names}).cast(
            COLUMNS
        ),
    ]
    return pa.concat_tables(tables)


def _notes_of(published: PublishedMap) -> pa.Table:
    return published.notes.append_column("crosswalk", pa.repeat(published.entry.crosswalk, len(published.notes)))


def _declared(crosswalks: pa.Table, mappings: pa.Table, declared: Sequence[Declared]) -> pa.Table:
    """The codes that no listing has, each with the reason that is declared for it."""
    unlisted = ask("unlisted", mappings=mappings, crosswalks=crosswalks)
    fitting = [_fits(unlisted, each) for each in declared]
    _refuse_undeclared(unlisted, fitting, declared)
    is_source = pc.equal(unlisted["side"], "source")
    none = pa.scalar(None, pa.string())
    reasons = pa.array([each.reason for each in declared])
    columns = [
        unlisted["crosswalk"],
        pc.binary_join_element_wise("unlisted", unlisted["side"], "_"),
        pc.if_else(is_source, unlisted["code"], none),
        pc.if_else(is_source, none, unlisted["code"]),
        reasons.take(pa.array(np.argmax(fitting, axis=0))),
        unlisted["rows"],
    ]
    return pa.table(columns, schema=COLUMNS)


def _fits(unlisted: pa.Table, declared: Declared) -> Bools:
    """Which codes an entry declares."""
    is_side = np.asarray(pc.equal(unlisted["side"], declared.side))
    is_own = np.asarray(pc.is_in(unlisted["crosswalk"], pa.array(declared.crosswalks, pa.string())))
    is_named = np.asarray(pc.match_substring_regex(unlisted["code"], f"^(?:{declared.codes})$"))
    fits: Bools = is_side & is_named & (is_own | (not declared.crosswalks))
    return fits


def _refuse_undeclared(unlisted: pa.Table, fitting: list[Bools], declared: Sequence[Declared]) -> None:
    unknown = unlisted.filter(pa.array(~np.logical_or.reduce(fitting))).to_pylist()
    lines = [f"  {row['crosswalk']}: {row['side']} {row['code']} of {row['file']} is in no listing" for row in unknown]
    for each, fits in zip(declared, fitting, strict=True):
        if fits.sum() > each.at_most:
            names = ", ".join(each.crosswalks) or "all crosswalks"
            lines.append(
                f"  {names}: {fits.sum():,} codes that no listing has, {each.at_most:,} are declared: {each.reason}"
            )
    if lines:
        shown = [*lines[:SHOWN], *([f"  and {len(lines) - SHOWN:,} more"] if len(lines) > SHOWN else [])]
        raise ValidationFailed(
            "\n".join(["codes of published maps are in no listing; nothing was published", *shown, NEXT])
        )
