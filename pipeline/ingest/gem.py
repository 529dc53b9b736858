"""General Equivalence Mappings (GEM): ICD-9-CM to ICD-10-CM and ICD-10-PCS, and back.

Layout: `GemsTechDoc_2018.pdf` inside the archives. The columns differ by direction and record lengths by issue, so
the three fields are told apart by the white space between them.
Codes and flags only: a byte that is not ASCII is damage.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import require_ascii, split_lines

NEXT = "check that this is one of the text members of a GEM archive; a new layout needs a reader of its own"
NO_MAP_TEXT = r"^No(?:Dx|PCS|I9)$"
# What the publisher printed against the figures, as source, target and flags; lines are those of the issue of 2018.
WITHOUT_COMBINATION_FLAG = {
    "3584 02S00ZZ 10013": "gem_i9pcs.txt, line 13761: scenario and choice list without the combination flag",
    "3584 02S10ZZ 10013": "gem_i9pcs.txt, line 13762: scenario and choice list without the combination flag",
    "8628 0NDB0ZZ 10001": "gem_i9pcs.txt, line 63879: a choice list without the combination flag",
    "0NDB0ZZ 8628 10001": "gem_pcsi9.txt: a choice list without the combination flag",
}
WITHOUT_SECOND_CHOICE_LIST = {
    "1651 0NBQ0ZZ 10123": "gem_i9pcs.txt, line 7133: scenario 2 of 1651 has the choice lists 1 and 3",
    "1651 0NBQ4ZZ 10123": "gem_i9pcs.txt, line 7134: scenario 2 of 1651 has the choice lists 1 and 3",
}
# gem_pcsi9.txt, lines 6269 to 100922: sources whose target is NoI9, where the flag that should say no map is 0.
WITHOUT_NO_MAP_FLAG = (
    "02H40NZ", "02H43NZ", "02H44NZ", "02H60NZ", "02H63NZ", "02H64NZ", "02H70NZ", "02H73NZ", "02H74NZ", "02HK0NZ",
    "02HK3NZ", "02HK4NZ", "02HL0NZ", "02HL3NZ", "02HL4NZ", "02LW3DJ", "02PA0NZ", "02PA3NZ", "02PA4NZ", "02WA0NZ",
    "02WA3NZ", "02WA4NZ", "02WAXNZ", "04L03DJ", "6AB50BZ", "6ABB0BZ", "6ABF0BZ", "6ABT0BZ", "X2A5312",
)  # fmt: skip
Broken = npt.NDArray[np.bool_]


def _digit(table: pa.Table, place: int) -> npt.NDArray[np.int64]:
    """The flag at a place from 1 to 5: approximate, no map, combination, scenario, choice list."""
    return np.asarray(pc.cast(pc.utf8_slice_codeunits(table["flags"], place - 1, place), pa.int64()))


def _printed_so(table: pa.Table, rows: dict[str, str]) -> Broken:
    printed = pc.binary_join_element_wise(table["source"], table["target"], table["flags"], " ")
    return np.asarray(pc.is_in(printed, pa.array(sorted(rows))))


def _is_no_code(table: pa.Table) -> pa.ChunkedArray:
    is_source = pc.match_substring_regex(table["source"], r"^[0-9A-Z]{3,7}$")
    is_target = pc.match_substring_regex(table["target"], rf"^(?:[0-9A-Zv][0-9A-Z]{{2,6}})$|{NO_MAP_TEXT}")
    return pc.invert(pc.and_(is_source, is_target))


def _is_no_flag(table: pa.Table) -> pa.ChunkedArray:
    return pc.invert(pc.match_substring_regex(table["flags"], r"^[01]{3}\d\d$"))


def _denies_its_target(table: pa.Table) -> Broken:
    has_none = np.asarray(pc.match_substring_regex(table["target"], NO_MAP_TEXT))
    differs = np.asarray((_digit(table, 2) == 1) != has_none)
    return (
        (differs & ~np.asarray(pc.is_in(table["source"], pa.array(WITHOUT_NO_MAP_FLAG)))) if differs.any() else differs
    )


def _is_half_a_combination(table: pa.Table) -> Broken:
    combination, scenario, choice = (_digit(table, place) > 0 for place in (3, 4, 5))
    differs = (combination != scenario) | (combination != choice)
    return (differs & ~_printed_so(table, WITHOUT_COMBINATION_FLAG)) if differs.any() else np.asarray(differs)


def _combines_nothing(table: pa.Table) -> Broken:
    has_none = np.asarray(pc.match_substring_regex(table["target"], NO_MAP_TEXT))
    return np.asarray(has_none & (_digit(table, 3) + _digit(table, 4) + _digit(table, 5) > 0))


def _does_not_rise(table: pa.Table) -> Broken:
    pair = pc.binary_join_element_wise(table["source"], table["target"], " ")
    is_again = pc.and_(pc.equal(pair[1:], pair[:-1]), pc.equal(table["flags"][1:], table["flags"][:-1]))
    return np.append(False, np.asarray(pc.or_(pc.less(pair[1:], pair[:-1]), is_again)))


def _leaves_a_gap(table: pa.Table, within: tuple[int, ...], place: int) -> Broken:
    """Whether the number at a place of the flags is above 1, in a group that lacks the number before: a source, with
    the numbers at the places `within`. Few rows are of a combination: the others are passed over."""
    gaps = np.zeros(len(table), bool)
    rows = np.flatnonzero(_digit(table, place))
    own = table.take(pa.array(rows))
    keys = np.asarray(own["source"].combine_chunks().dictionary_encode().indices).astype(np.int64)
    for each in (*within, place):
        keys = keys * 10 + _digit(own, each)
    gaps[rows] = (_digit(own, place) > 1) & ~np.isin(keys - 1, keys)
    return gaps


def _skips_a_scenario(table: pa.Table) -> Broken:
    return _leaves_a_gap(table, (), 4)


def _skips_a_choice_list(table: pa.Table) -> Broken:
    gaps = _leaves_a_gap(table, (4,), 5)
    printed = WITHOUT_COMBINATION_FLAG | WITHOUT_SECOND_CHOICE_LIST
    return (gaps & ~_printed_so(table, printed)) if gaps.any() else gaps


GEM_FIGURES = (
    CheckFigure("codes", "a code as source, and a code or NoDx, NoPCS or NoI9 as target", _is_no_code, NEXT),
    CheckFigure("flags", "flags of five digits, the first three of them 0 or 1", _is_no_flag, NEXT),
    CheckFigure("no map", "the no-map flag where the target is NoDx, NoPCS or NoI9, only there", _denies_its_target),
    CheckFigure("no combination", "no combination, scenario or choice list without a target", _combines_nothing),
    CheckFigure(
        "combination", "a scenario and a choice list where the combination flag is 1, and only there",
        _is_half_a_combination,
    ),
    CheckFigure("order", "lines in the order of source and target, each once", _does_not_rise),
)  # fmt: skip
WHOLE_GEM = (
    CheckFigure("scenarios", "scenarios of a source from 1 on without a gap", _skips_a_scenario),
    CheckFigure("choice lists", "choice lists of a scenario from 1 on without a gap", _skips_a_choice_list),
)


def read_gem(where: str, raw: bytes) -> pa.Table:
    """One row per line: source, target, flags, line. Targets stand as written: `NoDx`, `NoPCS`, `NoI9`, one `v5889`.

    The flags are five digits: approximate, no map, combination, scenario, choice list. The same source and target
    can stand on several lines. Raises RawFileError where a line has not three fields or is not as long as the first,
    and where one breaks a figure of GEM_FIGURES.
    """
    require_ascii(where, raw)
    lines = split_lines(where, raw)
    fields = pc.ascii_split_whitespace(lines.column(1))
    lines.refuse(np.asarray(pc.list_value_length(fields)) != 3, "three fields: source, target and flags", NEXT)
    lengths = lines.lengths()
    lines.refuse(lengths != lengths[0], "records all as long as the first", NEXT)
    source, target, flags = (pc.list_element(fields, position) for position in range(3))
    table = pa.table({"source": source, "target": target, "flags": flags, "line": lines.numbers})
    require_figures(where, table, GEM_FIGURES)
    return table
