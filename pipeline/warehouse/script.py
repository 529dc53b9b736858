"""The script that brings a build into a warehouse: its tables, filled from the files, and the views over them."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from pipeline.warehouse.dialects import Dialect
from pipeline.warehouse.loaded_tables import load_tables, named, quoted_text
from pipeline.warehouse.views import TABLES_OF_USERS, WAREHOUSE_VIEWS, View, definition_of, fields_of_view

ON_A_DAY: Final = "codes_on"  # the function: the rows of code_meanings that hold the day
SCRIPT_HEAD: Final = """-- Crosswalk for {title} ({tried}): tables, filled from the files of a build, and views.
-- The files are looked for in {files}: another place by --files. Codes are texts; their zeros stay.
-- claims (claim, system, code, day) and code_lists (concept, system, code, role) are tables of yours; made empty here
-- where they are missing. day is the one that decides: of discharge for inpatients, of service elsewhere.
"""


def write_script(dialect: Dialect, files: str | None = None) -> str:
    """The whole script, a statement after the other. `files` is where the folder of a build lies."""
    place = files or dialect.files
    head = SCRIPT_HEAD.format(title=dialect.title, tried=dialect.tried, files=place)
    # What begins with a backslash is told to psql, which takes a line.
    ended = (each if each.startswith("\\") else f"{each};" for each in statements_of(dialect, place))
    return head + "".join(f"\n{each}\n" for each in ended)


def statements_of(dialect: Dialect, files: str) -> Iterator[str]:
    """The statements of the script, in order, none of them ended."""
    yield from load_tables(dialect, files.rstrip("/"))
    yield from _tables_of_users(dialect)
    yield from create_views(dialect)


def create_views(dialect: Dialect) -> Iterator[str]:
    """A statement for each view, its description where that is a statement of its own, and the function of a day."""
    for view in WAREHOUSE_VIEWS:
        yield f"create or replace view {view.name} as\n{written_for(dialect, definition_of(view))}"
        if "view" in dialect.comment_on:
            yield f"comment on view {view.name} is {quoted_text(dialect, view.description)}"
    if dialect.function:
        yield _function_of_a_day(dialect, WAREHOUSE_VIEWS[0])


def _function_of_a_day(dialect: Dialect, view: View) -> str:
    return str(dialect.function).format(
        name=ON_A_DAY,
        view=view.name,
        columns=_returned(dialect, fields_of_view(view)),
        body=written_for(dialect, f"select * from {view.name} where on_day between valid_from and valid_through"),
    )


def written_for(dialect: Dialect, sql: str) -> str:
    """A query of DuckDB in the SQL of a dialect."""
    import sqlglot  # noqa: PLC0415  # 0.2 s that only who asks for it waits for

    return sqlglot.transpile(sql, read="duckdb", write=dialect.dialect, pretty=True)[0]


def _tables_of_users(dialect: Dialect) -> Iterator[str]:
    for table, fields in TABLES_OF_USERS.items():
        yield f"create table if not exists {table} ({_returned(dialect, fields)})"


def _returned(dialect: Dialect, fields: pa.Schema) -> str:
    """Columns by name and type alone."""
    return ", ".join(f"{named(dialect, each.name)} {dialect.type_of(each.type)}" for each in fields)
