"""Answers as text: what people read of a look-up or a comparison."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import groupby

from pipeline.ask.lookup import Episode

HEAD = ("change", "code", "before", "after")
Row = tuple[str, str, str | None, str | None]


def describe_code(episodes: list[Episode], day: date | None = None) -> str:
    """A code in every system that has it: its meaning and history, or its meaning on one day."""
    by_system = [list(group) for _, group in groupby(episodes, key=lambda each: each.system)]
    paragraphs = [_on_day(group, day) if day else _ever(group) for group in by_system]
    if len(by_system) > 1:
        names = ", ".join(f"{group[0].system} ({group[0].code_dotted})" for group in by_system)
        paragraphs.insert(0, f"A code of {len(by_system)} systems: {names}. --system picks one.")
    return "\n\n".join(paragraphs)


def _ever(episodes: list[Episode]) -> str:
    last = episodes[-1]
    lines = [_title(last), f"  {last.meaning or last.licence}", f"  {_nature(last)}"]
    lines += [f"  {_span(each):<26} {_flag(each):<9} {_meaning(each)}  [{each.valid_from_basis}]" for each in episodes]
    return "\n".join(lines)


def _on_day(episodes: list[Episode], day: date) -> str:
    valid = next((each for each in episodes if each.is_valid_on(day)), None)
    if valid:
        return "\n".join([_title(valid), f"  on {day}: {_meaning(valid)}", f"  {_nature(valid)}; {_span(valid)}"])
    spans = ", ".join(_span(each) for each in episodes)
    return "\n".join([_title(episodes[-1]), f"  not valid on {day}; valid {spans}"])


def _title(episode: Episode) -> str:
    return f"{episode.code_dotted}  {episode.system}  ({episode.kind}, {episode.setting}, kept by {episode.maintainer})"


def _meaning(episode: Episode) -> str:
    return episode.meaning or "(no text: see the licence)"


def _nature(episode: Episode) -> str:
    parts = [_flag(episode)]
    if not episode.standalone:
        parts.append("never alone or principal")
    if episode.section:
        parts.append(f"section {episode.section} {episode.section_title}")
    if episode.parent_code:
        parts.append(f"under {_with_dot_of(episode.code_dotted, episode.parent_code)}")
    return "; ".join(parts)


def _with_dot_of(code: str, parent: str) -> str:
    """A parent's code with the dot where its child has it."""
    at = code.find(".")
    return f"{parent[:at]}.{parent[at:]}" if 0 < at < len(parent) else parent


def _flag(episode: Episode) -> str:
    return "billable" if episode.billable else "heading"


def _span(episode: Episode) -> str:
    start = "before " if episode.valid_from_basis == "left_censored" else ""
    end = f"to {episode.valid_to}" if episode.valid_to else "on"
    return f"from {start}{episode.valid_from} {end}"


def as_table(rows: list[Row]) -> str:
    """The changes as aligned lines, counts first."""
    lines = [f"{change:<20} {code:<9} {_arrow(was, now)}" for change, code, was, now in rows]
    return "\n".join([_counts(rows), "", *lines]) + "\n"


def as_csv(rows: list[Row]) -> str:
    """The changes as CSV with a header, all text quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([HEAD, *rows])
    return text.getvalue()


def as_markdown(rows: list[Row]) -> str:
    """The changes as a Markdown table, counts first."""
    cells = [[(cell or "").replace("|", "\\|") for cell in row] for row in (HEAD, ("---",) * len(HEAD), *rows)]
    return "\n".join([_counts(rows), "", *(f"| {' | '.join(row)} |" for row in cells)]) + "\n"


def _arrow(was: str | None, now: str | None) -> str:
    return f"{was} -> {now}" if was and now and was != now else (now or was or "")


def _counts(rows: list[Row]) -> str:
    counts = Counter(change for change, *_ in rows)
    return ", ".join(f"{change} {count:,}" for change, count in counts.items()) or "nothing changed"


LAYOUTS: dict[str, Callable[[list[Row]], str]] = {"table": as_table, "csv": as_csv, "md": as_markdown}
