"""Check figures: what holds of the rows of every file in a layout, and what is said of one where it does not.

A tuple of figures stands beside the reader of each part. Those of every file are applied by the reader itself. Those of
whole files, which a sample cannot keep (numbers from 1 on without a gap), stand in the layout's row and are applied by
`ingest`; a sample says by name which it does not keep (`pipeline.catalogue.sample`).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import RawFileError
from pipeline.ingest.text import Lines, all_broken, and_more

REFETCH = "fetch the file again: it was cut or changed on its way, or the publisher posted a damaged one"
SHOWN = 100  # characters of a row that a message shows
WORKBOOKS = (".xlsx", ".xls")  # their rows are rows and no lines


@dataclass(frozen=True)
class CheckFigure:
    """One law that the rows of a file keep: its name, and the law in words, as a message says what was expected.

    `breaks` is given the frame's table, or the Lines of a text file, and says of each row whether it breaks the law, as
    `all_broken` takes it; a law of the file as a whole is broken by the row where that shows, such as the last.
    `next_step` is what a person does about it.
    """

    name: str
    law: str
    breaks: Callable[[Any], Any]
    next_step: str = REFETCH


def of_form(name: str, law: str, column: str, pattern: str) -> CheckFigure:
    """The law that every cell of a column fits a pattern."""
    return CheckFigure(name, law, partial(is_unlike, column, pattern))


def is_unlike(column: str, pattern: str, table: pa.Table) -> pa.ChunkedArray:
    """Which cells of a column do not fit a pattern."""
    return pc.invert(pc.match_substring_regex(table[column], pattern))


def once_each(name: str, law: str, column: str) -> CheckFigure:
    """The law that a column has every value once."""
    return CheckFigure(name, law, partial(_stands_again, column))


def _stands_again(column: str, table: pa.Table) -> pa.Array:
    values = table[column].combine_chunks()
    return pc.not_equal(pc.index_in(values, values), pa.array(np.arange(len(values)), pa.int32()))


def require_figures(
    where: str, rows: pa.Table | Lines, figures: Collection[CheckFigure], not_kept: Collection[str] = ()
) -> None:
    """Raises RawFileError for the first row that breaks a figure, with its line and how many more there are.

    A table has a column `line`. Figures that `not_kept` names are passed over.
    """
    for figure in figures:
        if figure.name in not_kept:
            continue
        broken = all_broken(figure.breaks(rows))
        if isinstance(rows, Lines):
            rows.refuse(broken, figure.law, figure.next_step)
        elif broken.any():
            first = int(np.argmax(broken))
            found = _row_as_text(rows, first) + and_more(int(broken.sum()))
            raise RawFileError(f"{where}, {_word(where)} {rows['line'][first]}", figure.law, found, figure.next_step)


def _word(where: str) -> str:
    return "row" if where.lower().endswith(WORKBOOKS) else "line"


def _row_as_text(table: pa.Table, row: int) -> str:
    cells = (table[name][row].as_py() for name in table.column_names if name != "line")
    return repr(" ".join(str(cell) for cell in cells if cell not in (None, ""))[:SHOWN])
