"""BETOS 2009 to 2014 and what comes of it beside the files of HCPCS: known_answers_2.md, section 11."""

from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.crosswalk.published.versions import join_maps
from pipeline.history import derive_history, derive_timelines
from pipeline.history.timeline import Timeline
from pipeline.ingest import IngestedRelease, ingest
from pipeline.layouts import LAYOUTS
from pipeline.normalise.conversions import CONVERSION_COLUMNS
from pipeline.normalised import listings_of, maps_of
from tests.conftest import EXCERPT
from tests.official.conftest import Catalogued
from tests.official.test_excerpt import columns, first_out_of_order, lines_of
from tests.official.test_hcpcs_workbooks import ALL_FILES

# Year: records; CPT I, II, III, Level II, CDT; terminated; of CPT I, II, III; earliest and latest last day.
FILES = {
    2009: (15_799, (9_058, 442, 166, 5_545, 588), 1_155, (300, 24, 57), "20050331", "20081231"),
    2010: (15_662, (9_079, 464, 179, 5_352, 588), 822, (242, 26, 68), "20060331", "20091231"),
    2011: (15_196, (9_111, 470, 205, 5_410, 0), 982, (241, 22, 67), "20070331", "20101231"),
    2012: (15_539, (9_266, 532, 234, 5_507, 0), 887, (289, 20, 66), "20080930", "20111231"),
    2013: (16_406, (9_351, 556, 241, 5_630, 628), 927, (321, 4, 62), "20090331", "20121231"),
    2014: (16_048, (9_414, 563, 237, 5_834, 0), 946, (321, 4, 52), "20100630", "20131231"),
}
FORMS = {"I": r"\d{5}", "II": r"\d{4}F", "III": r"\d{4}T", "Level II": r"[ABCE-V]\d{4}", "CDT": r"D\d{4}"}
MOVED_OR_USED_AGAIN = {
    *("0058T", "0059T", "1127F", "1128F", "A9520", "G8675", "G8676", "G8677", "G8678", "G8679", "G8680"),
    *("L3660", "L3670", "L3675", "L3916", "L3918", "L3924", "L3930", "L6715", "L6880", "S3823"),
}
# Q2052 begins in April 2014 by its record; the ends of C9716 and C9367 were told a year after them.
BEGUN_LATER_OR_ENDED_EARLIER = {2012: {"C9716"}, 2013: {"C9367"}, 2014: {"Q2052"}}
# Begun by then, say the records of later files of HCPCS.
NOT_YET_LISTED = {
    2010: {"G0432", "G0433", "G0435", "G9147"},
    2012: {"G9148", "G9149", "G9150", "G9151", "G9152", "G9153"},
    2013: {"G0459", "G0460"},
    2014: {"G9361"},
}


@pytest.fixture(scope="module")
def betos(catalogued: Catalogued) -> list[IngestedRelease]:
    """The six files, read once."""
    return [ingest(catalogued("betos", f"{year}-01-01"), LAYOUTS["betos"].readers) for year in FILES]


@pytest.fixture(scope="module")
def timelines(betos: list[IngestedRelease], catalogued: Catalogued) -> list[Timeline]:
    """What the lists of CPT and HCPCS are, side by side: BETOS and the files of HCPCS."""
    own = [ingest(catalogued("hcpcs", release), LAYOUTS["anweb"].readers) for release in ALL_FILES]
    return derive_timelines(listings_of([*betos, *own]))


@pytest.fixture(scope="module")
def history(timelines: list[Timeline]) -> pd.DataFrame:
    """Their history."""
    return derive_history(timelines, CONVERSION_COLUMNS.empty_table()).to_pandas()


def frame_of(each: IngestedRelease) -> pd.DataFrame:
    frame: pd.DataFrame = each.frames[0].table.to_pandas()
    return frame


def count_forms(code: "pd.Series[str]") -> tuple[int, ...]:
    return tuple(int(code.str.fullmatch(pattern).sum()) for pattern in FORMS.values())


@pytest.mark.parametrize("year", FILES)
def test_records_of_a_file(year: int, betos: list[IngestedRelease]) -> None:
    records, forms, terminated, of_cpt, earliest, latest = FILES[year]
    frame = frame_of(betos[[*FILES].index(year)])
    ended = frame[frame["terminated"] != ""]
    assert (len(frame), count_forms(frame["code"]), len(ended)) == (records, forms, terminated)
    assert count_forms(ended["code"])[:3] == of_cpt
    assert (ended["terminated"].min(), ended["terminated"].max()) == (earliest, latest)


def test_categories_and_codes_of_all_files(betos: list[IngestedRelease]) -> None:
    frames = [frame_of(each) for each in betos]
    categories = [set(frame["category"]) - {""} for frame in frames]
    every = pd.concat(frames).drop_duplicates("code")["code"]
    assert (len(set.union(*categories)), categories[-1] == categories[-2], len(every)) == (104, True, 17_954)
    assert [int((frame["category"] == "").sum()) for frame in frames] == [0, 1, 0, 11, 0, 0]
    last_days = Counter(frames[-1]["terminated"])
    assert [last_days[day] for day in ("20101231", "20121231", "20111231", "20131231")] == [391, 192, 168, 158]


def test_cpt_has_every_number_ever_listed_and_no_text(history: pd.DataFrame) -> None:
    cpt = history[history["system"] == "CPT4"]
    assert count_forms(cpt["code"]) == (9_755, 587, 314, 0, 0)
    assert len(cpt) == cpt["code"].nunique() == 10_656
    assert cpt[["description", "short_description"]].isna().all().all()
    assert {*cpt["valid_from_basis"]} == {"left_censored", "release"}
    assert {*cpt["valid_to_basis"].dropna()} == {"record"}


def test_no_code_of_the_ada_is_in_any_history(history: pd.DataFrame) -> None:
    assert not history["code"].str.match(r"D\d{4}").any()


def valid_on(history: pd.DataFrame, system: str, day: date) -> set[str]:
    own = history[(history["system"] == system) & (history["valid_from"] <= day)]
    return {*own.loc[own["valid_to"].isna() | (own["valid_to"] >= day), "code"]}


@pytest.mark.parametrize("year", FILES)
def test_codes_valid_on_the_day_of_a_file_are_those_that_it_has_without_a_last_day(
    year: int, betos: list[IngestedRelease], history: pd.DataFrame
) -> None:
    """Of CPT all; of HCPCS all but a few that other records tell otherwise. An
    end that a later file takes back was none: 0058T was valid in 2009."""
    frame = frame_of(betos[[*FILES].index(year)])
    listed = frame.loc[frame["terminated"] == "", "code"]
    cpt = {*listed[listed.str.fullmatch(r"\d{4}[0-9FT]")]}
    assert valid_on(history, "CPT4", date(year, 1, 1)) ^ cpt <= MOVED_OR_USED_AGAIN
    own = {*listed[listed.str.fullmatch(FORMS["Level II"])]}
    valid = {code for code in valid_on(history, "HCPCS", date(year, 1, 1)) if len(code) == 5}
    assert own - valid - MOVED_OR_USED_AGAIN == BEGUN_LATER_OR_ENDED_EARLIER.get(year, set())
    assert valid - own - MOVED_OR_USED_AGAIN == NOT_YET_LISTED.get(year, set())


def test_codes_that_ended_before_the_files_of_hcpcs_begin_have_rows(
    history: pd.DataFrame, catalogued: Catalogued
) -> None:
    own = history[history["system"] == "HCPCS"]
    worded = {*own.loc[own["short_description"].notna(), "code"]}
    unknown = own[~own["code"].isin(worded)]
    assert unknown["code"].nunique() == 1_237
    assert unknown["valid_to"].notna().all()
    assert {*unknown.loc[unknown["valid_to_basis"] == "release", "code"]} == {"G0449", "G0450"}


def test_numbers_that_were_used_again_have_an_earlier_life_without_a_wording(history: pd.DataFrame) -> None:
    own = history[history["system"] == "HCPCS"].sort_values(["code", "valid_from"])
    first, after = own.groupby("code").nth(0).set_index("code"), own.groupby("code").nth(1).set_index("code")
    both = first.join(after["valid_from"].rename("valid_from_after"), how="inner")
    has_hole = pd.to_datetime(both["valid_to"]) + pd.Timedelta(days=1) < pd.to_datetime(both["valid_from_after"])
    lives = both[has_hole & both["release"].lt("2015")]
    assert len(lives) == 65
    assert lives[["description", "short_description"]].isna().all().all()
    assert {
        code: (lives["valid_to"][code].isoformat(), lives["valid_from_after"][code].isoformat()) for code in LIVES
    } == LIVES
    assert {f"G{number:04}" for number in [*range(30, 48), *range(308, 319), *range(320, 324)]} <= {*lives.index}


LIVES = {
    "J9380": ("2010-12-31", "2023-07-01"),
    "J9350": ("2010-12-31", "2023-07-01"),
    "J0570": ("2010-12-31", "2017-01-01"),
    "J7322": ("2009-12-31", "2017-01-01"),
    "Q2040": ("2011-12-31", "2018-01-01"),
    "Q2041": ("2011-12-31", "2018-04-01"),
    "G0297": ("2007-12-31", "2015-02-05"),
    "G0299": ("2007-12-31", "2015-11-02"),
    "G0300": ("2007-12-31", "2015-11-02"),
    "A9520": ("2005-12-31", "2014-01-01"),
    "L6715": ("2006-12-31", "2012-01-01"),
}


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("0058T", [("2009-01-01", None)]),
        ("0059T", [("2009-01-01", None)]),
        ("1127F", [("2009-01-01", None)]),
        ("0003T", [("2006-12-31", "2006-12-31")]),
        ("25073", [("2010-01-01", None)]),
    ],
)
def test_days_of_some_numbers_of_cpt(code: str, days: list[tuple[str, str | None]], history: pd.DataFrame) -> None:
    own = history[(history["system"] == "CPT4") & (history["code"] == code)]
    found = [
        (first.isoformat(), None if pd.isna(last) else last.isoformat())
        for first, last in zip(own["valid_from"], own["valid_to"], strict=True)
    ]
    assert found == days


def test_every_number_has_its_category_of_the_newest_file(betos: list[IngestedRelease]) -> None:
    found = {each.entry.crosswalk: each for each in join_maps(maps_of(betos))}
    pairs = {
        code: category
        for each in found.values()
        for code, category in zip(
            each.newest_rows["source_code"].to_pylist(), each.newest_rows["target_code"].to_pylist(), strict=True
        )
    }
    assert {name: len(each.newest_rows) for name, each in found.items()} == {"betos_cpt4": 10_656, "betos_hcpcs": 6_667}
    assert all(title for each in found.values() for title in each.categories["title"].to_pylist())
    shown = ("0003T", "K0734", "G0202", "J1440", "A0428", "E0601", "99213", "27130", "47562", "25073")
    assert [pairs[code] for code in shown] == ["I4B", "D1D", "I1C", "O1E", "O1A", "D1E", "M1B", "P3B", "P5E", "P6B"]


IN_EXCERPT = sorted((EXCERPT / "betos").glob("*/*"))


@pytest.mark.parametrize("path", IN_EXCERPT, ids=lambda path: path.name)
def test_the_excerpt_has_every_line_of_its_codes_as_the_official_file_has_it(
    path: Path, catalogued: Catalogued
) -> None:
    """These files are in no build of the tests, so that they are held against those that are here."""
    (whole,) = catalogued("betos", path.parent.name).paths
    excerpt, official = lines_of(path.read_bytes()), lines_of(whole.read_bytes())
    assert first_out_of_order(excerpt, official) is None
    key = columns(5)
    chosen = {key(line) for each in IN_EXCERPT for line in lines_of(each.read_bytes())}
    assert {line for line in official if key(line) in chosen} == set(excerpt)


def test_the_excerpt_has_a_handful_of_numbers_of_cpt_and_none_of_the_ada() -> None:
    """Those of the files of CPT beside it, whose titles are our own, and 0003T."""
    codes = {columns(5)(line).decode() for path in IN_EXCERPT for line in lines_of(path.read_bytes())}
    of_cpt = {code for code in codes if code[0].isdigit()}
    listed = "".join(path.read_text("utf-8") for path in (EXCERPT / "cpt").glob("*/*"))
    assert {code for code in of_cpt if code not in listed} == {"0003T"}
    assert not any(code.startswith("D") for code in codes)
