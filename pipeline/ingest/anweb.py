"""HCPCS alpha-numeric file (ANWEB): fixed records of 320 bytes, long descriptions continued over several records.

Layout: `HCPC2025_recordlayout.txt` of October 2024. Disclaimer lines before the data (2019) are no records.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.anweb_figures import ANWEB_FIGURES, is_start
from pipeline.ingest.check_figures import REFETCH, require_figures
from pipeline.ingest.text import Lines, decode, split_lines

RECORD = r"^(?:[A-Z]\d{4}|   [A-Z0-9]{2})\d{5}[3478]"
DISCLAIMER = r"^(?:\*|[ \t]).*\t|^\t"  # rows of a sheet: cells with tabs between them
# cp1252 in 2019 (blanks that do not break); UTF-8 in none so far, but read as cp1252 it would shift the columns.
ENCODINGS = ("ascii", "utf-8-sig", "cp1252")
LONGEST = 320
SHORTEST = 293  # a record ends with its action code; trailing blanks may be missing
ANWEB_FIELDS = {
    "code": (1, 5),
    "sequence": (6, 10),
    "record_id": (11, 11),
    "long_description": (12, 91),
    "short_description": (92, 119),
    "pricing_indicators": (120, 127),
    "multiple_pricing": (128, 128),
    "cim_references": (129, 146),
    "mcm_references": (147, 170),
    "statute": (171, 180),
    "lab_certification": (181, 204),
    "cross_references": (205, 229),
    "coverage": (230, 230),
    "asc_group": (231, 232),
    "asc_date": (233, 240),
    "mog_group": (241, 243),
    "mog_policy": (244, 244),
    "mog_date": (245, 252),
    "processing_note": (253, 256),
    "betos": (257, 259),
    "type_of_service": (261, 265),
    "anaesthesia_units": (266, 268),
    "added": (269, 276),
    "action_effective": (277, 284),
    "terminated": (285, 292),
    "action": (293, 293),
}


def read_anweb(where: str, raw: bytes) -> pa.Table:
    """One row per physical record, continuations included: the columns of ANWEB_FIELDS as text, and line.

    Raises RawFileError where no line is a record, a line before the first is no disclaimer, a continuation does not
    follow the record it continues, or a check figure is broken.
    """
    text = decode(where, raw, ENCODINGS).replace("\N{NO-BREAK SPACE}", " ")
    lines = split_lines(where, text.encode())
    is_record = np.asarray(pc.match_substring_regex(lines.text.cast(pa.string()), RECORD))
    if not is_record.any():
        raise RawFileError(
            where,
            expected="records of 320 bytes that start with a code, a sequence number and a record id",
            found="no such line",
            next_step="check that this is the ANWEB text file; a new layout needs a reader of its own",
        )
    _refuse_strays(lines, is_record)
    records = lines.keep(is_record)
    table = pa.table({name: records.column(*span) for name, span in ANWEB_FIELDS.items()} | {"line": records.numbers})
    shorter = records.lengths() < SHORTEST
    code, begins = table["code"].combine_chunks(), is_start(table)
    follows = np.append(False, np.asarray(pc.equal(code[1:], code[:-1])))
    records.refuse(~begins & ~follows, "a continuation behind the record it continues", REFETCH)
    records.refuse(records.lengths() > LONGEST, f"a record of {LONGEST} columns, and no other behind it", REFETCH)
    records.refuse(begins & shorter, f"at least {SHORTEST} columns, up to the action code", REFETCH)
    require_figures(where, table, ANWEB_FIGURES)
    return table


def _refuse_strays(lines: Lines, is_record: npt.NDArray[np.bool_]) -> None:
    """Raises RawFileError for a line that is neither a record nor, before the first, a disclaimer."""
    others, is_inside = lines.keep(~is_record), np.flatnonzero(~is_record) > int(np.argmax(is_record))
    text = others.text.cast(pa.string())
    looks_like_one = np.asarray(pc.match_substring_regex(text, RECORD.removesuffix("[3478]")))
    others.refuse(
        is_inside | looks_like_one, "a record of id 3, 4, 7 or 8; other lines stand only before the first", REFETCH
    )
    is_disclaimer = np.asarray(pc.match_substring_regex(text, DISCLAIMER))
    others.refuse(~is_disclaimer, "a line of the disclaimer before the first record, and no other", REFETCH)
    if b"\t" in lines.raw:
        has_tab = np.asarray(pc.match_substring(lines.text.cast(pa.string()), "\t"))
        lines.refuse(is_record & has_tab, "a record without tabs", REFETCH)
