"""Rules that are rows: ranges of codes that give a section or a kind."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BEHIND_ALL = "~"  # sorts behind every character of a code, so that a bound takes in all that starts with it
HERE = Path(__file__).parent


@cache
def read_rules(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a rule file that lies beside this module."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def is_within(code: pa.Array, first: str, last: str) -> npt.NDArray[np.bool_]:
    """Which codes lie between two bounds, both taken in with all that starts with them. Compared as text."""
    return np.asarray(pc.and_(pc.greater_equal(code, first), pc.less_equal(code, last + BEHIND_ALL)))


def find_row(code: pa.Array, bounds: list[tuple[str, str]]) -> npt.NDArray[np.int64]:
    """For each code the number of the last of the bounds that it lies in, or -1: put wide ranges before narrow ones."""
    encoded = code.dictionary_encode()
    distinct = np.full(len(encoded.dictionary), -1)
    for number, (first, last) in enumerate(bounds):
        distinct[is_within(encoded.dictionary, first, last)] = number
    rows: npt.NDArray[np.int64] = distinct[np.asarray(encoded.indices)]
    return rows
