"""A column of `codes` that is what the record says: declared in the model, handed on by the rule, and nothing else."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from pipeline.errors import ColumnMismatch
from pipeline.gate.tables import as_rows_of
from pipeline.history import code_history_table, derive_history, derive_timelines
from pipeline.history.codes import derive_codes
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from pipeline.normalise.listing import Listing, listing_rows
from pipeline.normalise.sections import built_in_sections
from schemas import TABLES
from schemas.arrow import columns_of
from schemas.types import Table
from tests.normalise.frames import delivery_of
from tests.schemas.models import CodesThatMustHaveInvented, CodesWithInvented

OLD, NEW = date(2024, 1, 1), date(2025, 1, 1)


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> type[Table]:
    """A model of `codes` with two more columns, as if it were the published one."""
    monkeypatch.setitem(TABLES, "codes", CodesWithInvented)
    return CodesWithInvented


def listing(day: date, texts: dict[str, str | None], *, complete: bool, **more: object) -> Listing:
    """A release of HCPCS or ICD-10-CM that lists codes with the text that it has for each."""
    system, source = ("ICD10CM", "icd10cm") if complete else ("HCPCS", "hcpcs")
    rows = listing_rows(
        system,
        pa.array(list(texts)),
        pa.array(range(len(texts))),
        kind="drug",
        description="same",
        billable=True,
        invented_text=pa.array(list(texts.values()), pa.string()),
        **more,
    )
    return Listing(system, delivery_of(source, day), "invented", len(rows), rows, complete=complete)


def history_of(*listings: Listing) -> pa.Table:
    return derive_history(derive_timelines(list(listings)), CONVERSION_COLUMNS.empty_table())


@pytest.mark.parametrize("complete", [True, False])
def test_codes_have_what_the_newest_record_says_and_no_episode_begins_with_it(complete: bool) -> None:
    """A code of a file that keeps its records is what it last was, though a newer file leaves it out."""
    old = listing(OLD, {"A0021": "C", "A0080": "D"}, complete=complete)
    episodes = history_of(old, listing(NEW, {"A0021": "I"}, complete=complete))
    assert [row["code"] for row in episodes.to_pylist()] == ["A0021", "A0080"]
    codes = derive_codes(episodes, built_in_sections()).to_pylist()
    assert {row["code"]: row["invented_text"] for row in codes} == {"A0021": "I", "A0080": "D"}
    assert {row["invented_number"] for row in codes} == {None}


def test_each_episode_has_the_value_of_its_own_last_record() -> None:
    old, middle = (
        listing(day, {"A0021": value}, complete=True) for day, value in ((OLD, "C"), (date(2024, 7, 1), "D"))
    )
    new = listing(NEW, {"A0021": "I"}, complete=True)
    reworded = new.rows.set_column(new.rows.column_names.index("description"), "description", pa.array(["other"]))
    episodes = history_of(old, middle, replace(new, rows=reworded))
    assert episodes["invented_text"].to_pylist() == ["D", "I"]
    assert derive_codes(episodes, built_in_sections())["invented_text"].to_pylist() == ["I"]


def test_built_table_has_the_column_of_the_model_and_code_history_has_not(model: type[Table]) -> None:
    episodes = history_of(listing(NEW, {"A0021": "C"}, complete=False, invented_number=7))
    rows, _ = as_rows_of(model, derive_codes(episodes, built_in_sections()))
    passed = model.validate(rows, lazy=True)
    assert passed[["invented_text", "invented_number"]].to_numpy().tolist() == [["C", 7]]
    assert code_history_table(episodes).column_names == list(columns_of(TABLES["code_history"]))


def test_text_becomes_the_type_of_the_model() -> None:
    rows = listing(NEW, {"A0021": "C"}, complete=False, invented_number=pa.array(["7"])).rows
    assert rows.schema.field("invented_number").type == pa.int32()
    assert rows["invented_number"].to_pylist() == [7]


def test_column_that_no_model_declares_is_refused() -> None:
    with pytest.raises(ColumnMismatch) as problem:
        listing(NEW, {"A0021": "C"}, complete=False, colour="red")
    message = str(problem.value)
    assert "the rule for listings of HCPCS, column 'colour'" in message
    assert "next:     declare it in schemas/codes.py with `metadata=as_listed()`" in message


@pytest.mark.parametrize("numbers", [pa.array(["x"]), "x", np.array(["x"]), pa.array([[1]]), pa.array([1, 2])])
def test_values_that_do_not_fit_the_declared_column_are_refused(numbers: object) -> None:
    with pytest.raises(ColumnMismatch) as problem:
        listing(NEW, {"A0021": "C"}, complete=False, invented_number=numbers)
    message = str(problem.value)
    assert "the rule for listings of HCPCS, column 'invented_number'" in message
    assert "next:     convert the values in the rule, or declare their type in schemas/codes.py" in message


def test_column_that_may_not_be_missing_must_be_given_by_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES, "codes", CodesThatMustHaveInvented)
    with pytest.raises(ColumnMismatch) as problem:
        listing_rows("ICD9CM", pa.array(["001"]), pa.array([1]))
    message = str(problem.value)
    assert "the rule for listings of ICD9CM, column 'invented_text'" in message
    assert "next:     hand it to `listing_rows` in the rule, or declare it with `nullable=True`" in message
