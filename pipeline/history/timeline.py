"""Releases side by side: which row of which listing says what a code meant, release by release.

The listings of one source of one system become a matrix, codes down and releases across, of row numbers. Everything
that history needs is a comparison of neighbouring columns.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.normalise.listing import Listing
from pipeline.normalise.systems import System
from pipeline.run.columns import as_array, as_numbers

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
ONE_DAY = np.timedelta64(1, "D")
NOT_A_DAY = np.datetime64("NaT", "D")
ABSENT = -1
MOST_DAYS = 1_000_000  # more than the days from the first date of any record to the last


@dataclass(frozen=True)
class Timeline:
    """The releases of one source of one system, side by side.

    `rows` holds every listing's rows, one after the other; `code` the code of each line of the matrix, sorted;
    `row` (code x release) the row number of a code in a release, or ABSENT. Where listings are not complete, a code
    has one line for each day on which a record of it starts, and a release that leaves it out repeats the last row.
    Where they tell ends only, it has one for each unbroken run of releases that list it.
    """

    system: System
    listings: tuple[Listing, ...]
    rows: pa.Table
    code: pa.Array
    row: Ints
    is_complete: bool

    @cached_property
    def days(self) -> Days:
        """The first day of each release."""
        return np.array([listing.day for listing in self.listings], "datetime64[D]")

    @property
    def tells_ends_only(self) -> bool:
        """Whether its records have a last day and no first."""
        return self.listings[0].tells_ends_only

    @property
    def is_before_use(self) -> bool:
        """Whether its editions are from before their system was in use: no code of them could be reported."""
        in_use_from = self.system.in_use_from
        return in_use_from is not None and self.listings[0].day < in_use_from

    @property
    def last_day(self) -> np.datetime64:
        """The last day that its listings speak of: the system's, or the one before its use began; NaT for none."""
        if self.is_before_use:
            return np.datetime64(self.system.in_use_from, "D") - ONE_DAY
        return np.datetime64(self.system.in_use_to, "D")

    @cached_property
    def speaks_through(self) -> Days:
        """The last day of which each release but the newest speaks: the day before the next release of the catalogue.

        It lies before the day on which the next one that is here begins where one between them is not here: nobody
        knows which of the changes that the two show took place with which of the editions.
        """
        source = self.listings[0].delivery.source
        known = np.array([each.effective_from for each in source.releases if not each.same_as], "datetime64[D]")
        editions = np.union1d(known, self.days)
        following = editions[np.searchsorted(editions, self.days[:-1], "right")]
        return np.asarray(following - ONE_DAY)

    @cached_property
    def short(self) -> Ints:
        """The short description of each cell as a number; unknown ones take the nearest known."""
        return self._ids("short_description")

    @cached_property
    def long(self) -> Ints:
        """The description of each cell as a number; unknown ones take the nearest known."""
        return self._ids("description")

    @cached_property
    def state(self) -> Ints:
        """Kind, billable and standalone of each cell as one number; one number where lists tell nothing but ends."""
        if self.tells_ends_only:
            return np.where(self.row == ABSENT, ABSENT, 0)
        kinds = as_numbers(self.rows["kind"])
        alone = np.asarray(pc.fill_null(self.rows["standalone"], True))
        number = kinds * 4 + np.asarray(self.rows["billable"]) * 2 + alone
        return np.where(self.row == ABSENT, ABSENT, number[self.row])

    @cached_property
    def valid(self) -> Bools:
        """Whether each code is valid on the first day of each release."""
        listed: Bools = self.row != ABSENT
        if self.is_complete:
            return listed
        starts, ends = self.record_days("valid_from"), self.record_days("valid_to")
        late = ~np.isnat(starts) & (starts > self.days)
        over = ~np.isnat(ends) & (ends < self.days)
        dropped = self.dropped_on[:, None] <= self.days
        valid: Bools = listed & ~late & ~over & ~dropped
        return valid

    @cached_property
    def last_listed(self) -> Ints:
        """For each cell the last release up to it that lists the record itself, and does not repeat it."""
        own = np.append(np.ones((len(self.row), 1), bool), self.row[:, 1:] != self.row[:, :-1], axis=1)
        numbers = np.where(own, np.arange(self.row.shape[1]), 0)
        last: Ints = np.maximum.accumulate(numbers, axis=1)
        return last

    @cached_property
    def dropped_on(self) -> Days:
        """For each line the day of the first list without its record, where that ends it; NaT elsewhere.

        A record with a last day of its own ended on that; one that a later list has again goes on.
        """
        last = self.last_listed[:, -1]
        nexts = np.append(self.days, NOT_A_DAY)[last + 1]
        is_open = np.isnat(self.record_days("valid_to")[:, -1])
        absence_ends = all(listing.absence_ends for listing in self.listings)
        dropped: Days = np.where(is_open & absence_ends, nexts, NOT_A_DAY)
        return dropped

    def record_days(self, column: str) -> Days:
        """What the record of each cell says in a column of days; NaT where it says nothing or the code is absent."""
        days = as_days(self.rows[column])
        return np.where(self.row == ABSENT, NOT_A_DAY, days[self.row])

    def _ids(self, column: str) -> Ints:
        text = self.rows[column]
        if self.system.ignore_case:
            text = pc.utf8_upper(text.cast(pa.string()))
        numbers = as_numbers(text)
        return _fill_unknown(np.where(self.row == ABSENT, ABSENT, numbers[self.row]))


def _fill_unknown(numbers: Ints) -> Ints:
    """ABSENT replaced by the next known number to the right, else by the last one to the left."""
    filled = numbers.copy()
    for column in range(filled.shape[1] - 2, -1, -1):
        filled[:, column] = np.where(filled[:, column] == ABSENT, filled[:, column + 1], filled[:, column])
    for column in range(1, filled.shape[1]):
        filled[:, column] = np.where(filled[:, column] == ABSENT, filled[:, column - 1], filled[:, column])
    return filled


def as_days(values: pa.ChunkedArray | pa.Array) -> Days:
    """A column of days as numpy days, null as NaT."""
    return np.asarray(values.cast(pa.timestamp("s"))).astype("datetime64[D]")


def derive_timeline(system: System, listings: list[Listing]) -> Timeline:
    """The listings of one source of one system as a timeline, in the order of their days whatever order they come in.

    Codes must be unique in a listing: the gate for listings has seen to that.
    """
    ordered = tuple(sorted(listings, key=lambda listing: (listing.day, listing.release)))
    rows = pa.concat_tables([listing.rows for listing in ordered])
    release = np.repeat(np.arange(len(ordered)), [len(listing.rows) for listing in ordered])
    is_complete = all(listing.complete for listing in ordered)
    code, line = _lines_of_matrix(rows, _starts_of_records(rows, release, ordered[0]))
    row = np.full((len(code), len(ordered)), ABSENT)
    row[line, release] = np.arange(len(rows))
    return Timeline(system, ordered, rows, code, row if is_complete else _carry_forward(row), is_complete)


def without_listed(supplement: Listing, main: Timeline) -> Listing:
    """A supplement (headings of a tabular list) without the codes that the main source lists from its day on."""
    since = max(int(np.searchsorted(main.days, np.datetime64(supplement.day), "right")) - 1, 0)
    listed = main.code.filter(pa.array((main.row[:, since:] != ABSENT).any(axis=1)))
    rows = supplement.rows
    return replace(supplement, rows=rows.filter(pc.invert(pc.is_in(rows["code"], listed))))


def _starts_of_records(rows: pa.Table, release: Ints, listing: Listing) -> Ints | None:
    """What tells the records of a code apart, as a number for each row: the first day; None where a code has one line.

    Where lists tell ends only it is the run of releases that list the code: a number that was used again is gone from
    the lists, some four years after its end, before it is on them again. An end that a following list takes back or
    moves (0058T in 2011) is of the same record: the newest list counts.
    """
    if listing.complete:
        return None
    if not listing.tells_ends_only:
        return np.asarray(pc.fill_null(rows["valid_from"].cast(pa.int32()), 0)).astype(np.int64)
    code = np.asarray(rows["code"].combine_chunks().dictionary_encode().indices)
    is_listed = np.zeros((code.max(initial=-1) + 1, release.max(initial=-1) + 2), bool)
    is_listed[code, release + 1] = True
    runs = np.cumsum(is_listed[:, 1:] & ~is_listed[:, :-1], axis=1)
    of_rows: Ints = runs[code, release]
    return of_rows


def _lines_of_matrix(rows: pa.Table, start: Ints | None) -> tuple[pa.Array, Ints]:
    """The code of each line of the matrix, in order, and for each row the number of its line."""
    encoded = as_array(rows["code"]).dictionary_encode()
    order = np.asarray(pc.sort_indices(encoded.dictionary))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    codes, line = encoded.dictionary.take(pa.array(order)), rank[np.asarray(encoded.indices)]
    if start is None:
        return codes, line
    keys, line = np.unique(line * MOST_DAYS + start + MOST_DAYS // 2, return_inverse=True)  # code and day as one number
    return codes.take(pa.array(keys // MOST_DAYS)), line


def _carry_forward(row: Ints) -> Ints:
    for column in range(1, row.shape[1]):
        row[:, column] = np.where(row[:, column] == ABSENT, row[:, column - 1], row[:, column])
    return row
