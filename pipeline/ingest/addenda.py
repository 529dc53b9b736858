"""Order addenda of ICD-10-CM and ICD-10-PCS: what an edition added, deleted and revised, and the agency's own counts.

Layout: `icd10OrderFiles.pdf`. ICD-10-CM lines carry the flag in column 14, ICD-10-PCS lines start the code there.
A title may be in UTF-8, as one in the order file of FY2013.
"""

import json
import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.check_figures import CheckFigure, require_figures
from pipeline.ingest.text import Lines, align_to_characters, require_utf8, split_lines

ACTION = r"^(?:Add|Delete|Revise from|Revise to): "
FLAGGED = r"^.{13}[01] [A-Z]"
COUNTED = re.compile(r"^\s*(\d+) (headers in|codes in|additions|deletions|revisions(?: to .*)?)")
STATISTICS = (
    r"^\s*(?:Headers|Codes|of which|\d+ (?:(?:headers|codes) in \S.*|additions|deletions|revisions(?: to .*)?))?\s*$"
)
NEXT = "check that this is an order addenda; a new layout needs a reader of its own"


def read_order_addenda(where: str, raw: bytes) -> pa.Table:
    """One row per change: action, code, flag (empty in ICD-10-PCS), short_title, long_title, line.

    `action` is Add, Delete, Revise from or Revise to. Statistics and blank lines are passed over; any other line is
    refused. An addenda without changes has no rows. The metadata of the table has the counts that the addenda prints of
    itself, as JSON: what `read_addenda_statistics` finds.
    """
    raw = require_utf8(where, raw, tabs=False)
    lines = _changes(where, raw)
    flagged = _is_flagged(lines)
    at = 16 if flagged else 14
    lines = _changes(where, align_to_characters(raw, at + 8, 60)) if not lines.is_ascii else lines
    _check_columns(lines, at)
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
    require_figures(where, table, ADDENDA_FIGURES)
    return table.replace_schema_metadata({"counts": json.dumps(read_addenda_statistics(raw.decode("utf-8")))})


def _changes(where: str, raw: bytes) -> Lines:
    lines = split_lines(where, raw)
    text = lines.text.cast(pa.string())
    is_change = np.asarray(pc.match_substring_regex(text, ACTION))
    others = lines.keep(~is_change)
    is_counted = np.asarray(pc.match_substring_regex(others.text.cast(pa.string()), STATISTICS))
    others.refuse(~is_counted, "an action (Add, Delete, Revise from, Revise to) or a line of the statistics", NEXT)
    return lines.keep(is_change)


def _is_flagged(lines: Lines) -> bool:
    """Whether the lines have the column of flags: all or none of them do."""
    has_flag = np.asarray(pc.match_substring_regex(lines.text.cast(pa.string()), FLAGGED), bool)
    if has_flag.any():
        lines.refuse(~has_flag, "a flag of 0 or 1 in column 14, as in the other lines", NEXT)
    return bool(has_flag.any())


def _check_columns(lines: Lines, at: int) -> None:
    """The code stands in seven columns from `at` on, a short title in 60, and then the long one."""
    lines.refuse(lines.lengths() < at + 69, "an action, a code and its titles", NEXT)
    for column in (at + 7, at + 68):
        lines.refuse(lines.character(column) != ord(" "), f"a blank in column {column}", NEXT)


def _lacks_text(table: pa.Table) -> npt.NDArray[np.bool_]:
    texts = (np.asarray(pc.equal(table[name], ""), bool) for name in ("code", "short_title", "long_title"))
    lacks: npt.NDArray[np.bool_] = np.logical_or.reduce(list(texts))
    return lacks


def _is_half_a_revision(table: pa.Table) -> npt.NDArray[np.bool_]:
    """The former title of a code stands right above the new one."""
    action, code = (table[name].to_numpy() for name in ("action", "code"))
    is_former, is_new = action == "Revise from", action == "Revise to"
    is_pair = is_former[:-1] & is_new[1:] & (code[:-1] == code[1:])
    wrong: npt.NDArray[np.bool_] = (is_former & ~np.append(is_pair, False)) | (is_new & ~np.append(False, is_pair))
    return wrong


def _is_said_again(table: pa.Table) -> npt.NDArray[np.bool_]:
    change = pc.binary_join_element_wise(table["action"], table["code"], " ").combine_chunks()
    again: npt.NDArray[np.bool_] = np.asarray(pc.index_in(change, change)) != np.arange(len(change))
    return again


ADDENDA_FIGURES = (
    CheckFigure("texts", "a code, a short title and a long one", _lacks_text, NEXT),
    CheckFigure("revisions", "`Revise from` right above the `Revise to` of the same code", _is_half_a_revision),
    CheckFigure("once", "an action on a code once", _is_said_again),
)


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
