"""The columns that people load by name, as they were published: within a major version columns are only added.

`published_columns.csv` has every column that was published, with its type; `make dictionary` adds new ones and takes none
away. A column that is to leave, or to get another name, is a row of `leaving_columns.csv` one version before: it stands in
datapackage.json and in CHANGES.md of every build of that version, and may go from the models with the next major one.
"""

import csv
from pathlib import Path
from typing import Final

from schemas import TABLES
from schemas.arrow import arrow_schema

PUBLISHED_COLUMNS: Final = Path(__file__).with_name("published_columns.csv")
LEAVING_COLUMNS: Final = Path(__file__).with_name("leaving_columns.csv")
Column = tuple[str, str, str]


def columns_now() -> list[Column]:
    """Table, column and type of every column of the models, in their order."""
    return [(name, field.name, str(field.type)) for name, model in TABLES.items() for field in arrow_schema(model)]


def published_columns() -> list[Column]:
    """Table, column and type of every column that was published."""
    return [(row["table"], row["column"], row["type"]) for row in _rows(PUBLISHED_COLUMNS)]


def leaving_columns() -> list[dict[str, str]]:
    """The columns that are announced to leave: table, column, announced_in (a version of this project), instead and
    reason."""
    return _rows(LEAVING_COLUMNS)


def may_have_left(announced_in: str, version: str) -> bool:
    """Whether a column that was announced in one version may be gone in another: one with a higher major number. Before
    1.0 the second number is the major one, as in semantic versions."""
    before, now = (_major(each) for each in (announced_in, version))
    return now > before


def broken_promises(
    published: list[Column], now: list[Column], leaving: list[dict[str, str]], version: str
) -> list[str]:
    """What of the published columns is gone or has another type, and was not announced a major version before."""
    free = {(row["table"], row["column"]) for row in leaving if may_have_left(row["announced_in"], version)}
    types = {(table, column): kind for table, column, kind in now}
    return [
        f"{table}.{column}: was {kind}, is {types.get((table, column), 'gone')}"
        for table, column, kind in published
        if types.get((table, column)) != kind and (table, column) not in free
    ]


def write_published() -> None:
    """Adds the columns of the models that were not published yet, and keeps all others."""
    known = published_columns() if PUBLISHED_COLUMNS.is_file() else []
    names = {(table, column) for table, column, _ in known}
    rows = [*known, *(each for each in columns_now() if each[:2] not in names)]
    order = {name: place for place, name in enumerate(TABLES)}
    rows.sort(key=lambda each: order.get(each[0], len(order)))
    with PUBLISHED_COLUMNS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("table", "column", "type"), *rows])


def _major(version: str) -> tuple[int, int]:
    first, second, *_ = (int(part) for part in version.split("."))
    return (first, 0) if first else (0, second)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
