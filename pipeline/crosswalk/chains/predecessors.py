"""What stood for a new code before: the free text of the conversion table's last column, read and expanded."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.registry import systems_before_listings
from pipeline.run.sql import query_tables

_HERE = Path(__file__).parent

# ICD-10-CM, ICD-10-PCS, and ICD-9-CM: external causes, diagnoses and procedures.
CODE_IN_CELL = (
    r"[A-Z][0-9A][0-9AB](?:\.[0-9A-Z]{1,4})?|[0-9A-HJ-NP-Z]{7}"
    r"|E\d{3}(?:\.\d)?|\d{3}(?:\.\d{1,2})?|\d{2}\.\d{1,2}"
)
OF_HCPCS = r"[A-Z]\d{4}|[A-Z0-9]{2}"  # stands alone in its cell
RANGE = re.compile(rf"({CODE_IN_CELL})\s*-\s*({CODE_IN_CELL})")
CATEGORY = re.compile(rf"({CODE_IN_CELL})\.?-(?![0-9A-Z])")
SINGLE = re.compile(rf"(?<![0-9A-Z.])(?:{CODE_IN_CELL})(?![0-9A-Z.])")
ALL_OF_CATEGORIES = re.compile(r"codes? (?:in|from) categor", re.IGNORECASE)
STOOD_TOGETHER = re.compile(r"\s+and\s+|\s*[&+]\s*", re.IGNORECASE)
NOTE_IN_CELL = re.compile(r"\([^)]*\)")
CATEGORY_LENGTH: Final = 3  # characters of a category of ICD-9-CM and ICD-10-CM: what stands before the dot
ENCOUNTER_PLACE: Final = (
    7  # the place of the character that says which encounter it is: initial, subsequent, of a sequela
)
NO_PREVIOUS = {"None", "None.", "NoPCS", ""}
EITHER = "either"
READINGS = Path(__file__).with_name("conversion_readings.csv")

NAMINGS = pa.schema(
    [
        ("previous", pa.string()),
        ("first", pa.string()),
        ("last", pa.string()),
        ("form", pa.string()),
        ("part", pa.int32()),
        ("parts", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Naming:
    """One way in which a cell names codes: a single code, or all between two bounds.

    Codes of different parts stood together for the new code; those of one part were alternatives.
    """

    first: str
    last: str
    form: str
    part: int = 1


@cache
def read_readings() -> tuple[dict[str, str], ...]:
    """Cells that do not mean what they say, with the reason: the rows of conversion_readings.csv.

    `reading` is either, where `and` does not mean together, or the cell to read in the place of the printed one.
    """
    with READINGS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def read_previous(text: str) -> list[Naming]:
    """The codes that a cell of the conversion table names, in its order: single codes, ranges, whole categories.

    `C44.10-` and `Codes in Categories V20-V28` name all codes below; `H02.101-H02.106` those between. `and`, `AND` and
    `&` join codes that stood together (`I63.011 AND I63.012`: both sides), and so do the commas before them; commas,
    semicolons and ranges without them separate alternatives. ICD-9-CM joins by `+` too (`33.5 + 37.5`) and adds
    notes in brackets, whose codes were not the previous ones: `45.14 (45.15 before 1987)`.
    """
    if text in NO_PREVIOUS:
        return []
    reading = next((each["reading"] for each in read_readings() if re.fullmatch(each["previous"], text)), text)
    text = NOTE_IN_CELL.sub(" ", text if reading == EITHER else reading)
    segments = STOOD_TOGETHER.split(text)
    if len(segments) == 1 or reading == EITHER:
        return _read_segment(text)
    parts = [part for segment in segments for part in segment.split(",")]
    namings = [_read_segment(part) for part in parts]
    return [
        Naming(each.first, each.last, each.form, number)
        for number, named in enumerate(filter(None, namings), 1)
        for each in named
    ]


def _read_segment(text: str) -> list[Naming]:
    """The codes of one part, in their order."""
    whole = bool(ALL_OF_CATEGORIES.search(text))
    names: list[tuple[int, Naming]] = []

    def take(pattern: re.Pattern[str], form: str, rest: str) -> str:
        """Notes what fits the pattern, and returns the text with that blanked out."""
        for found in pattern.finditer(rest):
            bounds = [group.replace(".", "") for group in (found.groups() or (found[0],))]
            names.append((found.start(), Naming(bounds[0], bounds[-1], form)))
        return pattern.sub(lambda found: " " * len(found[0]), rest)

    rest = take(RANGE, "category" if whole else "range", text.upper())
    rest = take(CATEGORY, "category", rest)
    take(SINGLE, "code", rest)
    return [naming for _, naming in sorted(names, key=lambda pair: pair[0])]


def derive_predecessors(conversions: pa.Table, billable_episodes: pa.Table) -> pa.Table:
    """One row per pair of a code and one that stood for it before: system, code, effective_from, previous, form, part,
    parts, change, file, line (the first), rows (how many printed rows say so), printed.

    `form` is code, range or category: how the table names the previous code; or none, with no previous code, where it
    says there was none or names none that was billable. `code` is null where it says that nothing took the place of a
    deleted code. Ranges and categories are expanded to the codes that were billable on the day before; a range that
    covers the categories of its bounds wholly (`I10-I15.9`) is of form category. Codes of different parts of a cell
    stood together.
    """
    return query_tables(
        _HERE / "predecessors.sql",
        {"category": CATEGORY_LENGTH, "encounter": ENCOUNTER_PLACE},
        conversions=conversions,
        namings=_read_namings(conversions["previous"]),
        billable_episodes=billable_episodes,
        before_listings=pa.table({"system": pa.array(systems_before_listings(), pa.string())}),
    )


def _read_namings(cells: pa.ChunkedArray) -> pa.Table:
    """What each distinct cell names: NAMINGS. Of 19,000 cells some 250 hold several codes: only those are parsed."""
    distinct = cells.unique()
    is_one = pc.match_substring_regex(distinct, rf"^(?:{CODE_IN_CELL}|{OF_HCPCS})$")
    single = distinct.filter(is_one)
    bare = pc.replace_substring(single, ".", "")
    ones = pa.repeat(pa.scalar(1, pa.int32()), len(single))
    plain = pa.table([single, bare, bare, pa.repeat("code", len(single)), ones, ones], schema=NAMINGS)
    return pa.concat_tables([plain, _parse(distinct.filter(pc.invert(is_one)).to_pylist())])


def _parse(texts: list[str]) -> pa.Table:
    rows = [
        (text, each.first, each.last, each.form, each.part, namings[-1].part)
        for text in texts
        for namings in [read_previous(text)]
        for each in namings
    ]
    return pa.Table.from_pylist([dict(zip(NAMINGS.names, row, strict=True)) for row in rows], NAMINGS)
