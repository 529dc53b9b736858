"""Columns that people load by name stay: what was published is there, or was announced a major version before."""

from pathlib import Path

import pytest

from pipeline import __version__
from schemas import published
from schemas.published import broken_promises, columns_now, leaving_columns, may_have_left, published_columns

BEFORE = [("codes", "code", "string"), ("codes", "level", "int32"), ("codes", "old", "string")]
LEAVES = {"table": "codes", "column": "old", "announced_in": "1.3.0", "instead": "new", "reason": "a better name"}


def test_every_published_column_is_there_with_its_type() -> None:
    assert broken_promises(published_columns(), columns_now(), leaving_columns(), __version__) == []


def test_every_column_is_in_the_list_of_published_ones() -> None:
    names = {(table, column) for table, column, _ in published_columns()}
    assert [each for each in columns_now() if each[:2] not in names] == [], "run `make dictionary` and commit it"


def test_a_column_that_is_gone_renamed_or_of_another_type_breaks_the_promise() -> None:
    now = [("codes", "code", "string"), ("codes", "level", "double"), ("codes", "new", "string")]
    assert broken_promises(BEFORE, now, [], "2.0.0") == [
        "codes.level: was int32, is double", "codes.old: was string, is gone",
    ]  # fmt: skip


@pytest.mark.parametrize(("version", "is_kept"), [("1.3.0", False), ("1.9.0", False), ("2.0.0", True)])
def test_an_announced_column_may_go_with_the_next_major_version(version: str, is_kept: bool) -> None:
    assert (broken_promises(BEFORE, BEFORE[:2], [LEAVES], version) == []) == is_kept


@pytest.mark.parametrize(
    ("announced_in", "version", "may"),
    [("0.1.0", "0.1.9", False), ("0.1.0", "0.2.0", True), ("0.9.0", "1.0.0", True), ("1.0.0", "1.1.0", False)],
)
def test_before_the_first_major_version_the_second_number_counts(announced_in: str, version: str, may: bool) -> None:
    assert may_have_left(announced_in, version) == may


def test_what_is_announced_to_leave_is_a_column() -> None:
    names = {(table, column) for table, column, _ in published_columns()}
    assert [
        each for each in leaving_columns() if (each["table"], each["column"]) not in names or not each["reason"]
    ] == []


def test_new_columns_are_added_and_none_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "published.csv"
    path.write_text("table,column,type\ncodes,old,string\n", "utf-8")
    monkeypatch.setattr(published, "PUBLISHED_COLUMNS", path)
    published.write_published()
    assert {*published_columns()} == {*columns_now(), ("codes", "old", "string")}
