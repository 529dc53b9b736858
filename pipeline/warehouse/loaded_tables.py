"""The tables of a build in a warehouse: made with the types of their schemas, and filled from its files."""

from collections.abc import Iterator

import pyarrow as pa

from pipeline.warehouse.dialects import Dialect
from schemas import TABLES
from schemas.arrow import arrow_schema, describe


def load_tables(dialect: Dialect, files: str) -> Iterator[str]:
    """The statements that make and fill every table, and describe it where that is a statement of its own."""
    for table, model in TABLES.items():
        yield from load_table(dialect, files, table, arrow_schema(model), describe(model))


def load_table(dialect: Dialect, files: str, table: str, fields: pa.Schema, description: str) -> Iterator[str]:
    """The statements of one table: its columns are those of `fields`, with the descriptions in their metadata."""
    said = {
        "table": relation(dialect, table),
        "file": table,
        "files": files,
        "columns": list_columns(dialect, fields),
        "description": quoted_text(dialect, description),
    }
    for statement in (*dialect.create, *filter(None, [dialect.load])):
        yield statement.format_map(said)
    if "table" in dialect.comment_on:
        yield f"comment on table {table} is {quoted_text(dialect, description)}"
    if "column" in dialect.comment_on:
        for field in fields:
            own = quoted_text(dialect, _description_of(field))
            yield f"comment on column {table}.{named(dialect, field.name)} is {own}"


def list_columns(dialect: Dialect, fields: pa.Schema) -> str:
    """The columns of a table as the dialect's `create` has them."""
    columns = (
        dialect.column.format(
            name=named(dialect, field.name),
            type=dialect.type_of(field.type),
            required=" not null" if dialect.is_required(field) else "",
            description=quoted_text(dialect, _description_of(field)),
        )
        for field in fields
    )
    return ",\n    ".join(columns)


def named(dialect: Dialect, name: str) -> str:
    """The name of a column, in the quotes of the dialect where it is a word of its own."""
    from sqlglot import exp  # noqa: PLC0415  # 0.2 s that only who asks for it waits for

    if name.upper() in dialect.reserved:
        return exp.to_identifier(name.upper(), quoted=True).sql(dialect=dialect.dialect)
    return exp.to_identifier(name).sql(dialect=dialect.dialect)


def relation(dialect: Dialect, name: str) -> str:
    """The name of a table, a view or a function, with the dataset that it lies in where it needs one."""
    return f"{dialect.dataset}.{name}" if dialect.dataset else name


def quoted_text(dialect: Dialect, text: str) -> str:
    """A text as the dialect writes it."""
    from sqlglot import exp  # noqa: PLC0415

    return exp.Literal.string(text).sql(dialect=dialect.dialect)


def _description_of(field: pa.Field) -> str:
    return str((field.metadata or {}).get(b"description", b"").decode())
