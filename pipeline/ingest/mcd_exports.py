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

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.errors import RawFileError
from pipeline.ingest.archive import UNREADABLE, refuse_bombs
from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.mcd_figures import (
    EVERY_ARTICLE,
    EVERY_DIAGNOSIS,
    EVERY_GROUP,
    EVERY_INPATIENT_PROCEDURE,
    EVERY_MODIFIER,
    EVERY_PROCEDURE,
    EVERY_SPAN,
    NEXT,
    PROCEDURE_CODE,
)
from pipeline.ingest.text import decode, read_cells

ENCODINGS: Final = ("utf-8-sig", "cp1252")  # public readers disagree on it
LONGEST_ROW: Final = 1 << 26  # bytes; the reader of csv must find the end of a row in as many
TAG: Final = re.compile(r"<[^>]*>")
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
REFUSING, DOUBTFUL, CONDITIONAL = "denied", "doubtful", "conditional"


def read_articles(where: str, raw: bytes) -> pa.Table:
    """One row per article and version: article_id, article_version, title, status, valid_from, valid_to, line."""
    names = ["article_id", "article_version", "title", "status", "article_eff_date", "article_end_date"]
    table = _read_table(where, raw, "article.csv", names)
    title = pa.array([plain_text(each) for each in table["title"].to_pylist()], pa.string())
    columns = [table["article_id"], table["article_version"], title, table["status"], *_days(table, names[-2:])]
    own = ["article_id", "article_version", "title", "status", "valid_from", "valid_to", "line"]
    return _checked(where, pa.table([*columns, table["line"]], names=own), EVERY_ARTICLE)


def read_self_administered(where: str, raw: bytes) -> pa.Table:
    """One row per drug and brand of a list of drugs that patients take themselves: article_id, article_version, code,
    valid_from, valid_to, line. Brands without a code are left out: nothing here could name them."""
    names = ["article_id", "article_version", "hcpc_code_id", "eff_date", "end_date"]
    table = _read_table(where, raw, "article_x_code_table.csv", names)
    columns = [*(table[name] for name in names[:3]), *_days(table, names[-2:]), table["line"]]
    own = ["article_id", "article_version", "code", "valid_from", "valid_to", "line"]
    drugs = pa.table(columns, names=own)
    return _checked(where, drugs.filter(pc.not_equal(drugs["code"], "")), EVERY_SPAN)


def _days(table: pa.Table, names: list[str]) -> list[pa.Array]:
    """Columns of days without the time that follows them."""
    return [pc.utf8_slice_codeunits(table[name], 0, 10) for name in names]


def read_keys(where: str, raw: bytes, name: str, columns: dict[str, str]) -> pa.Table:
    """The rows of a table that ties keys together: `columns` has the publisher's name of each column and ours; line."""
    table = _read_table(where, raw, name, list(columns))
    return _checked(where, table.rename_columns([*columns.values(), "line"]), EVERY_GROUP)


def read_grouped_codes(
    where: str, raw: bytes, name: str, columns: tuple[str, str], figures: tuple[CheckFigure, ...]
) -> pa.Table:
    """One row per code of a group of a document: the keys of the document, code, number (of the group), line.

    `columns` are the publisher's names of code and number.
    """
    return _read_codes(where, raw, name, dict(zip(columns, ("code", "number"), strict=True)), figures)


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


IN_GROUPS: Final = ("hcpc_code_id", "hcpc_code_group")
CONTRACTOR: Final = {name: name for name in ("contractor_id", "contractor_type_id", "contractor_version")}
ARTICLE: Final = {name: name for name in ("article_id", "article_version")}
OF_PLACE: Final = {"state_id": "state_id", "term_date": "ended"}
MCD_READERS: Final[dict[str, Callable[[str, bytes], pa.Table]]] = {
    "articles": read_articles,
    "procedures": partial(
        read_grouped_codes, name="article_x_hcpc_code.csv", columns=IN_GROUPS, figures=EVERY_PROCEDURE
    ),
    "procedure_groups": partial(read_groups, name="article_x_hcpc_code_group.csv", number="hcpc_code_group"),
    "inpatient_procedures": partial(
        read_grouped_codes,
        name="article_x_icd10_pcs_code.csv",
        columns=("icd10_pcs_code_id", "icd10_pcs_code_group"),
        figures=EVERY_INPATIENT_PROCEDURE,
    ),
    "modifiers": partial(
        read_grouped_codes,
        name="article_x_hcpc_modifier.csv",
        columns=("hcpc_modifier_code_id", "hcpc_modifier_group"),
        figures=EVERY_MODIFIER,
    ),
    "self_administered": read_self_administered,
    "covered": partial(read_diagnoses, side="covered"),
    "covered_groups": partial(read_groups, name="article_x_icd10_covered_group.csv", number="icd10_covered_group"),
    "noncovered": partial(read_diagnoses, side="noncovered"),
    "noncovered_groups": partial(
        read_groups, name="article_x_icd10_noncovered_group.csv", number="icd10_noncovered_group"
    ),
    "article_contractors": partial(read_keys, name="article_x_contractor.csv", columns=ARTICLE | CONTRACTOR),
    "contractors": partial(read_keys, name="contractor.csv", columns=CONTRACTOR | {"contractor_bus_name": "name"}),
    "jurisdictions": partial(read_keys, name="contractor_jurisdiction.csv", columns=CONTRACTOR | OF_PLACE),
    "states": partial(read_keys, name="state_lookup.csv", columns={"state_id": "state_id", "state_abbrev": "state"}),
    "lcd_procedures": partial(
        read_grouped_codes, name="lcd_x_hcpc_code.csv", columns=IN_GROUPS, figures=EVERY_PROCEDURE
    ),
    "lcd_procedure_groups": partial(read_groups, name="lcd_x_hcpc_code_group.csv", number="hcpc_code_group"),
    "lcd_articles": read_lcd_articles,
}
