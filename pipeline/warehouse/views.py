"""The views that a warehouse gets: one definition each, in the SQL of DuckDB that others have too; views.toml says what
they and their columns are.

What they say is what the macros and views of `crosswalk.duckdb` say; a test holds the two against each other.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.code_order import read_code_order
from pipeline.normalise.systems import read_systems
from schemas import TABLES
from schemas.arrow import arrow_schema

_HERE: Final = Path(__file__).parent
VIEWS_FILE: Final = _HERE / "views.toml"


@dataclass(frozen=True)
class View:
    """A view: its name, what a row of it is, and of each column what it says, or `table.column` whose words say it."""

    name: str
    description: str
    columns: Mapping[str, str]


# Tables of the user's own, with the columns that the views read. More columns of claims go through.
TABLES_OF_USERS: Final[Mapping[str, pa.Schema]] = {
    "claims": pa.schema({"claim": pa.string(), "system": pa.string(), "code": pa.string(), "day": pa.date32()}),
    "code_lists": pa.schema({"concept": pa.string(), "system": pa.string(), "code": pa.string(), "role": pa.string()}),
}
WAREHOUSE_VIEWS: Final = tuple(View(**each) for each in tomllib.loads(VIEWS_FILE.read_text("utf-8"))["view"])


def columns_said(view: View) -> dict[str, str]:
    """What each column of a view says: in the words of the schema where it is a table's, else in the view's own."""
    fields = {f"{table}.{field.name}": field for table in TABLES for field in arrow_schema(TABLES[table])}
    return {
        name: (fields[said].metadata or {})[b"description"].decode() if said in fields else said
        for name, said in view.columns.items()
    }


def definition_of(view: View) -> str:
    """The query of a view, in the SQL of DuckDB."""
    systems = [name for name, each in read_systems().items() if "modifier" in each.kinds]
    return (
        (_HERE / f"{view.name}.sql")
        .read_text(encoding="utf-8")
        .replace("{systems_with_modifiers}", ", ".join(f"'{each}'" for each in systems))
        .replace("{order_of_letters}", "\n    union all ".join(_letters()))
    )


def fields_of_view(view: View) -> pa.Schema:
    """The columns of a view, each as the table has it that it, or what it is reckoned from, comes from."""
    from sqlglot import exp, parse_one  # noqa: PLC0415  # 0.2 s that only who asks for it waits for

    query = parse_one(definition_of(view), read="duckdb", into=exp.Select)
    tables = {each.alias_or_name: arrow_schema(TABLES[each.name]) for each in query.find_all(exp.Table)}
    read = ((each.alias_or_name, next(each.find_all(exp.Column))) for each in query.selects)
    return pa.schema([tables[column.table].field(column.name).with_name(name) for name, column in read])


def _letters() -> Iterator[str]:
    """A row for each letter that stands between digits: see `code_order.toml`."""
    for place, (beginning, letter) in enumerate(read_code_order().items()):
        names = (" as beginning", " as place") if place == 0 else ("", "")
        yield f"select '{beginning}'{names[0]}, '{letter}'{names[1]}"
