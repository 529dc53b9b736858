"""Findings of a list in words, by kind; as csv, with a row for each; and as json."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final

from pipeline.ask.answers import ALL_ANSWERED, ANSWER_IS_NO, as_csv, as_json
from pipeline.ask.codelist.expanded_text import place_of_entry
from pipeline.ask.codelist.list_findings import SEVERITY_UNKNOWN, ListFinding
from pipeline.errors import NotKnown

FINDING_COLUMNS: Final = (
    "severity", "finding", "concept", "system", "role", "written", "line", "meant", "is_sure", "says", "means", "next",
)  # fmt: skip


def exit_code_of_findings(findings: Sequence[ListFinding]) -> int:
    """How a command ends that has written them: 1 where anything is wrong, else 8 where something is not known."""
    severities = {each.kind.severity for each in findings}
    if severities - {SEVERITY_UNKNOWN}:
        return ANSWER_IS_NO
    return NotKnown.exit_code if severities else ALL_ANSWERED


def _describe(findings: Sequence[ListFinding]) -> str:
    groups = groupby(findings, key=lambda each: each.finding)
    return "\n\n".join("\n".join(_paragraph([*own])) for _, own in groups) + "\n" if findings else "nothing found\n"


def _paragraph(findings: list[ListFinding]) -> list[str]:
    kind = findings[0].kind
    name = kind.finding.replace("_", " ")
    head = [f"{kind.severity}: {name} ({len(findings):,}): {kind.means}", f"  next:     {kind.next}"]
    return [*head, *map(_line, findings)]


def _line(finding: ListFinding) -> str:
    concept = f"{finding.entry.concept}, " if finding.entry and finding.entry.concept else ""
    place = f"{concept}{place_of_entry(finding.entry)}" if finding.entry else ""
    meant = f"meant: {' or '.join(finding.meant)}" if finding.meant and "replaced by" not in finding.says else ""
    return f"  {': '.join(filter(None, [place, '; '.join(filter(None, [finding.says, meant]))]))}"


def finding_row(finding: ListFinding) -> dict[str, Any]:
    """A finding by `FINDING_COLUMNS`."""
    kind, entry = finding.kind, finding.entry
    of_entry = {
        "concept": entry.concept, "system": entry.system, "role": entry.role, "written": entry.text, "line": entry.line
    } if entry else dict.fromkeys(("concept", "system", "role", "written", "line"))  # fmt: skip
    told = {"meant": "; ".join(finding.meant), "is_sure": finding.is_sure, "says": finding.says}
    return {
        "severity": kind.severity,
        "finding": kind.finding,
        **of_entry,
        **told,
        "means": kind.means,
        "next": kind.next,
    }


FINDING_FORMATS: Final[dict[str, Callable[[Sequence[ListFinding]], str]]] = {
    "table": _describe,
    "csv": lambda found: as_csv([FINDING_COLUMNS, *([*finding_row(each).values()] for each in found)]),
    "json": lambda found: "[\n" + ",\n".join(as_json(finding_row(each)) for each in found) + "\n]\n",
}
