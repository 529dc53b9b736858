"""Systems side by side, as text of 80 columns, as csv, Markdown or JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from textwrap import wrap

from pipeline.ask.answers import as_csv
from pipeline.ask.compare.connecting import PolicyReach, connecting_lines
from pipeline.ask.compare.contrasts import claims_of, contrast
from pipeline.ask.compare.profiles import Connection, Profile, between, shared_groupings
from pipeline.ask.compare.words import as_places, describe_system
from pipeline.ask.compare.worked_examples import WorkedExample, choose_examples, example_lines

WIDTH, LABEL, ABREAST = 80, 15, 2


APART, CLAIMS, CONNECTED, WORKED = "What sets them apart", "The claims", "Crosswalks and policies", "Worked example"


@dataclass(frozen=True)
class SystemComparison:
    """Some systems, the crosswalks between them, the groupings that more than one of them lead to, the policies that
    speak of two of them, and an event whose claims carry them."""

    profiles: list[Profile]
    connections: list[Connection]
    groupings: dict[str, list[Connection]]
    policies: list[PolicyReach]
    examples: list[WorkedExample]

    @property
    def names(self) -> list[str]:
        """The ids of the systems."""
        return [each.system for each in self.profiles]


def compare_systems(
    profiles: list[Profile],
    connections: list[Connection],
    policies: list[PolicyReach],
    examples: list[WorkedExample],
) -> SystemComparison:
    """The comparison of some systems, of all crosswalks, policies and examples those that are about them."""
    names = [each.system for each in profiles]
    own = [each for each in policies if {each.procedures, each.diagnoses} <= {*names}]
    groupings = shared_groupings(connections, names)
    return SystemComparison(profiles, between(connections, names), groupings, own, choose_examples(examples, names))


def told_of(compared: SystemComparison) -> dict[str, list[str]]:
    """What there is to say beside the facts, in paragraphs by their title: what sets apart, connects, an example."""
    connected = connecting_lines(compared.profiles, compared.connections, compared.groupings, compared.policies)
    examples = [line for each in compared.examples for line in example_lines(each)]
    apart, claims = contrast(compared.profiles), claims_of(compared.profiles)
    told = {APART: apart, CLAIMS: claims, CONNECTED: connected, WORKED: examples}
    return {title: lines for title, lines in told.items() if lines}


def comparison_as_text(compared: SystemComparison) -> str:
    """Two systems abreast, each fact a row; then what sets them apart and what connects them."""
    groups = [compared.profiles[at : at + ABREAST] for at in range(0, len(compared.profiles), ABREAST)]
    parts = [_abreast(group) for group in groups]
    parts += [_paragraphs(title, lines) for title, lines in told_of(compared).items()]
    parts.append("\n".join(f"{each.system}: {each.home_url}" for each in compared.profiles))
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
    lists = told_of(compared)
    parts = [f"## {title}\n\n" + "\n".join(f"- {line}" for line in lines) for title, lines in lists.items()]
    return "\n\n".join([table, *parts]) + "\n"


def comparison_as_json(compared: SystemComparison) -> str:
    """The facts of each system, what sets them apart and what connects them, as JSON; days as text."""
    told = told_of(compared)
    content = {
        "systems": [asdict(each) | {"growth": each.growth} for each in compared.profiles],
        "differences": told.get(APART, []),
        "claims": told.get(CLAIMS, []),
        "connections": told.get(CONNECTED, []),
        "worked_example": told.get(WORKED, []),
        "crosswalks": [asdict(each) | {"coverage": each.coverage} for each in compared.connections],
        "shared_groupings": {name: [each.crosswalk for each in rows] for name, rows in compared.groupings.items()},
    }
    return json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n"


def comparison_as_csv(compared: SystemComparison) -> str:
    """A row for each fact and a column for each system; what is no fact of one system stands in the other formats."""
    facts = [describe_system(each) for each in compared.profiles]
    return as_csv([("fact", *compared.names), *((label, *(each[label] for each in facts)) for label in facts[0])])


COMPARISON_FORMATS: dict[str, Callable[[SystemComparison], str]] = {
    "table": comparison_as_text,
    "csv": comparison_as_csv,
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
    return profile.system, kinds, as_places(profile), profile.maintainer, *days, valid


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


def systems_as_csv(profiles: list[Profile]) -> str:
    """A row for each system with all its facts, those of several parts joined by semicolons."""
    names = [each.name for each in fields(Profile)]
    rows = [[getattr(profile, name) for name in names] for profile in profiles]
    return as_csv([names, *([_joined_parts(value) for value in row] for row in rows)])


def _joined_parts(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


SYSTEM_LIST_FORMATS: dict[str, Callable[[list[Profile]], str]] = {
    "table": systems_as_text,
    "csv": systems_as_csv,
    "md": systems_as_markdown,
    "json": systems_as_json,
}
