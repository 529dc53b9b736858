"""Lists as frames give the rows of the command."""

from datetime import date

import pandas as pd
import pytest

from pipeline.ask.build import Build
from pipeline.ask.codelist.expand import EXPANDED_COLUMNS
from pipeline.ask.codelist.frames import check_frame, expand_frame
from tests.ask.codelist.conftest import ExpandText

LIST = pd.DataFrame(
    {"name": ["DM", "DM", "HTN", "HTN"], "code": ["250.x", "250.02", "401", "999.99"], "role": ["", "exclude", "", ""]}
)


def test_a_frame_is_expanded_to_the_rows_of_its_csv(opened: Build, expanded: ExpandText) -> None:
    found = expand_frame(opened, LIST, "ICD-9 diagnosis", on=date(2014, 5, 1))
    assert [*found.columns] == [*EXPANDED_COLUMNS]
    theirs = expanded(LIST.to_csv(index=False), "ICD9CM", "2014-05-01")
    assert [tuple(row) for row in found.itertuples(index=False)] == theirs.records
    assert [text for text, _ in found.attrs["unmatched"]] == ["999.99"]


def test_a_frame_is_checked(opened: Build) -> None:
    found = check_frame(opened, LIST, "ICD9CM")
    assert found[["finding", "concept", "written"]].to_numpy().tolist() == [
        ["does_not_exist", "HTN", "999.99"], ["heading", "HTN", "401"],
    ]  # fmt: skip


def test_codes_that_a_frame_holds_as_text_keep_their_zeros(opened: Build) -> None:
    found = expand_frame(opened, pd.DataFrame({"code": ["0389", "0010"]}), "ICD9CM")
    assert found["code"].tolist() == ["0010", "0389"]


def test_a_day_and_a_period_are_one_too_many(opened: Build) -> None:
    with pytest.raises(ValueError, match="a period"):
        expand_frame(opened, LIST, on=date(2014, 5, 1), last_day=date(2015, 5, 1))
