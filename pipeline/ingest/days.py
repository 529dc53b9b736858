"""Days written as digits: which of them are no days of the calendar."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def is_no_day(written: pa.Array | pa.ChunkedArray, form: str = "%Y%m%d") -> npt.NDArray[np.bool_]:
    """Whether each cell is neither blank nor a day of the calendar from 1900 to 2099, written in full in a form.

    Arrow reads the 30th of February as the 1st of March: a day is one that is written as it was read.
    """
    column = pc.fill_null(written, "")
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole.dictionary_encode()  # the same days stand in thousands of rows
    cells = encoded.dictionary
    day = pc.strptime(cells, format=form, unit="s", error_is_null=True)
    is_written_so = pc.fill_null(pc.equal(pc.strftime(day, format=form), cells), False)
    is_near = pc.fill_null(pc.and_(pc.greater_equal(pc.year(day), 1900), pc.less(pc.year(day), 2100)), False)
    wrong: npt.NDArray[np.bool_] = ~np.asarray(pc.or_(pc.equal(cells, ""), pc.and_(is_written_so, is_near)))
    rows: npt.NDArray[np.bool_] = wrong[np.asarray(encoded.indices)]
    return rows
