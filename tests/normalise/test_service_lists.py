"""What BETOS and RBCS list: CPT and HCPCS Level II, each with its last day, and no code of the ADA."""

from datetime import date

import pytest

from pipeline.crosswalk.published.versions import join_maps
from pipeline.errors import RawFileError
from pipeline.ingest import IngestedRelease, TextFrame
from pipeline.layouts import LAYOUTS
from pipeline.normalised import maps_of
from tests.ingest.test_betos import HEADER, ROW
from tests.normalise.frames import delivery_of, listings_of

RECORDS = b"0001F Z2         \n0003T I4B20061231\n99213 M1B        \nD0120 Y1         \nJ1440 O1E20131231\n"


def test_each_system_has_its_own_codes_and_the_ada_s_are_in_neither() -> None:
    cpt, hcpcs = listings_of("betos", {"categories": RECORDS})
    assert (cpt.system, cpt.rows["code"].to_pylist()) == ("CPT4", ["0001F", "0003T", "99213"])
    assert (hcpcs.system, hcpcs.rows["code"].to_pylist()) == ("HCPCS", ["J1440"])
    assert (cpt.raw_rows, hcpcs.raw_rows) == (5, 5)


def test_a_code_has_its_kind_its_last_day_and_no_first_day_and_no_text() -> None:
    cpt, hcpcs = listings_of("betos", {"categories": RECORDS})
    assert cpt.rows["kind"].to_pylist() == ["performance_measure", "procedure", "service"]
    assert cpt.rows["valid_to"].to_pylist() == [None, date(2006, 12, 31), None]
    assert hcpcs.rows["valid_to"].to_pylist() == [date(2013, 12, 31)]
    for name in ("valid_from", "description", "short_description"):
        assert {*cpt.rows[name].to_pylist()} == {None}


def test_a_last_day_after_the_day_of_the_file_is_refused() -> None:
    with pytest.raises(RawFileError, match="a last day before 2025-01-01"):
        listings_of("betos", {"categories": b"99213 M1B20250101\n"})


def test_a_last_day_that_is_no_day_of_the_calendar_is_refused() -> None:
    with pytest.raises(RawFileError, match="20130231"):
        listings_of("betos", {"categories": b"99213 M1B20130231\n"})


def test_rbcs_tells_both_days_and_a_code_of_two_categories_is_listed_once() -> None:
    ended = ROW.replace(b"12/31/9999,1", b"06/30/2020,1").replace(b"99213", b"J1440")
    cpt, hcpcs = listings_of("rbcs", {"taxonomy": HEADER + ROW + ROW.replace(b"EO001N", b"EO002N") + ended})
    assert cpt.rows.select(["code", "valid_from", "valid_to"]).to_pylist() == [
        {"code": "99213", "valid_from": date(1992, 1, 1), "valid_to": None}
    ]
    assert hcpcs.rows["valid_to"].to_pylist() == [date(2020, 6, 30)]


def maps_by_name(source: str, releases: dict[date, bytes]) -> dict[str, dict[str, tuple[str, str]]]:
    """Of each crosswalk the category of each code and the title of that, from the files of some days."""
    (part,) = LAYOUTS[source].readers
    reader = LAYOUTS[source].readers[part]
    ingested = [
        IngestedRelease(delivery_of(source, day), [TextFrame(part, f"{day}.txt", reader(f"{day}.txt", raw))])
        for day, raw in releases.items()
    ]
    found = {}
    for each in join_maps(maps_of(ingested)):
        titles = dict(zip(*(each.categories[name].to_pylist() for name in ("category", "title")), strict=True))
        rows = each.newest_rows
        pairs = zip(rows["source_code"].to_pylist(), rows["target_code"].to_pylist(), strict=True)
        found[each.entry.crosswalk] = {code: (category, titles[category]) for code, category in pairs}
    return found


def test_a_code_has_the_category_of_the_newest_file_that_gives_it_one() -> None:
    older = b"0003T I4B20061231\n25073            \n99213 M1A        \n"
    newer = b"25073 P6B        \n99213 M1B        \nJ1440            \n"
    found = maps_by_name("betos", {date(2010, 1, 1): older, date(2014, 1, 1): newer})
    assert found["betos_cpt4"] == {
        "25073": ("P6B", "Minor procedures - musculoskeletal"),
        "99213": ("M1B", "Office visits - established"),
        "0003T": ("I4B", "Imaging/procedure - other"),
    }
    assert "betos_hcpcs" not in found


def test_a_code_has_the_category_that_rbcs_gave_it_last() -> None:
    before = ROW.replace(b"EO001N", b"EO009N").replace(b"01/01/2014", b"01/01/2010")
    found = maps_by_name("rbcs", {date(2025, 1, 1): HEADER + ROW + before})
    assert found["rbcs_cpt4"] == {"99213": ("EO001N", "E&M - Office, outpatient - No Family")}
