"""Small histories of a code system, and the tables that crosswalks are derived from."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from pipeline.crosswalk.chains.steps import derive_ends, derive_steps
from pipeline.crosswalk.chains.year_to_year import derive_backward, derive_forward
from pipeline.crosswalk.describe.mappings import days_of_codes, describe_rows, sort_rows
from pipeline.crosswalk.describe.pairs import number_pairs

DAYS = [date(2015, 10, 1), date(2016, 10, 1), date(2017, 10, 1), date(2018, 10, 1), date(2019, 10, 1)]
SYSTEM = "ICD10CM"
BILLABLE_EPISODES = pa.schema(
    [("system", pa.string()), ("code", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
)
PREDECESSORS = pa.schema(
    [
        ("system", pa.string()), ("code", pa.string()), ("effective_from", pa.date32()), ("previous", pa.string()),
        ("form", pa.string()), ("part", pa.int32()), ("parts", pa.int32()), ("change", pa.string()),
        ("file", pa.string()), ("line", pa.int64()), ("rows", pa.int32()), ("printed", pa.string()),
    ]
)  # fmt: skip


@dataclass
class History:
    """Codes by the place of their first and last release in DAYS (the last None: still valid), and what they were."""

    listed: dict[str, tuple[int, int | None]]
    previous: dict[str, list[str]] = field(default_factory=dict)
    together: frozenset[str] = frozenset()

    def is_valid(self, code: str, place: int) -> bool:
        """Whether a code could be reported in a release."""
        first, last = self.listed[code]
        return first <= place and (last is None or place <= last)

    @cached_property
    def billable_episodes(self) -> pa.Table:
        """As `derive_billable_episodes` has them."""
        rows = [
            {"system": SYSTEM, "code": code, "valid_from": DAYS[first], "valid_to": last_day(last)}
            for code, (first, last) in sorted(self.listed.items())
        ]
        return pa.Table.from_pylist(rows, BILLABLE_EPISODES)

    @cached_property
    def predecessors(self) -> pa.Table:
        """As `derive_predecessors` has them."""
        rows = [
            self._row(code, one, place, len(codes))
            for code, codes in sorted(self.previous.items())
            for place, one in enumerate(codes, 1)
        ]
        return pa.Table.from_pylist(rows, PREDECESSORS)

    def _row(self, code: str, previous: str, place: int, count: int) -> dict[str, object]:
        is_set = code in self.together and count > 1
        return {
            "system": SYSTEM, "code": code, "effective_from": DAYS[self.listed[code][0]], "previous": previous,
            "form": "code", "part": place if is_set else 1, "parts": count if is_set else 1, "change": "New",
            "file": "table.xlsx", "line": place, "rows": 1, "printed": previous,
        }  # fmt: skip

    @cached_property
    def steps(self) -> pa.Table:
        """The steps from release to release."""
        return derive_steps(self.predecessors, self.billable_episodes)

    @cached_property
    def ends(self) -> pa.Table:
        """The codes that no step leads on from, or to."""
        return derive_ends(self.steps, self.predecessors, self.billable_episodes)

    @cached_property
    def forward(self) -> pa.Table:
        """Chains forwards."""
        return derive_forward(self.steps, self.ends, self.billable_episodes)

    @cached_property
    def backward(self) -> pa.Table:
        """Chains backwards."""
        return derive_backward(self.steps, self.ends, self.billable_episodes)

    def expected(self, source: str, one: int, other: int) -> set[str]:
        """What a code of one release is in a later one, step by step: a code that is still valid stays, and every new
        code that names one of them as its predecessor comes in."""
        codes = {source}
        for place in range(one + 1, other + 1):
            new = {
                code for code, before in self.previous.items() if self.listed[code][0] == place and codes & {*before}
            }
            codes = {code for code in codes if self.is_valid(code, place)} | new
        return codes

    def expected_before(self, source: str, one: int, other: int) -> set[str]:
        """What a code of one release was in an earlier one, step by step."""
        codes = {source}
        for place in range(one, other, -1):
            begun = {code for code in codes if self.listed[code][0] == place}
            codes = (codes - begun) | {before for code in begun for before in self.previous.get(code, [])}
        return codes


def last_day(place: int | None) -> date | None:
    """The last day of a release."""
    return None if place is None or place + 1 >= len(DAYS) else DAYS[place + 1] - timedelta(days=1)


def targets_between(chains: list[dict[str, Any]], history: History, source: str, one: int, other: int) -> set[str]:
    """What the rows of a table say that a code of one release is in another."""
    on, to, far = DAYS[one], DAYS[other], date(9999, 1, 1)
    own = [row for row in chains if row["source"] == source]
    if not own:
        return {source} if history.is_valid(source, other) else set()
    return {
        row["target"]
        for row in own
        if row["target"] is not None
        and row["valid_from"] <= on <= (row["valid_to"] or far)
        and row["target_valid_from"] <= to <= (row["target_valid_to"] or far)
    }


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to eight codes over five releases, new ones with predecessors among those of the release before.

    Codes have no common beginnings, so that no step is read off their form.
    """
    listed: dict[str, tuple[int, int | None]] = {}
    for number in range(draw(st.integers(1, 8))):
        first = draw(st.integers(0, 3)) if number else 0
        last = draw(st.none() | st.integers(first, 4))
        listed[f"{chr(ord('A') + number)}00"] = (first, None if last is not None and last >= len(DAYS) - 1 else last)
    history = History(listed)
    for code, (first, _) in listed.items():
        before = sorted(each for each in listed if first and history.is_valid(each, first - 1))
        if before:
            history.previous[code] = draw(st.lists(st.sampled_from(before), unique=True, max_size=3))
    history.previous = {code: codes for code, codes in history.previous.items() if codes}
    return history


def described_rows(entry, rows, opposite=None, code_days=None):
    """Rows of a crosswalk as they are published."""
    rows, pairs = sort_rows(rows, number_pairs(rows))
    known = code_days or {}
    sides = (pairs.sources, entry.source_system), (pairs.targets, entry.target_system)
    days = tuple(days_of_codes(codes, known.get(system)) for codes, system in sides)
    return describe_rows(entry, rows, pairs, days, fans=(pairs.fan_out, pairs.fan_in), opposite=opposite)
