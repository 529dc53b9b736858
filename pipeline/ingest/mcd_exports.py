"""Exports of the Medicare Coverage Database: articles, local determinations, and the codes that they list in groups.

Layout, as public readers describe it: a zip with `current_article_csv.zip` inside, and in that a csv for each table.
Columns are known by name. Texts are HTML over several lines, entities escaped twice. Of texts that may quote the AMA's
only what they tell of codes leaves this module: which codes a group names, and what it says of them.
"""

import html
import io
import re
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError
from pipeline.ingest.archive import UNREADABLE, refuse_bombs
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import decode, read_cells

ENCODINGS: Final = ("utf-8-sig", "cp1252")  # public readers disagree on it
NEXT: Final = "check that this is an export of the Medicare Coverage Database; if its columns changed, the reader must"
LONGEST_ROW: Final = 1 << 26  # bytes; the reader of csv must find the end of a row in as many
TAG: Final = re.compile(r"<[^>]*>")
PROCEDURE_CODE: Final = r"(?:\d{4}[0-9A-Z]|[A-Z]\d{4})"
NAMED_CODES: Final = re.compile(rf"\b({PROCEDURE_CODE})(?:\s*(?:-|\u2013|through|to)\s*({PROCEDURE_CODE}))?\b")
# What a text says of the procedures of its group: that they are not covered.
REFUSED: Final = re.compile(
    r"\b(?:codes?|procedures?|services?|tests?)\b[^.]{0,60}\b(?:are|is|will be)\b[^.]{0,30}"
    r"\b(?:non-?covered|not covered|not (?:medically )?(?:reasonable|necessary)|denied)\b",
    re.IGNORECASE,
)
# What makes such a sentence one about other codes, or about some cases: then nobody knows by a pattern what it says.
QUALIFIED: Final = re.compile(
    r"\b(?:other|not listed|unlisted|unless|without|when|if|except\w*|(?:are|is|will be) covered)\b", re.IGNORECASE
)
MENTIONS_REFUSAL: Final = re.compile(
    r"\bnon-?cover|\bnot (?:\w+ )?(?:covered|reasonable|necessary|payable)|\bden(?:y|ied)\b", re.IGNORECASE
)
# What makes a diagnosis no support by itself: a second one, a place on the claim, an exception, another group.
CONDITION: Final = re.compile(
    r"\b(?:both|primary|secondary|dual|in (?:addition|combination|conjunction)|together with|must also|accompanied|"
    r"except\w*|exclud\w*|other than|seventh|7th|(?:see|refer to) group)\b|"
    r"\bGroup \d+\b.{0,80}\band\b.{0,80}\bGroup \d+\b",
    re.IGNORECASE,
)
ISO_DAY: Final = r"\d{4}-\d\d-\d\d"
REFUSING, DOUBTFUL, CONDITIONAL = "denied", "doubtful", "conditional"


def read_articles(where: str, raw: bytes) -> pa.Table:
    """One row per article and version: article_id, article_version, title, status, valid_from, valid_to, line."""
    names = ["article_id", "article_version", "title", "status", "article_eff_date", "article_end_date"]
    table = _read_table(where, raw, "article.csv", names)
    days = [pc.utf8_slice_codeunits(table[name], 0, 10) for name in ("article_eff_date", "article_end_date")]
    title = pa.array([plain_text(each) for each in table["title"].to_pylist()], pa.string())
    columns = [table["article_id"], table["article_version"], title, table["status"], *days, table["line"]]
    own = ["article_id", "article_version", "title", "status", "valid_from", "valid_to", "line"]
    return _checked(where, pa.table(columns, names=own), EVERY_ARTICLE)


def read_procedures(where: str, raw: bytes) -> pa.Table:
    """One row per procedure of a group of an article: article_id, article_version, code, number, line."""
    names = {"hcpc_code_id": "code", "hcpc_code_group": "number"}
    return _read_codes(where, raw, "article_x_hcpc_code.csv", names, EVERY_PROCEDURE)


def read_diagnoses(where: str, raw: bytes, side: str) -> pa.Table:
    """One row per diagnosis of a group of an article: article_id, article_version, code, number, noted, line.

    `side` is covered or noncovered. `noted` has the asterisk that refers to a note on the code; empty on the side that
    has no such column.
    """
    names = {"icd10_code_id": "code", f"icd10_{side}_group": "number"}
    names |= {"asterisk": "noted"} if side == "covered" else {}
    table = _read_codes(where, raw, f"article_x_icd10_{side}.csv", names, EVERY_DIAGNOSIS)
    if "noted" not in table.column_names:
        table = table.add_column(table.num_columns - 1, "noted", pa.repeat("", len(table)))
    return table


def read_groups(where: str, raw: bytes, name: str, number: str) -> pa.Table:
    """One row per group of codes: its document, number, named (codes and ranges, a blank between), stance, line.

    `stance` is denied where the text says that its procedures are not covered, doubtful where it mentions something of
    the kind, conditional where it sets a condition on a diagnosis, and else empty; all that apply, a blank between.
    """
    keys = _keys_of(name)
    table = _read_table(where, raw, name, [*keys, number, "paragraph"])
    texts = [plain_text(each) for each in table["paragraph"].to_pylist()]  # some 6,000 of all groups
    columns = [table[key] for key in keys] + [table[number]]
    told = [pa.array(list(map(tell, texts)), pa.string()) for tell in (_named_in, _stance_of)]
    own = [*keys, "number", "named", "stance", "line"]
    return _checked(where, pa.table([*columns, *told, table["line"]], names=own), EVERY_GROUP)


def read_lcd_procedures(where: str, raw: bytes) -> pa.Table:
    """One row per procedure of a group of a local determination: lcd_id, lcd_version, code, number, line."""
    names = {"hcpc_code_id": "code", "hcpc_code_group": "number"}
    return _read_codes(where, raw, "lcd_x_hcpc_code.csv", names, EVERY_PROCEDURE)


def read_lcd_articles(where: str, raw: bytes) -> pa.Table:
    """One row per article that a local determination names: lcd_id, lcd_version, article_id, line."""
    table = _read_table(where, raw, "lcd_related_documents.csv", ["lcd_id", "lcd_version", "r_article_id"])
    table = table.rename_columns(["lcd_id", "lcd_version", "article_id", "line"])
    return _checked(where, table.filter(pc.not_equal(table["article_id"], "")), EVERY_GROUP)


def plain_text(text: str) -> str:
    """A text without tags, entities as characters (they are escaped twice), white space as one blank.

    >>> plain_text("<p>covered &amp;amp; <b>paid</b>\\n</p>")
    'covered & paid'
    """
    while (unescaped := html.unescape(text)) != text:
        text = unescaped
    return " ".join(TAG.sub(" ", text).split())


def _named_in(text: str) -> str:
    return " ".join(f"{first}-{last}" if last else first for first, last in NAMED_CODES.findall(text))


def _stance_of(text: str) -> str:
    is_refused = REFUSED.search(text) and not QUALIFIED.search(text)
    refusal = REFUSING if is_refused else DOUBTFUL if MENTIONS_REFUSAL.search(text) else ""
    return " ".join(filter(None, [refusal, CONDITIONAL if CONDITION.search(text) else ""]))


def _read_codes(where: str, raw: bytes, name: str, names: dict[str, str], figures: tuple[CheckFigure, ...]) -> pa.Table:
    keys = _keys_of(name)
    table = _read_table(where, raw, name, [*keys, *names])
    return _checked(where, table.rename_columns([*keys, *names.values(), "line"]), figures)


def _keys_of(name: str) -> list[str]:
    """What names the document of each row: those of article_x_hcpc_code.csv are article_id and article_version."""
    document = name.partition("_")[0]
    return [f"{document}_id", f"{document}_version"]


def _checked(where: str, table: pa.Table, figures: tuple[CheckFigure, ...]) -> pa.Table:
    require_figures(where, table, figures)
    return table


def _read_table(where: str, raw: bytes, name: str, names: list[str]) -> pa.Table:
    """Some columns of one csv of the zip, trimmed, and line (the row, which is no line: cells have line ends)."""
    text = decode(f"{where}!{name}", _member(where, raw, name), ENCODINGS)
    header = [each.strip().strip('"') for each in text.partition("\n")[0].split(",")]
    if missing := [each for each in names if each not in header]:
        raise RawFileError(f"{where}!{name}, header", f"columns {names}", f"no {', '.join(missing)}", NEXT)
    table = read_cells(
        f"{where}!{name}",
        text,
        newlines_in_values=True,
        read_options=pa_csv.ReadOptions(column_names=header, skip_rows=1, block_size=LONGEST_ROW),
        convert_options=pa_csv.ConvertOptions(
            include_columns=names, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    trimmed = {each: pc.utf8_trim_whitespace(table[each]) for each in names}
    return pa.table({**trimmed, "line": pa.array(range(2, len(table) + 2), pa.int64())})


def _member(where: str, raw: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            refuse_bombs(where, archive)
            found = [each for each in archive.namelist() if each.rpartition("/")[2].lower() == name]
            if len(found) == 1:
                return archive.read(found[0])
    except UNREADABLE as problem:
        raise RawFileError(where, "a whole zip archive", str(problem), "fetch the file again") from problem
    raise RawFileError(where, f"one member {name}", f"{len(found)} of that name", NEXT)


Misfits = npt.NDArray[np.bool_]


def _misfits_of(pattern: str, columns: tuple[str, ...], table: pa.Table) -> Misfits:
    """Whether a cell of some columns, as many as the table has of them, does not fit a pattern."""
    own = [each for each in columns if each in table.column_names]
    is_broken: Misfits = np.logical_or.reduce(
        [~np.asarray(pc.match_substring_regex(table[each], pattern)) for each in own]
    )
    return is_broken


def _is_no_calendar_day(table: pa.Table) -> Misfits:
    """Whether a first or last day is written as one and is none: Arrow reads 30 February as 1 March."""
    is_broken: Misfits = np.zeros(len(table), bool)
    for name in ("valid_from", "valid_to"):
        day = pc.strptime(table[name], format="%Y-%m-%d", unit="s", error_is_null=True)
        again = pc.fill_null(pc.strftime(day, format="%Y-%m-%d"), "")
        is_broken |= np.asarray(pc.not_equal(again, table[name]))
    return is_broken


NUMBERS: Final = CheckFigure(
    "numbers",
    "numbers of the document, its version and the group",
    partial(_misfits_of, r"^\d+$", ("article_id", "article_version", "lcd_id", "lcd_version", "number")),
    NEXT,
)
EVERY_ARTICLE: Final = (
    NUMBERS,
    CheckFigure(
        "first days", "a first day as 2026-04-01", partial(_misfits_of, r"^\d{4}-\d\d-\d\d$", ("valid_from",)), NEXT
    ),
    CheckFigure("last days", "a last day or none", partial(_misfits_of, r"^(\d{4}-\d\d-\d\d)?$", ("valid_to",)), NEXT),
    CheckFigure("days", "days that are in the calendar", _is_no_calendar_day, NEXT),
)
EVERY_GROUP: Final = (NUMBERS,)
EVERY_PROCEDURE: Final = (
    NUMBERS,
    CheckFigure("codes", "a CPT or HCPCS code", partial(_misfits_of, f"^{PROCEDURE_CODE}$", ("code",)), NEXT),
)
EVERY_DIAGNOSIS: Final = (
    NUMBERS,
    CheckFigure(
        "codes",
        "an ICD-10-CM code with its dot, or XX000",
        partial(_misfits_of, r"^(?:[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?|XX000)$", ("code",)),
        NEXT,
    ),
)

MCD_READERS: Final[dict[str, Callable[[str, bytes], pa.Table]]] = {
    "articles": read_articles,
    "procedures": read_procedures,
    "procedure_groups": partial(read_groups, name="article_x_hcpc_code_group.csv", number="hcpc_code_group"),
    "covered": partial(read_diagnoses, side="covered"),
    "covered_groups": partial(read_groups, name="article_x_icd10_covered_group.csv", number="icd10_covered_group"),
    "noncovered": partial(read_diagnoses, side="noncovered"),
    "noncovered_groups": partial(
        read_groups, name="article_x_icd10_noncovered_group.csv", number="icd10_noncovered_group"
    ),
    "lcd_procedures": read_lcd_procedures,
    "lcd_procedure_groups": partial(read_groups, name="lcd_x_hcpc_code_group.csv", number="hcpc_code_group"),
    "lcd_articles": read_lcd_articles,
}
