"""General Equivalence Mappings (GEM): ICD-9-CM to ICD-10-CM and ICD-10-PCS, and back.

Layout: `GemsTechDoc_2018.pdf` inside the archives. The columns differ by direction and record lengths by issue, so
the three fields are told apart by the white space between them.
Codes and flags only: a byte that is not ASCII is damage.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.text import require_ascii, split_lines

NEXT = "check that this is one of the text members of a GEM archive; a new layout needs a reader of its own"


def read_gem(where: str, raw: bytes) -> pa.Table:
    """One row per line: source, target, flags, line. Targets stand as written: `NoDx`, `NoPCS`, `NoI9`, one `v5889`.

    The flags are five digits: approximate, no map, combination, scenario, choice list. The same source and target
    can stand on several lines. Raises RawFileError where a line has not three fields or its flags not five digits.
    """
    require_ascii(where, raw)
    lines = split_lines(where, raw)
    fields = pc.ascii_split_whitespace(lines.column(1))
    lines.refuse(np.asarray(pc.list_value_length(fields)) != 3, "three fields: source, target and flags", NEXT)
    source, target, flags = (pc.list_element(fields, position) for position in range(3))
    lines.refuse(~np.asarray(pc.match_substring_regex(flags, r"^\d{5}$")), "flags of five digits", NEXT)
    return pa.table({"source": source, "target": target, "flags": flags, "line": lines.numbers})
