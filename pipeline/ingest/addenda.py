"""Order addenda of ICD-10-CM and ICD-10-PCS: what an edition added, deleted and revised, and the agency's own counts.

Layout: `icd10OrderFiles.pdf`. ICD-10-CM lines carry the flag in column 14, ICD-10-PCS lines start the code there.
A title may be in UTF-8, as one in the order file of FY2013.
"""

import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.text import Lines, align_to_characters, require_utf8, split_lines

ACTION = r"^(?:Add|Delete|Revise from|Revise to):"
FLAGGED = r"^.{13}[01] [A-Z]"
COUNTED = re.compile(r"^\s*(\d+) (headers in|codes in|additions|deletions|revisions(?: to .*)?)")
NEXT = "check that this is an order addenda; a new layout needs a reader of its own"


def read_order_addenda(where: str, raw: bytes) -> pa.Table:
    """One row per change: action, code, flag (empty in ICD-10-PCS), short_title, long_title, line.

    `action` is Add, Delete, Revise from or Revise to. Statistics and blank lines are passed over. An addenda without
    changes has no rows. The metadata of the table has the counts that the addenda prints of itself, as JSON: what
    `read_addenda_statistics` finds.
    """
    raw = require_utf8(where, raw)
    lines = _changes(where, raw)
    flagged = bool(len(lines)) and bool(pc.all(pc.match_substring_regex(lines.text.cast(pa.string()), FLAGGED)).as_py())
    at = 16 if flagged else 14
    lines = _changes(where, align_to_characters(raw, at + 8, 60)) if not lines.is_ascii else lines
    table = pa.table(
        {
            "action": pc.replace_substring(lines.column(1, 13), ":", ""),
            "code": lines.column(at, at + 6),
            "flag": lines.column(14, 14) if flagged else pa.repeat("", len(lines)),
            "short_title": lines.column(at + 8, at + 67),
            "long_title": lines.column(at + 69),
            "line": lines.numbers,
        }
    )
    return table.replace_schema_metadata({"counts": json.dumps(read_addenda_statistics(raw.decode("utf-8")))})


def _changes(where: str, raw: bytes) -> Lines:
    lines = split_lines(where, raw)
    is_change = np.asarray(pc.match_substring_regex(lines.text.cast(pa.string()), ACTION))
    changes = lines.keep(is_change)
    changes.refuse(changes.lengths() < 24, "an action, a code and its titles", NEXT)
    return changes


def read_addenda_statistics(text: str) -> dict[str, dict[str, int]]:
    """The counts at the end of an addenda: for headers and codes before, after, additions, deletions, revisions.

    Empty where the addenda carries none (the errata of January 2022).
    """
    counts: dict[str, dict[str, int]] = {}
    for line in text.splitlines():
        if line.strip() in ("Headers", "Codes"):
            counts[line.strip().lower()] = {}
        found = COUNTED.match(line)
        if found and counts:
            block = counts[list(counts)[-1]]
            name = found[2]
            if name.endswith(" in"):
                name = "after" if "before" in block else "before"
            block.setdefault(name, int(found[1]))
    return counts
