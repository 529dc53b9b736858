"""The HCPCS workbooks of 2020 and 2023: known_answers_2.md, section 10; and workbooks held against text files."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.history import derive_history, derive_timelines
from pipeline.ingest import TextFrame, ingest
from pipeline.ingest.anweb import read_anweb
from pipeline.ingest.anweb_figures import STARTS
from pipeline.ingest.anweb_workbook import read_anweb_workbook
from pipeline.layouts import LAYOUTS
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from pipeline.normalise.hcpcs import hcpcs_listings
from pipeline.normalise.listing import Listing
from pipeline.normalised import listings_of
from tests.official.conftest import Catalogued, Member
from tests.official.corpus import facts_of

# Release: rows, codes, modifiers, valid on the day: codes, modifiers; terminated; actions but N; references, entries.
WORKBOOKS = {
    "2020-04-01": (7_098, 6_728, 369, 6_122, 359, 616, {"A": 18, "D": 1, "C": 4}, 167, 162),
    "2020-07-01": (7_159, 6_789, 369, 6_174, 359, 625, {"A": 61, "D": 9, "C": 4, "S": 1}, 173, 168),
    "2020-10-01": (7_197, 6_825, 371, 6_206, 361, 629, {"A": 38, "D": 4, "C": 7, "F": 2}, 177, 172),
    "2023-01-01": (
        7_786, 7_404, 381, 6_469, 371, 945, {"A": 190, "D": 47, "C": 103, "P": 41, "B": 3, "R": 1}, 202, 196,
    ),
}  # fmt: skip
Records = Callable[[str], TextFrame]
OF_RELEASE = pytest.mark.parametrize("release", WORKBOOKS)


@pytest.fixture(scope="module")
def records(catalogued: Catalogued) -> Records:
    """The records of a workbook by release, each read once."""

    @cache
    def read(release: str) -> TextFrame:
        (frame,) = ingest(catalogued("hcpcs", release), LAYOUTS["anweb"].readers).frames
        return frame

    return read


@OF_RELEASE
def test_records_of_a_workbook(release: str, records: Records) -> None:
    table = records(release).table
    rows, *_, terminated, actions, references, entries = WORKBOOKS[release]
    assert table.num_rows == rows
    assert (pc.utf8_length(table["terminated"]).to_pylist().count(8)) == terminated
    counted = {each["values"]: each["counts"] for each in pc.value_counts(table["action"]).to_pylist()}
    assert {action: count for action, count in counted.items() if action not in ("", "N")} == actions
    named = [re.findall(".{1,5}", cell) for cell in table["cross_references"].to_pylist() if cell]
    assert len(named) == entries
    assert sum(bool(each.strip()) for cell in named for each in cell) == references


@OF_RELEASE
def test_listing_of_a_workbook(release: str, catalogued: Catalogued, records: Records) -> None:
    (listing,) = hcpcs_listings(catalogued("hcpcs", release), {"records": records(release)})
    rows, codes, modifiers, valid_codes, valid_modifiers, *_ = WORKBOOKS[release]
    assert listing.raw_rows == rows
    table = listing.rows
    is_modifier, day = pc.equal(table["kind"], "modifier"), date.fromisoformat(release)
    is_valid = pc.and_(
        pc.less_equal(table["valid_from"], day), pc.fill_null(pc.greater_equal(table["valid_to"], day), True)
    )
    assert [table.filter(pc.invert(is_modifier)).num_rows, table.filter(is_modifier).num_rows] == [codes, modifiers]
    assert pc.sum(pc.and_(is_valid, pc.invert(is_modifier))).as_py() == valid_codes
    assert pc.sum(pc.and_(is_valid, is_modifier)).as_py() == valid_modifiers
    text = {row["code"]: row["description"] for row in table.select(["code", "description"]).to_pylist()}
    assert text["G0503"].endswith("other treatment goals and are prepared for discharge from active treatment")
    assert max(map(len, text.values())) <= 1_247
    assert not any("  " in each or "\N{NO-BREAK SPACE}" in each for each in text.values())


@OF_RELEASE
def test_days_that_a_workbook_has_lost_stay_empty(release: str, records: Records) -> None:
    table = records(release).table
    is_start = pc.is_in(table["record_id"], pa.array(STARTS))
    lost = pc.and_(pc.equal(table["action_effective"], ""), is_start)
    assert pc.sum(lost).as_py() == 116
    assert "A0130" in table["code"].filter(lost).to_pylist()


@pytest.mark.parametrize(
    ("release", "code", "text", "reworded_on"),
    [
        ("2020-10-01", "C9066", "10 mg", None),
        ("2020-10-01", "J5", "Off-the-shelf orthotic", None),
        ("2020-04-01", "CS", "Cost-sharing", date(2020, 3, 1)),
        ("2023-01-01", "A9276", "non-durable", date(2023, 1, 1)),
    ],
)
def test_wording_and_its_day(
    release: str, code: str, text: str, reworded_on: date | None, *, catalogued: Catalogued, records: Records
) -> None:
    (listing,) = hcpcs_listings(catalogued("hcpcs", release), {"records": records(release)})
    (row,) = listing.rows.filter(pc.equal(listing.rows["code"], code)).to_pylist()
    assert text.lower() in row["description"].lower()
    assert (row["changed_on"] if row["changed_titles"] else None) == reworded_on


@pytest.mark.parametrize(
    ("release", "name", "differ"),
    [
        ("2017-01-01", "HCPC17_CONTR_ANWEB", {"action_effective": 3}),
        ("2019-01-01", "HCPC2019_CONTR_ANWEB", {"action_effective": 115, "type_of_service": 2}),
        ("2025-01-01", "HCPC2025_JAN_ANWEB_12172024", {"action_effective": 116, "type_of_service": 2}),
    ],
)
def test_workbook_gives_the_fields_of_the_text_file_beside_it(
    release: str, name: str, differ: dict[str, int], official_member: Member
) -> None:
    """But for what layouts.md says of the publisher's two copies: lost days, and two types of service."""
    text = read_anweb(name, official_member("hcpcs", release, f"{name}.txt"))
    book = read_anweb_workbook(name, official_member("hcpcs", release, f"{name}.xlsx"))
    copies = [
        {row["code"]: row for row in each.drop(["line", "long_description"]).to_pylist() if row["record_id"] in STARTS}
        for each in (text, book)
    ]
    assert copies[0].keys() == copies[1].keys()
    found: dict[str, int] = {}
    for code, row in copies[0].items():
        for column in [column for column in row if row[column] != copies[1][code][column]]:
            found[column] = found.get(column, 0) + 1
    assert found == differ


ALL_FILES = ["2017-01-01", "2019-01-01", *WORKBOOKS, "2025-01-01"]
# Announced after the file, for a day before it.
NOT_YET_LISTED = {"2020-04-01": {"C9803", "G2025"}}


@pytest.fixture(scope="module")
def history_of_all_files(catalogued: Catalogued) -> tuple[pa.Table, list[Listing]]:
    """The history of HCPCS from all seven files, and their listings."""
    readers = LAYOUTS["anweb"].readers
    listings = listings_of([ingest(catalogued("hcpcs", release), readers) for release in ALL_FILES])
    return derive_history(derive_timelines(listings), CONVERSION_COLUMNS.empty_table()), listings


def test_codes_and_wording_on_the_day_of_every_file_are_those_of_the_file(
    history_of_all_files: tuple[pa.Table, list[Listing]],
) -> None:
    history, listings = history_of_all_files
    for listing in listings:
        shown, listed = on_day(history, listing.day), on_day(listing.rows, listing.day)
        facts = facts_of("HCPCS").get(listing.release, {})
        extra = NOT_YET_LISTED.get(listing.release, set(facts.get("in_force_but_not_listed", ())))
        assert shown.keys() - listed.keys() == extra, listing.release
        assert listed.keys() - shown.keys() == set(facts.get("listed_but_ended", ())), listing.release
        assert {code for code in shown.keys() & listed.keys() if shown[code] != listed[code]} == set(), listing.release


def on_day(rows: pa.Table, day: date) -> dict[str, tuple[str | None, str | None]]:
    """The titles of what is valid on a day, by code."""
    ends = pc.fill_null(pc.greater_equal(rows["valid_to"], day), True)
    valid = rows.filter(pc.and_(pc.less_equal(rows["valid_from"], day), ends)).to_pylist()
    assert len({row["code"] for row in valid}) == len(valid)
    return {row["code"]: (row["short_description"], row["description"]) for row in valid}


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("J1745", [date(2000, 1, 1), date(2017, 1, 1)]),
        ("G0202", [date(2001, 4, 1), date(2017, 1, 1)]),
        ("CS", [date(2011, 1, 1), date(2020, 3, 1), date(2020, 7, 1)]),
        ("B4185", [date(2006, 1, 1), date(2020, 1, 1)]),
        ("A9276", [date(2008, 1, 1), date(2023, 1, 1)]),
        ("J7321", [date(2008, 1, 1), date(2018, 1, 1), date(2020, 7, 1), date(2021, 4, 1)]),
        ("JG", [date(2018, 1, 1), date(2023, 1, 1)]),
        ("TB", [date(2018, 1, 1), date(2023, 1, 1), date(2025, 1, 1)]),
        ("E0880", [date(1986, 1, 1), date(2020, 10, 1)]),
        ("J9245", [date(1995, 1, 1), date(2020, 7, 1)]),
        ("DA", [date(2011, 1, 1)]),
    ],
)
def test_the_days_on_which_the_words_of_a_code_changed(
    code: str, days: list[date], history_of_all_files: tuple[pa.Table, list[Listing]]
) -> None:
    history, _ = history_of_all_files
    own = history.filter(pc.equal(history["code"], code))
    assert own["valid_from"].to_pylist() == days
    unknown = [row["valid_from"] for row in own.to_pylist() if row["description"] is None]
    assert unknown == (days[:1] if code in {"J1745", "G0202"} else [])


def test_a_unit_of_payment_is_that_of_the_file_of_its_days(
    history_of_all_files: tuple[pa.Table, list[Listing]],
) -> None:
    """C9066 was 10 mg as long as it was valid; 2.5 mg stands in files of later days only."""
    history, _ = history_of_all_files
    (row,) = history.filter(pc.equal(history["code"], "C9066")).to_pylist()
    assert row["description"].endswith("10 mg")
    assert (row["valid_from"], row["valid_to"]) == (date(2020, 10, 1), date(2020, 12, 31))
