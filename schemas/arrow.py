"""The Arrow schema of a table, made from its model: types, nullability, and descriptions as field metadata."""

import pandera.pandas as pa
import pyarrow

from schemas.types import Table


def columns_of(model: type[Table]) -> dict[str, pa.Column]:
    """The columns of a model by name, in order."""
    return dict(model.to_schema().columns)


def arrow_schema(model: type[Table]) -> pyarrow.Schema:
    """The fields of a model with their descriptions, and the table's description as metadata of the whole."""
    fields = [
        pyarrow.field(
            name,
            column.dtype.type.pyarrow_dtype,
            nullable=column.nullable,
            metadata={"description": column.description or ""},
        )
        for name, column in columns_of(model).items()
    ]
    return pyarrow.schema(fields, metadata={"description": describe(model)})


def fields_as_listed(model: type[Table]) -> pyarrow.Schema:
    """The fields of the columns of a model that are handed through as the publisher's record says: see `as_listed`."""
    columns = columns_of(model)
    return pyarrow.schema(
        [field for field in arrow_schema(model) if (columns[field.name].metadata or {}).get("as_listed")]
    )


def describe(model: type[Table]) -> str:
    """What one row of a table is: the model's docstring on one line."""
    return " ".join((model.__doc__ or "").split())


def key_of(model: type[Table]) -> list[str]:
    """The columns that together identify a row."""
    unique = model.to_schema().unique
    return [unique] if isinstance(unique, str) else list(unique or [])
