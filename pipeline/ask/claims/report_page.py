"""The report as one page for who owns the claims: what was found, by column and year, with examples to look at."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline import __version__
from pipeline.ask.build import DuckConnection
from pipeline.ask.claims.claims_database import read_question
from pipeline.ask.claims.claims_report import findings
from pipeline.ask.claims.code_columns import ClaimColumns, CodeColumn
from pipeline.ask.claims.rules import repairs, statuses
from pipeline.ask.shared_style import shared_style
from pipeline.run.files import write_whole
from pipeline.run.printable import printable

REPORT_TEMPLATES: Final = Path(__file__).with_name("templates")
Finding = dict[str, Any]
EMPTY: Final = "empty"
TO_LOOK_AT, REPAIRED = ("to_look_at", 10), ("repaired", 5)  # examples, and how many of each kind


def write_report_page(
    database: DuckConnection,
    build_id: str,
    columns: ClaimColumns,
    path: Path,
    *,
    files: Sequence[Path] = (),
    groupings: Sequence[str] = (),
) -> None:
    """Writes the page from the findings and answers of a database; `files` are those that the claims stand in,
    `groupings` the columns of categories, each with its version."""
    found = findings(database)
    own = [each for each in found if each["finding"] == "status"]
    by_column = _by(own, "column", [each.column for each in columns.codes])
    words = [each.name for each in statuses() if each.name != EMPTY]
    page = (
        _environment()
        .get_template("claims.html")
        .render(
            version=__version__,
            build_id=build_id,
            layout=columns.layout,
            files=[each.name for each in files],
            groupings=groupings,
            roles={each.column: _role_of(each) for each in columns.codes},
            meanings={each.name: each.meaning for each in statuses()} | {each.name: each.meaning for each in repairs()},
            style=Markup(shared_style() + (REPORT_TEMPLATES / "claims.css").read_text(encoding="utf-8")),
            words=words,
            statuses=statuses(),
            repairs=repairs(),
            total=summarise(own),
            by_column=[each for each in by_column if each["written"]],
            unwritten=[each["name"] for each in by_column if not each["written"]],
            by_year=_by(own, "year", sorted({each["year"] for each in own}, key=lambda year: (year is None, year))),
            systems=_by_system(own),
            suspicious=over_years([each for each in found if each["finding"] != "status"]),
            to_look_at=_examples(database, *TO_LOOK_AT, words),
            repaired=_examples(database, *REPAIRED, None),
        )
    )
    write_whole(path, page)


def _environment() -> Environment:
    """Templates with the filters of the page."""
    environment = Environment(
        loader=FileSystemLoader(REPORT_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["count"] = lambda value: "" if value is None else f"{value:,}"
    environment.filters["share"] = share_in_words
    environment.filters["breakable"] = lambda word: Markup(word.replace("_", "_<wbr>"))
    environment.filters["shown"] = lambda text: printable(str(text))
    return environment


def _role_of(column: CodeColumn) -> str:
    """What a column was taken for, in words: its field, what says its version, and the day that decides.

    >>> _role_of(CodeColumn("dx1", "dx", flag="dxver", day=("discharge", "day")))
    'dx, version by dxver, day by discharge or day'
    """
    version = f"version {column.flag_is}" if column.flag_is else f"version by {column.flag}" if column.flag else ""
    days = f"day by {' or '.join(column.day)}" if column.day else "no day"
    numbers = f"{column.numbers} numbers" if column.numbers else ""
    field = column.field or f"field by {column.field_in}"
    return ", ".join(each for each in (field, numbers, version, days) if each)


def summarise(found: Iterable[Finding]) -> dict[str, Any]:
    """Rows of some findings: written, empty, those with a repair, and by status."""
    by_status: dict[str, int] = defaultdict(int)
    repaired = 0
    for each in found:
        by_status[each["status"]] += each["rows"]
        repaired += each["rows"] if each["repairs"] and each["system"] else 0
    empty = by_status.pop(EMPTY, 0)
    return {"written": sum(by_status.values()), EMPTY: empty, "repaired": repaired, "by_status": dict(by_status)}


def over_years(found: Iterable[Finding]) -> list[Finding]:
    """Findings of several years as one each: the same column, note, system and status."""
    grouped: dict[tuple[Any, ...], list[Finding]] = defaultdict(list)
    for each in found:
        grouped[each["column"], each["note"], each["system"], each["status"]].append(each)
    together = []
    for own in grouped.values():
        years = sorted({each["year"] for each in own if each["year"] is not None})
        rows = sum(each["rows"] for each in own) if own[0]["rows"] is not None else None
        most = max((each["distinct"] or 0 for each in own), default=0)
        told = f"{years[0]} to {years[-1]}" if len(years) > 1 else "".join(map(str, years))
        together.append(own[0] | {"year": told, "rows": rows, "distinct": most or None})
    return sorted(together, key=lambda each: (each["column"], -(each["rows"] or 0), each["note"]))


def share_in_words(rows: int, of: int) -> str:
    """A share in percent, never 0 where there is one, nor 100 where one is missing.

    >>> [share_in_words(rows, 30_000) for rows in (0, 1, 15_000, 29_999, 30_000)]
    ['', '<0.1 %', '50.0 %', '>99.9 %', '100 %']
    """
    if not rows:
        return ""
    if rows == of:
        return "100 %"
    percent = 100 * rows / of
    return "<0.1 %" if percent < 0.05 else ">99.9 %" if percent >= 99.95 else f"{percent:.1f} %"


def _by(found: Sequence[Finding], key: str, names: Sequence[Any]) -> list[dict[str, Any]]:
    own: dict[Any, list[Finding]] = defaultdict(list)
    for each in found:
        own[each[key]].append(each)
    return [{"name": name, **summarise(own[name])} for name in names]


def _by_system(found: Sequence[Finding]) -> dict[str, dict[str, int]]:
    """Rows by column and system, of what has one."""
    rows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in found:
        if each["system"]:
            rows[each["column"]][each["system"]] += each["rows"]
    return {name: dict(sorted(own.items())) for name, own in rows.items()}


def _examples(database: DuckConnection, what: str, most: int, order: Sequence[str] | None) -> dict[str, list[Finding]]:
    """The most frequent texts of each status, or of each repair."""
    answer = database.execute(read_question("examples.sql"), {"what": what, "most": most})
    names = [each[0] for each in answer.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    kinds = order or sorted({row["kind"] for row in rows})
    grouped = {kind: [row for row in rows if row["kind"] == kind] for kind in kinds}
    return {kind: own for kind, own in grouped.items() if own}
