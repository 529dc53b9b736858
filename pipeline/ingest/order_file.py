"""ICD-10-CM and ICD-10-PCS order files: codes and tables in tabular order, with short and long titles.

Layout: `icd10OrderFiles.pdf` inside the archives. Fixed columns, CRLF; ASCII, but for one line of FY2013 in UTF-8
(L70.5, acne excoriée), whose short title has its 60 columns in bytes. Columns are characters, or bytes in such a line.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.text import Lines, align_to_characters, require_utf8, split_lines

NEXT = "check that this is an order file and not the codes file or an addenda; a new layout needs a reader of its own"
BLANK = (6, 14, 16, 77)


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
