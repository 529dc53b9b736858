"""What changed from one build to the next, for people (Markdown) and for machines (JSON).

No time of day is in it: the same two builds give the same text.
"""

import json
from collections.abc import Iterator

from pipeline.publish.comparison import BuildComparison, SystemChange
from pipeline.run.printable import as_markdown, as_markdown_code
from schemas.published import leaving_columns

CODES_SHOWN = 50  # codes of one kind in the Markdown; the JSON has them all
CHANGE_WORDS = {
    "added": "added",
    "removed": "removed or ended",
    "reworded": "reworded",
    "became_header": "turned heading",
    "became_billable": "turned billable",
}


def changes_as_json(comparison: BuildComparison | None, name: str) -> str:
    """The comparison as JSON; for a first build there is nothing before it."""
    content = {"before": None, "after": name} if comparison is None else comparison.as_dict()
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def changes_as_markdown(comparison: BuildComparison | None, name: str) -> str:
    """The comparison as a page."""
    if comparison is None:
        lines = [f"# Build {name}\n", "The first build: there is none before it to compare with."]
    else:
        lines = list(_lines(comparison))
    return "\n".join([*lines, *_leaving(leaving_columns())]) + "\n"


def _lines(comparison: BuildComparison) -> Iterator[str]:
    yield f"# From build {comparison.before} to build {comparison.after}\n"
    if comparison.not_compared:
        yield "Not all of the build before could be compared with:\n"
        yield from (f"- {table}: {as_markdown(why)}" for table, why in comparison.not_compared)
        yield ""
    if not comparison.tables:
        yield "There was nothing to compare with."
        return
    yield "| table | rows before | rows after | added | removed | changed |\n|---|---:|---:|---:|---:|---:|"
    for table in comparison.tables:
        numbers = (table.before, table.after, table.added, table.removed, table.changed)
        yield f"| {table.table} | " + " | ".join(f"{number:,}" for number in numbers) + " |"
    if comparison.crosswalks:
        yield "\n| crosswalk | mappings gained | mappings lost |\n|---|---:|---:|"
        yield from (f"| {each.crosswalk} | {each.gained:,} | {each.lost:,} |" for each in comparison.crosswalks)
    for name, what in comparison.gone:
        yield f"\nNo longer in `{name}`: {as_markdown(what)}"
    for system in dict.fromkeys(each.system for each in comparison.systems):
        yield f"\n## {system}"
        for change in comparison.systems:
            if change.system == system:
                yield from _codes(change)


def _leaving(columns: list[dict[str, str]]) -> Iterator[str]:
    """The columns that the next major version will not have."""
    if columns:
        yield "\n## Columns that will leave\n"
    for each in columns:
        instead = f"; in its place {as_markdown_code(each['instead'])}" if each["instead"] else ""
        name = as_markdown_code(f"{each['table']}.{each['column']}")
        yield f"- {name}, with the major version after {each['announced_in']}{instead}: {as_markdown(each['reason'])}"


def _codes(change: SystemChange) -> Iterator[str]:
    yield f"\n{len(change.codes):,} codes {CHANGE_WORDS[change.change]}:\n"
    for code, meaning in change.codes[:CODES_SHOWN]:
        yield f"- {as_markdown_code(code)}" + (f" {as_markdown(meaning)}" if meaning else "")
    if len(change.codes) > CODES_SHOWN:
        yield f"- and {len(change.codes) - CODES_SHOWN:,} more, all of them in changes.json"
