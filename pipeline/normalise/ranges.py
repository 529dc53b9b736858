"""Rules that are rows: ranges of codes that give a section or a kind."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BEHIND_ALL = "~"  # sorts behind every character of a code, so that a bound takes in all that starts with it
LENGTH_OF_CPT = 5
FOLDER_OF_RULES = Path(__file__).parent


@cache
def read_rules(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a rule file that lies beside this module."""
    with (FOLDER_OF_RULES / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def is_within(code: pa.Array, first: str, last: str) -> npt.NDArray[np.bool_]:
    """Which codes lie between two bounds, both taken in with all that starts with them. Compared as text.

    Bounds of CPT (five characters, the first a digit) fix the kind of the last character too: 0001F to 9999F takes
    in category II and neither 0075T nor 99397.
    """
    within: npt.NDArray[np.bool_] = np.asarray(
        pc.and_(pc.greater_equal(code, first), pc.less_equal(code, last + BEHIND_ALL))
    )
    return within & _ends_alike(code, first)


def rows_within(code: pa.Array, bounds: Sequence[tuple[str, str]]) -> list[npt.NDArray[np.int64]]:
    """For each of the bounds the rows of the codes that lie in it, by `is_within`. The codes are sorted once."""
    order = np.asarray(pc.sort_indices(code)).astype(np.int64)
    ordered = np.array(code.take(pa.array(order)).to_pylist(), object)
    starts = np.searchsorted(ordered, np.array([first for first, _ in bounds], object), "left")
    ends = np.searchsorted(ordered, np.array([last + BEHIND_ALL for _, last in bounds], object), "right")
    found = [order[start:end] for start, end in zip(starts, ends, strict=True)]
    return [rows[_ends_alike(code.take(pa.array(rows)), first)] for rows, (first, _) in zip(found, bounds, strict=True)]


def _ends_alike(code: pa.Array, first: str) -> npt.NDArray[np.bool_]:
    """Which codes have a last character of the kind that a bound of CPT has; all where the bound is no such."""
    if len(first) != LENGTH_OF_CPT or not first[0].isdigit():
        return np.ones(len(code), bool)
    ending = r"\d$" if first[-1].isdigit() else f"{first[-1]}$"
    return np.asarray(pc.match_substring_regex(code, ending))


def find_row(code: pa.Array, bounds: list[tuple[str, str]]) -> npt.NDArray[np.int64]:
    """For each code the number of the last of the bounds that it lies in, or -1: put wide ranges before narrow ones."""
    encoded = code.dictionary_encode()
    distinct = np.full(len(encoded.dictionary), -1)
    for number, rows in enumerate(rows_within(encoded.dictionary, bounds)):
        distinct[rows] = number
    found: npt.NDArray[np.int64] = distinct[np.asarray(encoded.indices)]
    return found
