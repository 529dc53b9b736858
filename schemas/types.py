"""The Arrow types of columns, and what every table shares."""

from collections.abc import Callable
from typing import Annotated, Any

import pandas as pd
import pandera.pandas as pa
import pyarrow

Text = Annotated[pd.ArrowDtype, pyarrow.string()]
Day = Annotated[pd.ArrowDtype, pyarrow.date32()]
Flag = Annotated[pd.ArrowDtype, pyarrow.bool_()]
Count = Annotated[pd.ArrowDtype, pyarrow.int32()]
Amount = Annotated[pd.ArrowDtype, pyarrow.float64()]
Texts = Annotated[pd.ArrowDtype, pyarrow.list_(pyarrow.string())]


class Table(pa.DataFrameModel):
    """A published table: columns as declared and in that order, one row per key."""

    class Config:
        strict = True
        ordered = True


def row_check(name: str) -> "Callable[[Callable[..., Any]], classmethod[Any, Any, Any]]":
    """A check of rows under its name. Pandera would let pass what is missing in all its columns, and look for such a
    row in all of the table: a row has its key."""
    return pa.dataframe_check(name=name, ignore_na=False)


def as_listed() -> dict[str, Any]:
    """Metadata of a column of `codes` that is what the publisher's record says, handed through by its rule.

    It needs nothing by hand but the rule and the model. Not for licensed text: only descriptions are left out of that.
    """
    return {"as_listed": True}


def refers_to(table: str, *columns: str) -> dict[str, Any]:
    """Metadata of a column whose values are keys of another table."""
    return {"foreign_key": {"table": table, "columns": list(columns)}}
