"""ICD-10-CM and ICD-10-PCS order files: codes and tables in tabular order, with short and long titles.

Layout: `icd10OrderFiles.pdf` inside the archives. Fixed columns, CRLF; ASCII, but for one line of FY2013 in UTF-8
(L70.5, acne excoriée), whose short title has its 60 columns in bytes. Columns are characters, or bytes in such a line.
"""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.check_figures import CheckFigure
from pipeline.ingest.text import Lines, align_to_characters, require_utf8, split_lines

NEXT = "check that this is an order file and not the codes file or an addenda; a new layout needs a reader of its own"
BLANK = (6, 14, 16, 77)
# ICD-10-PCS starts with table 001 and ends with its section X, ICD-10-CM with Z99 or, from FY2021 on, chapter 22 (U).
LAST_OF_PROCEDURES, LAST_OF_DIAGNOSES = re.compile("X"), re.compile("Z99|U")


def read_order_file(where: str, raw: bytes) -> pa.Table:
    """One row per line: order_number, code, flag, short_title, long_title, all text, and line.

    The order number changes with every release and is never a key. Raises RawFileError where a line does not have
    the columns of the layout, a flag other than 0 (header) and 1 (valid for transactions), or a byte that is neither
    ASCII nor UTF-8.
    """
    lines = split_lines(where, align_to_characters(require_utf8(where, raw), 17, 60))
    _check_columns(lines)
    return pa.table(
        {
            "order_number": lines.column(1, 5),
            "code": lines.column(7, 13),
            "flag": lines.column(15, 15),
            "short_title": lines.column(17, 76),
            "long_title": lines.column(78),
            "line": lines.numbers,
        }
    )


def _check_columns(lines: Lines) -> None:
    lines.refuse(
        lines.lengths() < 78, "at least 78 columns: order number, code, flag, short title (60), long title", NEXT
    )
    for column in BLANK:
        lines.refuse(lines.character(column) != ord(" "), f"a blank in column {column}", NEXT)
    number = lines.column(1, 5)
    lines.refuse(~np.asarray(pc.match_substring_regex(number, r"^\d{5}$")), "five digits in columns 1 to 5", NEXT)
    falls = np.append(False, np.asarray(pc.less_equal(number[1:], number[:-1])))
    lines.refuse(falls, "order numbers that rise from line to line", NEXT)
    flags = lines.character(15)
    lines.refuse((flags != ord("0")) & (flags != ord("1")), "0 or 1 in column 15 (header, or valid code)", NEXT)


def _is_out_of_count(table: pa.Table) -> npt.NDArray[np.bool_]:
    is_broken: npt.NDArray[np.bool_] = np.asarray(table["order_number"].cast(pa.int32())) != np.arange(len(table)) + 1
    return is_broken


def _is_no_header_of_the_next(table: pa.Table) -> npt.NDArray[np.bool_]:
    codes = _characters(table["code"].combine_chunks())
    following = np.vstack([codes[1:], np.zeros_like(codes[:1])])
    stands_above = ((codes == following) | (codes == ord(" "))).all(axis=1)
    is_broken: npt.NDArray[np.bool_] = stands_above != np.asarray(pc.equal(table["flag"], "0"))
    return is_broken


def _characters(code: pa.StringArray) -> npt.NDArray[np.uint8]:
    """The seven columns of each code, a row of bytes for each."""
    padded = pc.binary_slice(pc.utf8_rpad(code, 7).view(pa.binary()), 0, 7).cast(pa.binary(7))
    return np.frombuffer(padded.buffers()[1], np.uint8).reshape(-1, 7)


def _ends_early(table: pa.Table) -> npt.NDArray[np.bool_]:
    code = table["code"]
    last = LAST_OF_PROCEDURES if code[0].as_py()[:1].isdigit() else LAST_OF_DIAGNOSES
    is_cut = np.zeros(len(table), bool)
    is_cut[-1] = not last.match(code[-1].as_py())
    return is_cut


WHOLE_ORDER_FILES = (
    CheckFigure("order numbers", "order numbers from 00001 on without a gap", _is_out_of_count),
    CheckFigure(
        "headers",
        "a header (flag 0) above the first of its codes, and no code below a valid one (1)",
        _is_no_header_of_the_next,
    ),
    CheckFigure("last code", "a last line of the last section: X of ICD-10-PCS, Z99 or U of ICD-10-CM", _ends_early),
)
