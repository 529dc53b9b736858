"""The codes of a list in words, by concept; as csv, with a row for each code and episode; and as json."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, Final

from pipeline.ask.answers import as_csv, as_json
from pipeline.ask.codelist.code_list import ListEntry
from pipeline.ask.codelist.expand import EXPANDED_COLUMNS, Expansion, Unmatched

HOW: Final = {"named": "named", "prefix": "begins so", "range": "in the range", "below_heading": "below"}


def place_of_entry(entry: ListEntry) -> str:
    """Where an entry stands, and what it is: `line 3: 250.xx (ICD9CM)`."""
    system = f" ({entry.system})" if entry.system else ""
    mark = "!" if entry.is_excluded else ""
    return f"line {entry.line}: {mark}{entry.text}{system}"


def describe_unmatched(each: Unmatched) -> str:
    """An entry without a code, and why it has none, in a line."""
    return f"{place_of_entry(each.entry)}: {each.reason}"


def _describe(found: Expansion) -> str:
    rows = [dict(zip(EXPANDED_COLUMNS, record, strict=True)) for record in found.records]
    paragraphs = ["\n".join(_concept(name, list(own))) for name, own in groupby(rows, key=lambda row: row["concept"])]
    if found.unmatched:
        lines = [f"  {describe_unmatched(each)}" for each in found.unmatched]
        paragraphs.append("\n".join([f"Without a code ({len(lines)}):", *lines]))
    paragraphs += found.not_known
    return "\n\n".join(paragraphs or ["no code"]) + "\n"


def _concept(name: str, rows: list[dict[str, Any]]) -> list[str]:
    codes = len({(row["system"], row["code"]) for row in rows})
    width = max(len(row["code_dotted"]) for row in rows)
    return [f"{name or 'The list'}: {codes:,} codes", *(_line(row, width) for row in rows)]


def _line(row: dict[str, Any], width: int) -> str:
    until = f"to {row['valid_to']}" if row["valid_to"] else "on           "
    heading = "" if row["billable"] else "heading  "
    brought = "" if row["came_in"] == "named" else f"  [{HOW[row['came_in']]}: {row['written']}]"
    told = row["description"] or "(no text here)"
    days = f"{row['valid_from']} {until}"
    return f"  {row['code_dotted']:<{width}}  {row['system']:<8}  {days}  {heading}{told}{brought}"


def _object(found: Expansion) -> str:
    codes = [dict(zip(EXPANDED_COLUMNS, record, strict=True)) for record in found.records]
    unmatched = [
        {"concept": each.entry.concept, "system": each.entry.system, "text": each.entry.text, "role": each.entry.role,
         "line": each.entry.line, "reason": each.reason}
        for each in found.unmatched
    ]  # fmt: skip
    return as_json({"codes": codes, "unmatched": unmatched, "not_known": found.not_known}) + "\n"


# In csv what has no code has no row: the command says it beside.
EXPANSION_FORMATS: Final[dict[str, Callable[[Expansion], str]]] = {
    "table": _describe,
    "csv": lambda found: as_csv([EXPANDED_COLUMNS, *found.records]),
    "json": _object,
}
