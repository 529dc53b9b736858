"""Systems side by side, as text of 80 columns, as Markdown or as JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from textwrap import wrap

from pipeline.ask.compare.profiles import Connection, Profile, between, shared_groupings
from pipeline.ask.compare.words import as_places, contrast, describe_connection, describe_system

WIDTH, LABEL, ABREAST = 80, 15, 2


@dataclass(frozen=True)
class SystemComparison:
    """Some systems, the crosswalks between them, and the groupings that more than one of them lead to."""

    profiles: list[Profile]
    connections: list[Connection]
    groupings: dict[str, list[Connection]]

    @property
    def names(self) -> list[str]:
        """The ids of the systems."""
        return [each.system for each in self.profiles]


def compare_systems(profiles: list[Profile], connections: list[Connection]) -> SystemComparison:
    """The comparison of some systems, of all crosswalks those that are about them."""
    names = [each.system for each in profiles]
    return SystemComparison(profiles, between(connections, names), shared_groupings(connections, names))


def connecting(compared: SystemComparison) -> list[str]:
    """What connects the systems, a paragraph for each crosswalk; says so where nothing does."""
    lines = [describe_connection(each) for each in compared.connections]
    if not lines:
        lines = [f"No crosswalk here connects {' and '.join(compared.names)}."]
    for target, rows in compared.groupings.items():
        sources = " and ".join(dict.fromkeys(each.source_system for each in rows))
        lines.append(f"{sources} lead to {target}, each by its own: {', '.join(each.crosswalk for each in rows)}.")
    return lines


def comparison_as_text(compared: SystemComparison) -> str:
    """Two systems abreast, each fact a row; then what sets them apart and what connects them."""
    groups = [compared.profiles[at : at + ABREAST] for at in range(0, len(compared.profiles), ABREAST)]
    parts = [_abreast(group) for group in groups]
    pages = [f"{each.system}: {each.home_url}" for each in compared.profiles]
    if differences := contrast(compared.profiles):
        parts.append(_paragraphs("What sets them apart", differences))
    parts += [_paragraphs("Crosswalks", connecting(compared)), "\n".join(pages)]
    return "\n\n".join(parts) + "\n"


def _abreast(profiles: list[Profile]) -> str:
    width = (WIDTH - LABEL) // len(profiles) - 2
    facts = [describe_system(each) for each in profiles]
    lines = [*_row("", [each.system for each in profiles], width), "-" * WIDTH]
    for label in [each for each in facts[0] if each != "Page"]:  # an address has no place to break
        lines += _row(label, [each[label] for each in facts], width)
    return "\n".join(lines)


def _row(label: str, cells: list[str], width: int) -> list[str]:
    wrapped = [wrap(cell, width, break_on_hyphens=False) or [""] for cell in cells]
    height = max(map(len, wrapped))
    columns = [each + [""] * (height - len(each)) for each in wrapped]
    heads = [label] + [""] * (height - 1)
    rows = zip(heads, *columns, strict=True)
    return [f"{head:<{LABEL}}{'  '.join(f'{cell:<{width}}' for cell in row)}".rstrip() for head, *row in rows]


def _paragraphs(title: str, paragraphs: list[str]) -> str:
    lines = [title, "-" * WIDTH]
    for each in paragraphs:
        lines += wrap(each, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines)


def comparison_as_markdown(compared: SystemComparison) -> str:
    """A Markdown table with one column for each system, and two lists."""
    facts = [describe_system(each) for each in compared.profiles]
    rows = [["", *compared.names], ["---"] * (len(facts) + 1)]
    rows += [[label, *(each[label] for each in facts)] for label in facts[0]]
    table = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    lists = {"What sets them apart": contrast(compared.profiles), "Crosswalks": connecting(compared)}
    parts = [f"## {title}\n\n" + "\n".join(f"- {line}" for line in lines) for title, lines in lists.items() if lines]
    return "\n\n".join([table, *parts]) + "\n"


def comparison_as_json(compared: SystemComparison) -> str:
    """The facts of each system, what sets them apart, and the crosswalks, as JSON; days as text."""
    content = {
        "systems": [asdict(each) | {"growth": each.growth} for each in compared.profiles],
        "differences": contrast(compared.profiles),
        "crosswalks": [asdict(each) | {"coverage": each.coverage} for each in compared.connections],
        "shared_groupings": {name: [each.crosswalk for each in rows] for name, rows in compared.groupings.items()},
    }
    return json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n"


COMPARISON_FORMATS: dict[str, Callable[[SystemComparison], str]] = {
    "table": comparison_as_text,
    "md": comparison_as_markdown,
    "json": comparison_as_json,
}
SYSTEMS_HEAD = ("system", "kinds", "where", "maintainer", "in use", "known through", "valid then")


def _listed(profile: Profile) -> tuple[str, ...]:
    kinds = ", ".join(profile.kinds[:1]).replace("_", " ") + (" ..." if len(profile.kinds) > 1 else "")
    first, last = (str(day.year) if day else "" for day in (profile.in_use_from, profile.in_use_to))
    period = f"{first} to {last}" if last else f"from {first}" if first else "in use"
    valid = f"{profile.now:,}" if profile.ever else "not here"
    days = (period, str(profile.known_through or "not known"))
    return profile.system, kinds, as_places(profile.settings).split(",")[0], profile.maintainer, *days, valid


def systems_as_text(profiles: list[Profile]) -> str:
    """One line for each system, at most 80 columns."""
    short = [[*row[:2], *row[3:]] for row in (SYSTEMS_HEAD, *map(_listed, profiles))]  # where it is used, the notes say
    widths = [max(len(row[at]) for row in short) for at in range(len(short[0]))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in short]
    notes = [f"{each.system}: {each.description}" for each in profiles]
    wrapped = ["\n".join(wrap(note, WIDTH, subsequent_indent="  ", break_on_hyphens=False)) for note in notes]
    return "\n".join([*lines, "", *wrapped]) + "\n"


def systems_as_markdown(profiles: list[Profile]) -> str:
    """A Markdown table of the systems."""
    rows = [SYSTEMS_HEAD, ("---",) * len(SYSTEMS_HEAD), *map(_listed, profiles)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def systems_as_json(profiles: list[Profile]) -> str:
    """The facts of every system as JSON."""
    return json.dumps([asdict(each) | {"growth": each.growth} for each in profiles], indent=1, default=str) + "\n"


SYSTEM_LIST_FORMATS: dict[str, Callable[[list[Profile]], str]] = {
    "table": systems_as_text,
    "md": systems_as_markdown,
    "json": systems_as_json,
}
