"""What the records of an ANWEB file mean."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest import TextFrame
from pipeline.normalise.hcpcs import as_day
from tests.normalise.frames import listings_of, rows_of
from tests.samples import anweb_record, text_of

DAYS = "19850101" + "20200101" + "20251231" + "S"


def test_a_record_is_a_code_with_its_days() -> None:
    record = anweb_record("A0021", 100, 3, "Ambulance service", short="Outside state", betos="O1A", days=DAYS)
    (row,) = rows_of("hcpcs", {"records": text_of([record])}).values()
    assert (row["code"], row["kind"], row["line"]) == ("A0021", "transport", 1)
    assert (row["short_description"], row["description"]) == ("Outside state", "Ambulance service")
    assert (row["billable"], row["standalone"]) == (True, True)
    days = date(1985, 1, 1), date(2025, 12, 31), date(2020, 1, 1)
    assert (row["valid_from"], row["valid_to"], row["changed_on"]) == days


def test_kind_is_read_from_the_short_description_where_there_is_no_long_one() -> None:
    records = [anweb_record("K0552", 100, 3, "", short="Supply/ext inf pump syr type", betos="D1E")]
    (row,) = rows_of("hcpcs", {"records": text_of(records)}).values()
    assert (row["description"], row["kind"]) == ("", "supply")


@pytest.mark.parametrize(("action", "titles"), [("B", "both"), ("C", "both"), ("S", "short"), ("P", None), ("N", None)])
def test_an_action_on_the_wording_says_which_titles_it_changed(action: str, titles: str | None) -> None:
    record = anweb_record("A0021", 100, 3, "Ambulance service", days=DAYS.replace("S", action))
    (row,) = rows_of("hcpcs", {"records": text_of([record])}).values()
    assert (row["changed_on"], row["changed_titles"]) == (date(2020, 1, 1), titles)


def test_a_modifier_never_stands_alone() -> None:
    records = [anweb_record("A1", 100, 7, "Dressing for one wound"), anweb_record("A0021", 100, 3, "Ambulance")]
    rows = rows_of("hcpcs", {"records": text_of(records)})
    assert (rows["A1"]["kind"], rows["A1"]["standalone"]) == ("modifier", False)
    assert rows["A0021"]["standalone"] is True


def test_blank_days_are_unknown() -> None:
    (row,) = rows_of("hcpcs", {"records": text_of([anweb_record("A0021", 100, 3, "x")])}).values()
    assert [row[name] for name in ("valid_from", "valid_to", "changed_on")] == [None, None, None]


def test_absence_from_the_file_ends_a_code_without_a_last_day_only() -> None:
    (listing,) = listings_of("hcpcs", {"records": text_of([anweb_record("A0021", 100, 3, "x")])})
    assert (listing.complete, listing.absence_ends) == (False, True)


def test_leap_day_is_a_day() -> None:
    records = pa.table({"added": ["20240229", ""], "line": [1, 2]})
    assert as_day(TextFrame("records", "x", records), records, "added").to_pylist() == [date(2024, 2, 29), None]


WORDS = st.lists(st.text("abc,", min_size=1, max_size=12), min_size=1, max_size=60)


def slices_of(words: list[str]) -> list[str]:
    """Words as slices of at most 80 columns."""
    slices = [""]
    for word in words:
        if len(slices[-1]) + len(word) + 1 > 80:
            slices.append("")
        slices[-1] = f"{slices[-1]} {word}".strip()
    return slices


def records_of(code: str, ids: tuple[int, int], slices: list[str]) -> list[str]:
    return [anweb_record(code, 100 * number, ids[number > 1], text) for number, text in enumerate(slices, 1)]


@settings(derandomize=True, deadline=None, max_examples=25)
@given(WORDS, WORDS)
def test_slices_joined_are_the_words_that_were_sliced(modifier: list[str], code: list[str]) -> None:
    lines = [*records_of("A1", (7, 8), slices_of(modifier)), *records_of("A0021", (3, 4), slices_of(code))]
    rows = rows_of("hcpcs", {"records": text_of(lines)})
    assert rows["A1"]["description"] == " ".join(modifier)
    assert rows["A0021"]["description"] == " ".join(code)
    assert rows["A0021"]["line"] == len(slices_of(modifier)) + 1


def test_runs_of_blanks_become_one() -> None:
    lines = records_of("A0021", (3, 4), ["Ambulance   service,", "per   mile"])
    assert rows_of("hcpcs", {"records": text_of(lines)})["A0021"]["description"] == "Ambulance service, per mile"
