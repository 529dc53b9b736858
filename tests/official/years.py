"""From year to year, held against what could be reported: for any two crosswalks that lead forward and back."""

from itertools import pairwise

import pandas as pd

from pipeline.crosswalk.registry import Crosswalk


def check_years(entry: Crosswalk, history: pd.DataFrame, releases: pd.DataFrame, mappings: pd.DataFrame) -> int:
    """Between any two releases in a row sources could be reported on the one day and targets on the other, every code
    that did not stay has a row, and one that is in no row stayed. Returns how many (code, release) were looked at."""
    own_system = (history["system"] == entry.source_system) & history["billable"]
    valid = {}
    for day in sorted(releases.loc[releases["system"] == entry.source_system, "effective_from"]):
        on_day = (history["valid_from"] <= day) & ~(history["valid_to"] < day).fillna(False)
        valid[day] = set(history.loc[own_system & on_day, "code"])
    own = mappings[mappings["crosswalk"] == entry.crosswalk]
    for one, other in pairwise(valid):
        on, to = (one, other) if entry.way == "forward" else (other, one)
        rows = own[
            (own["valid_from"] <= on) & ~(own["valid_to"] < on).fillna(False)
            & (own["target_valid_from"] <= to) & ~(own["target_valid_to"] < to).fillna(False)
        ]  # fmt: skip
        assert set(rows["source_code"]) <= valid[on]
        assert set(rows["target_code"].dropna()) <= valid[to]
        unchanged = valid[on] - set(own["source_code"])
        assert unchanged <= valid[to]
        assert valid[on] - unchanged == set(rows["source_code"])
    return sum(map(len, valid.values()))
