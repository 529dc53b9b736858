"""The script that brings a build into a warehouse: its tables, filled from the files, and the views over them."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from pipeline.warehouse.dialects import Dialect
from pipeline.warehouse.loaded_tables import load_tables, named, quoted_text, relation
from pipeline.warehouse.views import TABLES_OF_USERS, WAREHOUSE_VIEWS, View, definition_of, fields_of_view

ON_A_DAY: Final = "codes_on"  # the function: the rows of code_meanings that hold the day
SCRIPT_HEAD: Final = """-- Crosswalk for {title} ({tried}): tables, filled from the files of a build, and views.
-- The files are looked for in {files}: another place by --files. Codes are texts; their zeros stay.
-- claims (claim, system, code, day) and code_lists (concept, system, code, role) are tables of yours; made empty here
-- where they are missing. day is the one that decides: of discharge for inpatients, of service elsewhere.
"""


def write_script(dialect: Dialect, files: str | None = None) -> str:
    """The whole script, a statement after the other. `files` is where the folder of a build lies."""
    place = dialect.place_of(files)
    head = SCRIPT_HEAD.format(title=dialect.title, tried=dialect.tried, files=place)
    # What begins with a backslash is told to psql, which takes a line.
    ended = (each if each.startswith("\\") else f"{each};" for each in statements_of(dialect, place))
    return head + "".join(f"\n{each}\n" for each in ended)


def statements_of(dialect: Dialect, files: str) -> Iterator[str]:
    """The statements of the script, in order, none of them ended."""
    yield from load_tables(dialect, files)
    yield from _tables_of_users(dialect)
    yield from create_views(dialect)


def create_views(dialect: Dialect) -> Iterator[str]:
    """A statement for each view, its description where that is a statement of its own, and the function of a day."""
    for view in WAREHOUSE_VIEWS:
        yield f"create or replace view {relation(dialect, view.name)} as\n{written_for(dialect, definition_of(view))}"
        if "view" in dialect.comment_on:
            yield f"comment on view {view.name} is {quoted_text(dialect, view.description)}"
    if dialect.function:
        yield _function_of_a_day(dialect, WAREHOUSE_VIEWS[0])


def _function_of_a_day(dialect: Dialect, view: View) -> str:
    return str(dialect.function).format(
        name=relation(dialect, ON_A_DAY),
        view=view.name,
        columns=_returned(dialect, fields_of_view(view)),
        body=written_for(dialect, f"select * from {view.name} where on_day between valid_from and valid_through"),
    )


def written_for(dialect: Dialect, sql: str) -> str:
    """A query of DuckDB in the SQL of a dialect."""
    from sqlglot import exp, parse_one  # noqa: PLC0415  # 0.2 s that only who asks for it waits for

    query = parse_one(sql, read="duckdb")
    own = {each.alias for each in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if dialect.dataset and table.name not in own:
            table.set("db", exp.to_identifier(dialect.dataset))
    return query.sql(dialect=dialect.dialect, pretty=True)


def _tables_of_users(dialect: Dialect) -> Iterator[str]:
    for table, fields in TABLES_OF_USERS.items():
        yield f"create table if not exists {relation(dialect, table)} ({_returned(dialect, fields)})"


def _returned(dialect: Dialect, fields: pa.Schema) -> str:
    """Columns by name and type alone."""
    return ", ".join(f"{named(dialect, each.name)} {dialect.type_of(each.type)}" for each in fields)
