"""The conversion table of ICD-9-CM in our columns: which code took effect on which day, and what stood before.

The table's own words: "The effective date for new codes is the same every year, October 1", and "for each new code the
table shows the date it became effective and its previously assigned code equivalent".
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.normalise.conversions import CONVERSION_COLUMNS, DELETED, NEW, NEW_FOR_DELETED, REVISED
from pipeline.normalise.listing import Listing

SYSTEMS = {"dx": "ICD9CM", "px": "ICD9Proc"}
CODE_OF_TABLE = {"dx": r"(?:\d{3}|V\d\d)(?:\.\d{1,2})?|E\d{3}(?:\.\d)?", "px": r"\d\d(?:\.\d{1,2})?"}
NOTE = re.compile(r"\([^)]*\)")
SLIP = re.compile(r"(?<![\d.])(\d{3})-(\d\d)(?![\d.])")  # 536.40-536-42 and 645.10-645-11: a hyphen for the point
BETWEEN = "-"
# What took the place of a deleted code was there before (45.75, "Hartmann Resection Added"), or is new. These are new,
# by what the table and the tabular list of 1998 print; of the others nothing tells, and no day is taken from them.
NEW_IN_PLACE = {
    ("ICD9CM", "042"): "the deleted codes subdivided it: until then it was a heading",
    ("ICD9CM", "3051"): "the deleted codes subdivided it: until then it was a heading",
    ("ICD9CM", "79571"): "795.7 was subdivided on that day: 795.79 is new and has 795.7 before it",
    ("ICD9CM", "V08"): "a category whose previous codes were deleted or gave way to it on that day",
    ("ICD9CM", "V1582"): "numbered between V15.81 and V15.84, which is of the year after",
    ("ICD9Proc", "9670"): "96.7, ventilation, has no other codes than those that took the place of 93.92",
    ("ICD9Proc", "9671"): "96.7, ventilation, has no other codes than those that took the place of 93.92",
    ("ICD9Proc", "9672"): "96.7, ventilation, has no other codes than those that took the place of 93.92",
    ("ICD9Proc", "9851-9852"): "98.5, lithotripsy, has no other codes than those that took the place of 59.96",
    ("ICD9Proc", "9859"): "98.5, lithotripsy, has no other codes than those that took the place of 59.96",
}
PRINTED = pa.schema([("system", pa.string()), ("code", pa.string()), ("day", pa.date32())])
ConversionRow = dict[str, object]


def icd9cm_conversions(frame: TextFrame, release: str) -> pa.Table:
    """One row per code, or range of codes, that a printed row gives as current: the columns of CONVERSION_COLUMNS.

    A range stands as `00800-00809` in `code`, since the text names its bounds only: `expand_ranges` puts the listed
    codes in its place. `previous` is as printed, notes and all, for `read_previous`. `change` is Deleted where the text
    says that the previous code was deleted, so that the code stands in its place. It is Revised where the code is not
    new: its title was restated (`#`), it was retitled (the footnote on 78.90 to 78.99), it is one of its own previous
    codes, or an earlier row has it. Else it is New. Raises RawFileError for a cell that is no code, range or list.
    """
    rows: list[ConversionRow] = []
    first_year: dict[tuple[str, str], int] = {}
    # Under a thousand cells of prose, each read by patterns: a loop, oldest year first, so that what is known is known.
    for printed in sorted(frame.table.to_pylist(), key=lambda each: each["year"]):
        system, year = SYSTEMS[printed["table"]], int(printed["year"])
        before = _bounds(printed["table"], printed["previous"])
        for first, last in _current(frame, printed):
            is_known = first == last and (_is_within(first, before) or first_year.get((system, first), year) < year)
            code = first if first == last else f"{first}{BETWEEN}{last}"
            row = {"system": system, "code": code, "effective_from": date(year, 10, 1), "previous": printed["previous"]}
            told = {"release": release, "file": frame.file_name, "line": printed["line"]}
            rows.append({**row, "change": _change(printed, system, code, is_known=is_known), **told})
            for bound in (first, last):
                first_year.setdefault((system, bound), year)
    rows.sort(key=lambda row: (str(row["system"]), row["line"], str(row["code"])))
    return pa.Table.from_pylist(rows, CONVERSION_COLUMNS)


def _change(printed: ConversionRow, system: str, code: str, *, is_known: bool) -> str:
    if printed["mark"] == "#" or (printed["mark"] == "*" and BETWEEN not in code):
        return REVISED
    if printed["deleted"]:
        return NEW_FOR_DELETED if (system, code) in NEW_IN_PLACE else DELETED
    return REVISED if is_known else NEW


def _current(frame: TextFrame, printed: ConversionRow) -> list[tuple[str, str]]:
    """The codes and ranges of a current cell. Raises RawFileError where something else is in it."""
    code = CODE_OF_TABLE[str(printed["table"])]
    text = NOTE.sub("", str(printed["current"])).rstrip("#* ")
    if printed["table"] == "dx":
        text = SLIP.sub(r"\1.\2", text)
    if not re.fullmatch(rf"(?:{code})(?:\s*[-,]\s*(?:{code}))*", text):
        raise RawFileError(
            f"{frame.where}, line {printed['line']}", "codes, ranges and lists of them", repr(printed["current"]),
            "if the publisher printed it so, the rule must learn the shape",
        )  # fmt: skip
    return _bounds(str(printed["table"]), text)


def _bounds(table: str, text: str) -> list[tuple[str, str]]:
    """The first and last code of every code or range in a text without notes, bare."""
    one = CODE_OF_TABLE[table]
    pattern = rf"(?<![\dVE.])({one})(?:\s*-\s*({one}))?(?![\d.])"
    found = re.findall(pattern, NOTE.sub("", text))
    return [(first.replace(".", ""), (last or first).replace(".", "")) for first, last in found]


def _is_within(code: str, bounds: Iterable[tuple[str, str]]) -> bool:
    return any(first <= code <= last and len(code) == len(first) for first, last in bounds)


def printed_codes(listings: Iterable[Listing]) -> pa.Table:
    """What the tabular lists of ICD-9-CM print, a row per list and code: PRINTED; `day` is that of the list."""
    lists = [each for each in listings if each.prints_headings and each.system in SYSTEMS.values()]
    rows = [
        pa.table([pa.repeat(each.system, size), each.rows["code"], pa.repeat(each.day, size)], PRINTED)
        for each in lists
        for size in [len(each.rows)]
    ]
    return pa.concat_tables([PRINTED.empty_table(), *rows])


def expand_ranges(conversions: pa.Table, printed: pa.Table) -> pa.Table:
    """The rows with every range of ICD-9-CM in `code` replaced by a row per code: its bounds and the codes between.

    `printed` are those of `printed_codes`. What lay between is told by a list from the day of the range on that is no
    newer than the table: later ones print codes that came after it (996.57 of 2003, in 996.51-996.59 of 1987). A code
    that a later row of the table gives as new (518.83 of 1998, in 518.82-518.89 of 1987) was not yet in a range. A code
    of its own previous codes is Revised, as in `icd9cm_conversions`.
    """
    is_icd9 = pc.is_in(conversions["system"], pa.array(list(SYSTEMS.values())))
    is_range = pc.and_(is_icd9, pc.fill_null(pc.match_substring(conversions["code"], BETWEEN), False))
    ranges = conversions.filter(is_range).to_pylist()  # some 300
    if not ranges:
        return conversions
    rest = conversions.filter(pc.invert(is_range))
    newest = pc.max(conversions.filter(is_icd9)["effective_from"])
    in_time = printed.filter(pc.less_equal(printed["day"], newest)).group_by(["system", "code"])
    last_printed = in_time.aggregate([("day", "max")]).sort_by([("system", "ascending"), ("code", "ascending")])
    known = [(row["system"], row["code"], row["day_max"]) for row in last_printed.to_pylist()]
    began = {
        (row["system"], row["code"]): row["effective_from"]
        for row in rest.filter(pc.equal(rest["change"], NEW)).to_pylist()
    }
    rows = [
        {**row, "code": code, "change": _change_of(row, code)}
        for row in ranges
        for code in _codes_of(row, known, began)
    ]
    return pa.concat_tables([rest, pa.Table.from_pylist(rows, CONVERSION_COLUMNS)])


def _codes_of(row: ConversionRow, known: list[tuple[str, str, date]], began: dict[tuple[str, str], date]) -> list[str]:
    """The bounds and what lies between, as long as they are; of V09.0-V09.91 the headings (V09.5) are left out."""
    system, (first, last) = str(row["system"]), str(row["code"]).split(BETWEEN)
    start, end = (system, first, date.min), (system, last, date.max)
    inside = known[bisect_left(known, start) : bisect_right(known, end)]
    between = {
        code
        for (_, code, day), following in pairwise([*inside, (system, "", date.min)])
        if len(code) in {len(first), len(last)}
        and not (len(first) != len(last) and following[1].startswith(code))
        and day >= row["effective_from"] >= began.get((system, code), date.min)  # type: ignore[operator]
    }
    return sorted({first, last} | between)


def _change_of(row: ConversionRow, code: str) -> str:
    table = next(table for table, system in SYSTEMS.items() if system == row["system"])
    is_own = row["change"] == NEW and _is_within(code, _bounds(table, str(row["previous"])))
    return REVISED if is_own else str(row["change"])
