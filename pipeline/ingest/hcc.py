"""The hierarchical condition categories (HCC) of CMS: a csv whose header cells run over several lines, with title rows
before it and notes behind the table.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.cells import NEXT, Cells, csv_cells, require_closed_quotes
from pipeline.ingest.check_figures import REFETCH, CheckFigure, require_figures
from pipeline.ingest.text import decode

ENCODINGS = ("utf-8-sig",)  # the official files are ASCII: a byte of another encoding is damage
TABLE_START = re.compile(r'^"?Diagnosis\s+Code"?,', re.MULTILINE)
LAST_NOTE = re.compile(r'^"?Source:[^\n]*\s*\Z', re.MULTILINE)
MODEL_CATEGORY = re.compile(r"(?:\S+ )?(\S+) Model Category (V\d+)")
MODEL_PAYMENT = re.compile(r"(?:\S+ )?(\S+) Model Category (V\d+) for (\d{4} Payment Year)")


@dataclass(frozen=True)
class Model:
    """A risk adjustment model of the table: the places of its category and payment columns, and its edition."""

    name: str
    category: int
    payment: int
    edition: str


def _is_no_category(table: pa.Table) -> pa.ChunkedArray:
    return pc.invert(pc.match_substring_regex(table["category"], r"^(?:[1-9]\d{0,2})?$"))


def _is_paid_without_category(table: pa.Table) -> pa.ChunkedArray:
    return pc.not_equal(pc.equal(table["payment"], "Yes"), pc.not_equal(table["category"], ""))


def _is_no_payment(table: pa.Table) -> pa.ChunkedArray:
    return pc.invert(pc.is_in(table["payment"], pa.array(["Yes", "No", "--"])))


def _falls(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = table["code"]
    return np.append(False, np.asarray(pc.less(code[1:], code[:-1])))


def _is_given_twice(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether a code has a category twice. It stands on more lines for other categories, of this model or another."""
    pair = pc.binary_join_element_wise(table["code"], table["category"], " ").combine_chunks()
    again = np.asarray(pc.not_equal(pc.index_in(pair, pair), pa.array(np.arange(len(pair)), pa.int32())))
    return np.asarray(again & np.asarray(pc.not_equal(table["category"], "")))


# Of every code and model, those without a category too.
HCC_FIGURES = (
    CheckFigure("order", "codes in the order of the alphabet", _falls),
    CheckFigure("category", "a category of one to three digits, or none", _is_no_category),
    CheckFigure("payment", "Yes, No or -- in the column of the payment year", _is_no_payment),
    CheckFigure("pairs", "a category of a model once for each code", _is_given_twice),
    CheckFigure("paid category", "a category where the model pays, and only there", _is_paid_without_category),
)


def read_hcc(where: str, raw: bytes) -> pa.Table:
    """One row per code and model that has a category: code, description, model, category, payment, edition, line.

    `model` is name and version from the header cell (`CMS-HCC V28`, `ESRD V24`, `RxHCC V08`); `payment` is `Yes`, `No`
    or `--` (on a repeated row); `edition` the payment year of the header cell and the title rows. A code with two
    categories of one model stands on two lines, where other models can repeat. Notes below the table are left out.
    Raises RawFileError without the header or the last note, for a row of another width, a model without its payment
    column, a first cell that is no code, or a row that breaks one of HCC_FIGURES.
    """
    text = decode(where, raw, ENCODINGS)
    start = TABLE_START.search(text)
    if not start:
        raise RawFileError(where, "a header row that starts with `Diagnosis Code`", repr(text[:80]), NEXT)
    require_closed_quotes(where, text)
    if not LAST_NOTE.search(text):
        last = text.rstrip().rpartition("\n")[2]
        raise RawFileError(where, "notes behind the table, the last of them its `Source:`", repr(last[:100]), REFETCH)
    titles = [line.strip(' ,"\r') for line in text[: start.start()].split("\n")]
    cells = _without_notes(csv_cells(where, text[start.start() :], first_line=len(titles)))
    code = cells.columns[0]
    cells.refuse(pc.invert(pc.match_substring_regex(code, r"^[A-Z][0-9A-Z]{2,6}$")), code, "an undotted code")
    cells.refuse(pc.equal(cells.columns[1], ""), code, "a description for every code")
    issue = "; ".join(filter(None, titles))
    return pa.concat_tables(_of_model(cells, model) for model in _models(cells, issue)).sort_by("line")


def _models(cells: Cells, issue: str) -> list[Model]:
    """The models that the header names, each with its two columns."""
    categories = {f"{found[1]} {found[2]}": place for place, found in _matches(MODEL_CATEGORY, cells.header)}
    payments = {f"{found[1]} {found[2]}": (place, found[3]) for place, found in _matches(MODEL_PAYMENT, cells.header)}
    unknown = len(cells.header) - 2 - len(categories) - len(payments)
    if unknown or not categories or set(categories) != set(payments):
        expected = "for every model a column `... Model Category Vnn` and one `... for yyyy Payment Year`"
        raise RawFileError(f"{cells.where}, header", expected, str(cells.header), NEXT)
    paid = {name: (place, "; ".join(filter(None, (year, issue)))) for name, (place, year) in payments.items()}
    return [Model(name, place, *paid[name]) for name, place in categories.items()]


def _matches(pattern: re.Pattern[str], header: list[str]) -> list[tuple[int, re.Match[str]]]:
    return [(place, found) for place, name in enumerate(header) if (found := pattern.fullmatch(name))]


def _of_model(cells: Cells, model: Model) -> pa.Table:
    """The codes that have a category in one model."""
    size = len(cells.lines)
    table = pa.table(
        {
            "code": cells.columns[0],
            "description": cells.columns[1],
            "model": pa.array([model.name] * size, pa.string()),
            "category": cells.columns[model.category],
            "payment": cells.columns[model.payment],
            "edition": pa.array([model.edition] * size, pa.string()),
            "line": cells.lines,
        }
    )
    require_figures(cells.where, table, HCC_FIGURES)
    return table.filter(pc.not_equal(table["category"], ""))


def _without_notes(cells: Cells) -> Cells:
    """The rows that hold anything but a note in the first column."""
    return cells.keep(np.any([np.asarray(pc.not_equal(column, "")) for column in cells.columns[1:]], axis=0))
