"""The views that a warehouse gets: one definition each, in the SQL of DuckDB that others have too.

What they say is what the macros and views of `crosswalk.duckdb` say; a test holds the two against each other.
"""

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


@dataclass(frozen=True)
class View:
    """A view: its name, and what a row of it is."""

    name: str
    description: str


# Tables of the user's own, with the columns that the views read. More columns of claims go through.
TABLES_OF_USERS: Final[Mapping[str, pa.Schema]] = {
    "claims": pa.schema({"claim": pa.string(), "system": pa.string(), "code": pa.string(), "day": pa.date32()}),
    "code_lists": pa.schema({"concept": pa.string(), "system": pa.string(), "code": pa.string(), "role": pa.string()}),
}
WAREHOUSE_VIEWS: Final = (
    View(
        "code_meanings",
        "What every code meant, and whether it could be reported: one row per code and unbroken run of days on which "
        "nothing of it changed. None reaches beyond systems.known_through.",
    ),
    View(
        "claims_with_meaning",
        "Claims with what their codes meant on the day. status: valid, heading (in force, not for claims), not_valid, "
        "not_known (see systems.known_from and known_through), no_listing (no code of the system is here).",
    ),
    View(
        "translations",
        "Every row of the crosswalks that say what a code is in another system or year, with both titles. Rows of "
        "scenario 0 are alternatives; of another scenario take one target from each choice list, together.",
    ),
    View(
        "categories_of_codes",
        "The categories of every code in every version of a grouping: choose one version by release or by newest, or "
        "that of a day, which lies from effective_from to known_through. Categories of a code hold together.",
    ),
    View(
        "rules_on_days",
        "What agencies say of the use of every code that could be reported: one row per code, rule and value, and run "
        "of days. answer: yes (value says what), no (a list of the days does not have it), not_known (no list here "
        "speaks of the days, or its silence says nothing). Codes of systems without a list of the rule are left out.",
    ),
    View(
        "code_list_codes",
        "The codes of code lists, one row for each episode in which a code could be reported: choose those of your "
        "days by valid_from and valid_to. came_in says how the list has the code.",
    ),
)


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
