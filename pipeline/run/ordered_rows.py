"""Rows in the order of a key."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.run.columns import as_array


def put_in_order(table: pa.Table, key: Sequence[str]) -> tuple[pa.Table, bool]:
    """The rows in the order of their key, missing values last, and whether no key is there twice. Of those that are in
    order it is the table itself: to see that takes a tenth of sorting them."""
    in_order, is_unique = _order_of(table, key)
    if in_order:
        return table, is_unique
    ordered = table.sort_by([(column, "ascending") for column in key])
    return ordered, _order_of(ordered, key)[1]


def _order_of(table: pa.Table, key: Sequence[str]) -> tuple[bool, bool]:
    """Whether no row stands before one that it should stand behind, the first column deciding first; and whether each
    stands before the next, so that no two have the same key."""
    ties = np.ones(max(len(table) - 1, 0), bool)
    for name in key:
        is_before, is_same = _neighbours(as_array(table[name]))
        if (ties & ~is_before & ~is_same).any():
            return False, False
        ties &= is_same
        if not ties.any():
            break
    return True, not ties.any()


def _neighbours(column: pa.Array) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Of each value but the last, whether it sorts before the next, and whether it is the same; missing ones last."""
    before, behind = column[:-1], column[1:]
    is_before, is_same = pc.less(before, behind), pc.equal(before, behind)
    if not column.null_count:
        return np.asarray(is_before), np.asarray(is_same)
    is_missing = np.asarray(pc.is_null(column))
    was, will = is_missing[:-1], is_missing[1:]
    known = [np.asarray(pc.fill_null(each, False)) for each in (is_before, is_same)]
    return known[0] | (~was & will), known[1] | (was & will)
