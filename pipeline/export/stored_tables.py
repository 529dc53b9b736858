"""How the DuckDB file keeps its large tables: in half of their bytes, behind views that have their names and rows.

A column costs the file some bits in each row, however seldom it changes, and a code stands in it once for each of a
dozen crosswalks. So the schema `stored` has, of each of these tables,

- a number where a code is, by which `stored.code_texts` has it: of codes in order the file keeps the distance alone;
- a number where columns are that change together (systems, releases, days, marks), by which
  `stored.<table>_kinds` has them: some thousand rows for a million;
- of a path the steps between its two ends, which are the codes of the row, numbered as well;
- the titles of an episode only where they are not those of its code in `codes`.

The view of a table puts them together. That it gives the rows of the other formats is what the tests compare. `codes`
is there as it is, with a view in its place: a temporary table that somebody calls so is taken for ours by a view, and
would give the episodes other titles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.run.columns import as_array, number_texts

SCHEMA: Final = "stored"
CODE_TEXTS: Final = "code_texts"
TITLES_OF_EPISODES: Final = ("short_description", "description")
OWN_TITLES: Final = "has_own_titles"
PATH_COLUMN, PATH_STEPS = "path", "steps"
PATH_OF_ROW: Final = "case when s.steps is not null then concat_ws(' ', t.code, s.steps, r.target_code) end as {}"
MOST_COMBINATIONS: Final = 2**62  # of the values of some columns that one number can tell apart


@dataclass(frozen=True)
class StoredAs:
    """How a table is kept: the column whose codes are numbered, the columns that are numbered together, and whether
    its titles are mostly those of `codes`."""

    code: str
    kinds: tuple[str, ...]
    has_titles_of_codes: bool = False


# Crosswalks stay beside the kinds: by them a reader skips groups of rows. Over http the mappings of a code by one of
# them take 1.0 MB, and would take 4.3 (the file would be 0.65 MB less).
STORED: Final[Mapping[str, StoredAs]] = {
    "mappings": StoredAs(
        "source_code",
        (
            "source_system", "target_system", "status", "approximate", "no_map", "combination", "flags",
            "predicate", "cardinality", "round_trip", "origin", "hops", "source_billable", "target_billable",
            "valid_from", "valid_to", "target_valid_from", "target_valid_to", "source_file", "release_from",
            "release_to", "newest",
        ),
    ),
    "clusters": StoredAs("source_code", ("scenario", "size")),
    "code_history": StoredAs(
        "code",
        (
            "system", "billable", "kind", "setting", "valid_from", "valid_to", "valid_from_earliest",
            "valid_to_earliest", "valid_from_basis", "valid_to_basis", "release",
        ),
        has_titles_of_codes=True,
    ),
    "validity": StoredAs("code", ("system", "valid_from", "valid_through", "billable", "release")),
    "code_rules": StoredAs("code", ("system", "rule", "valid_from", "valid_to", "source")),
}  # fmt: skip
STORED_AS_IT_IS: Final = "codes"
VIEWED: Final = (*STORED, STORED_AS_IT_IS)  # the tables that are views


def codes_with_numbers(tables: Mapping[str, pa.Table]) -> tuple[pa.Table, dict[str, pa.Array]]:
    """The distinct codes of the tables that are kept with numbers, each with its number, in their order; and of each of
    these tables the numbers of the codes in its rows."""
    columns = {name: tables[name][layout.code] for name, layout in STORED.items() if name in tables}
    codes, numbers = number_texts([*columns.values()])
    of_tables = {name: pa.array(each, pa.int32()) for name, each in zip(columns, numbers, strict=True)}
    return _with_number(pa.table({"code": codes})), of_tables


def stored_rows(name: str, tables: Mapping[str, pa.Table], code_numbers: Mapping[str, pa.Array]) -> dict[str, pa.Table]:
    """What the schema `stored` has of a table, by the names that it has there, in the order of the table's rows."""
    if name == STORED_AS_IT_IS:
        return {name: tables[name]}
    layout, rows = STORED[name], tables[name]
    kinds, kind_rows = _numbered(rows.select(layout.kinds))
    own = {layout.code: code_numbers[name], "kind_number": kinds}
    beside = {f"{name}_kinds": _with_number(kind_rows)}
    if PATH_COLUMN in rows.column_names:
        own["steps_number"], steps = _numbered(pa.table({PATH_STEPS: _steps(rows)}))
        beside[f"{name}_{PATH_STEPS}"] = _with_number(steps)
    if layout.has_titles_of_codes:
        own[OWN_TITLES] = has_own = _has_own_titles(rows, tables["codes"])
        own |= {title: pc.if_else(has_own, rows[title], None) for title in TITLES_OF_EPISODES}
    rest = [each for each in rows.column_names if each not in {*own, *layout.kinds, PATH_COLUMN}]
    return {name: pa.table({**own, **{each: rows[each] for each in rest}}), **beside}


def view_of(name: str, columns: list[str]) -> str:
    """The question that gives the rows of a table, with its columns in their order."""
    if name == STORED_AS_IT_IS:
        return f"select {', '.join(columns)} from {SCHEMA}.{name}"
    layout = STORED[name]
    shown = dict.fromkeys(columns, "r.{}") | dict.fromkeys(layout.kinds, "k.{}") | {layout.code: "t.code as {}"}
    joins = f"join {SCHEMA}.{CODE_TEXTS} t on t.number = r.{layout.code} join {SCHEMA}.{name}_kinds k "
    joins += "on k.number = r.kind_number"
    if PATH_COLUMN in columns:
        shown[PATH_COLUMN] = PATH_OF_ROW
        joins += f" join {SCHEMA}.{name}_{PATH_STEPS} s on s.number = r.steps_number"
    if layout.has_titles_of_codes:
        shown |= dict.fromkeys(TITLES_OF_EPISODES, f"case when r.{OWN_TITLES} then r.{{0}} else c.{{0}} end as {{0}}")
        joins += f" left join {SCHEMA}.{STORED_AS_IT_IS} c on c.system = k.system and c.code = t.code"
    return f"select {', '.join(shown[each].format(each) for each in columns)} from {SCHEMA}.{name} r {joins}"


def _numbered(columns: pa.Table) -> tuple[pa.Array, pa.Table]:
    """For each row the number of its values, and the rows of distinct values by number, as they come first."""
    key, combinations = np.zeros(len(columns), np.int64), 1
    for column in columns.columns:
        values, count = _places(column)
        if combinations * count > MOST_COMBINATIONS:
            places, combinations = _places(pa.chunked_array([key]))
            key = places.astype(np.int64)
        key *= count
        key += values
        combinations *= count
    numbers, _ = _places(pa.chunked_array([key]))
    is_first = np.diff(np.maximum.accumulate(numbers), prepend=np.int32(-1)) > 0
    return pa.array(numbers), columns.filter(pa.array(is_first))


def _places(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], int]:
    """For each value its place among the distinct ones, as they come first, and how many these are.

    Of values that neighbours have too only the first is looked up: of the tables here, a third less time.
    """
    runs = pc.run_end_encode(as_array(column))
    encoded = runs.values.dictionary_encode(null_encoding="encode")
    lengths = np.diff(np.asarray(runs.run_ends), prepend=np.int32(0))
    return np.repeat(np.asarray(encoded.indices), lengths), max(len(encoded.dictionary), 1)


def _with_number(distinct: pa.Table) -> pa.Table:
    return distinct.add_column(0, "number", pa.array(np.arange(len(distinct), dtype=np.int32)))


def _steps(rows: pa.Table) -> pa.Array:
    """What stands between the codes at the two ends of each path. Raises ValueError where a path has others there."""
    has_path = pc.is_valid(rows[PATH_COLUMN])
    told = rows.select(["source_code", "target_code", PATH_COLUMN]).filter(has_path).combine_chunks()
    source, target, path = (each.combine_chunks() for each in told.columns)
    pieces = pc.split_pattern(path, " ", max_splits=1)
    behind = pc.list_flatten(pc.list_slice(pieces, 1, 2, return_fixed_size_list=True))  # null where there is no blank
    between = pc.list_element(pc.split_pattern(behind, " ", max_splits=1, reverse=True), 0)
    steps = pc.if_else(pc.is_valid(target), between, behind)
    whole = pc.binary_join_element_wise(source, steps, target, " ", null_handling="skip")
    wrong = path.filter(pc.or_(pc.is_null(steps), pc.not_equal(whole, path)))
    if len(wrong):
        raise ValueError(f"mappings: the path {wrong[0]} does not lead from source_code to target_code")
    return pc.replace_with_mask(pa.nulls(len(rows), pa.string()), has_path.combine_chunks(), steps)


def _has_own_titles(episodes: pa.Table, codes: pa.Table) -> pa.Array:
    """Whether the titles of an episode are others than `codes` has of its code."""
    both = pa.concat_tables(each.select(["system", "code"]) for each in (codes, episodes))
    numbers, _ = _numbered(both)
    at = pc.index_in(numbers[len(codes) :], numbers[: len(codes)])
    now = codes.select(TITLES_OF_EPISODES).take(at)
    return reduce(pc.or_, (_differ(episodes[title], now[title]) for title in TITLES_OF_EPISODES), pc.is_null(at))


def _differ(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether two values differ, of which one or both may be missing."""
    return pc.fill_null(pc.not_equal(one, other), pc.xor(pc.is_null(one), pc.is_null(other)))
