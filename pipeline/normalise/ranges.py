"""Rules that are rows: ranges of codes that give a section or a kind."""

import csv
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
    if len(first) == LENGTH_OF_CPT and first[0].isdigit():
        ending = r"\d$" if first[-1].isdigit() else f"{first[-1]}$"
        within = within & np.asarray(pc.match_substring_regex(code, ending))
    return within


def find_row(code: pa.Array, bounds: list[tuple[str, str]]) -> npt.NDArray[np.int64]:
    """For each code the number of the last of the bounds that it lies in, or -1: put wide ranges before narrow ones."""
    encoded = code.dictionary_encode()
    distinct = np.full(len(encoded.dictionary), -1)
    for number, (first, last) in enumerate(bounds):
        distinct[is_within(encoded.dictionary, first, last)] = number
    rows: npt.NDArray[np.int64] = distinct[np.asarray(encoded.indices)]
    return rows
