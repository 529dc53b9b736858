"""Every tabular list at once: the headings of ICD-9-CM, and the sections of ICD-10-CM.

The lists beyond FY2012 and January 2021 are in no build of the other tests. Counted by hand on the files: which codes a
list prints, and which of them no title file lists.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.build import read
from pipeline.build_inputs import survey
from pipeline.catalogue.sources import read_catalogue
from pipeline.history import derive_history, derive_timelines
from pipeline.history.codes import derive_codes
from pipeline.history.headings import find_neither
from pipeline.history.releases import derive_releases
from pipeline.ingest.archive import open_members
from pipeline.run.progress import Progress
from tests.conftest import find_official_raw
from tests.official.conftest import Catalogued

LISTS = {
    "icd9cm_tabular": ("1998-10-01", "2004-10-01", "2008-10-01", "2011-10-01"),
    "icd10cm_tabular": ("2021-01-01", "2025-04-01"),
}
OCTOBER_2005, LAST_DAY = date(2005, 10, 1), date(2015, 9, 30)


@dataclass(frozen=True)
class OfLists:
    """What comes of the listings of ICD-9-CM and ICD-10-CM with every tabular list beside them."""

    history: pd.DataFrame
    codes: pd.DataFrame
    sections: pa.Table
    releases: pa.Table
    neither: list[tuple[str, str]]

    def headings(self, system: str) -> pd.DataFrame:
        """The episodes of headings of a system, by code."""
        own = self.history[(self.history["system"] == system) & ~self.history["billable"]]
        return own.set_index("code")


@pytest.fixture(scope="module")
def of_lists(official_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfLists]:
    found = find_official_raw()
    assert found is not None
    raw = tmp_path_factory.mktemp("lists")
    for source in ("icd9cm", "icd10cm"):
        (raw / source).symlink_to(official_raw / source)
    for source, releases in LISTS.items():
        (raw / source).mkdir()
        for release in releases:
            if not (found / source / release).is_dir():
                pytest.skip(f"{source} {release} is not in {found}")
            (raw / source / release).symlink_to(found / source / release)
    progress = Progress(print)
    content = read(survey(raw, read_catalogue(), progress), progress)
    timelines = derive_timelines(content.listings)
    episodes = derive_history(timelines, content.conversions)
    yield OfLists(
        episodes.to_pandas(),
        derive_codes(episodes, content.sections).to_pandas(),
        content.sections,
        derive_releases(timelines),
        find_neither(episodes, timelines),
    )


@pytest.mark.parametrize(
    ("system", "codes", "episodes", "retitled"),
    [
        ("ICD9CM", 2_975, 3_024, {date(2008, 10, 1): 31, date(2011, 10, 1): 18}),
        ("ICD9Proc", 768, 782, {date(2008, 10, 1): 9, date(2011, 10, 1): 5}),
    ],
)
def test_headings_of_four_lists(
    of_lists: OfLists, system: str, codes: int, episodes: int, retitled: dict[date, int]
) -> None:
    headings = of_lists.headings(system).sort_values("valid_from")
    assert (headings.index.nunique(), len(headings)) == (codes, episodes)
    assert Counter(headings[headings.index.duplicated()]["valid_from"]) == retitled
    assert set(headings[~headings.index.duplicated(keep="last")]["valid_to"]) == {LAST_DAY}
    bounds = headings[headings.index.duplicated()].groupby("valid_from")["valid_from_earliest"].unique()
    assert {day: list(each) for day, each in bounds.items()} == {
        date(2008, 10, 1): [date(2004, 10, 2)],
        date(2011, 10, 1): [date(2008, 10, 2)],
    }


def test_no_code_has_two_episodes_on_a_day(of_lists: OfLists) -> None:
    rows = of_lists.history.sort_values(["system", "code", "valid_from"])
    following = rows.shift(-1)
    same = (rows["system"] == following["system"]) & (rows["code"] == following["code"])
    assert (rows["valid_to"][same] < following["valid_from"][same]).all()
    assert (rows["valid_to"].isna() | (rows["valid_from"] <= rows["valid_to"])).all()


def test_place_of_occurrence_is_printed_in_1998_alone_and_in_force_to_the_end(of_lists: OfLists) -> None:
    heading = of_lists.headings("ICD9CM").loc["E849"]
    assert (heading["valid_from"], heading["valid_to"]) == (OCTOBER_2005, LAST_DAY)
    assert (heading["description"], heading["valid_from_basis"]) == ("Place of occurrence", "left_censored")
    below = of_lists.codes.query("system == 'ICD9CM' and code.str.startswith('E849') and code != 'E849'")
    assert (len(below), set(below["parent_code"])) == (10, {"E849"})


@pytest.mark.parametrize(
    ("system", "code", "titles"),
    [
        (
            "ICD9CM",
            "046",
            {
                OCTOBER_2005: "Slow virus infection of central nervous system",
                date(2008, 10, 1): "Slow virus infections and prion diseases of central nervous system",
            },
        ),
        (
            "ICD9CM",
            "173",
            {
                OCTOBER_2005: "Other malignant neoplasm of skin",
                date(2011, 10, 1): "Other and unspecified malignant neoplasm of skin",
            },
        ),
        ("ICD9Proc", "381", {OCTOBER_2005: "Endarterectomy"}),
    ],
)
def test_a_title_holds_from_the_first_list_that_prints_it(
    of_lists: OfLists, system: str, code: str, titles: dict[date, str]
) -> None:
    own = of_lists.headings(system).loc[[code]]
    assert dict(zip(own["valid_from"], own["description"], strict=True)) == titles


def test_procedures_that_ended_before_the_oldest_title_file_are_no_headings(of_lists: OfLists) -> None:
    assert of_lists.neither == [("ICD9Proc", code) for code in ("3601", "3602", "3605", "8109", "8161")]
    assert of_lists.headings("ICD9Proc").index.intersection(["3601", "3602", "3605", "8109", "8161"]).empty


def test_a_list_stands_beside_the_title_files_of_its_day(of_lists: OfLists) -> None:
    rows = [each for each in of_lists.releases.to_pylist() if each["system"] == "ICD9CM"]
    named = {each["release"]: each["file"] for each in rows if "tab" in each["file"]}
    assert named == {
        "2008-10-01": "v26_icd9.zip; Dtab09.zip; Ptab09.zip",
        "2011-10-01": "cmsv29_master_descriptions.zip; Dtab12.zip; Ptab12.zip",
    }


def test_every_code_that_is_listed_lies_in_the_section_of_the_newest_list(
    of_lists: OfLists, catalogued: Catalogued
) -> None:
    """Read from the XML with another library: 98,827 of 98,847 codes; the 20 below QA0 are newer than the list."""
    release = catalogued("icd10cm_tabular", "2025-04-01")
    (member,) = open_members(release, release.read_file(release.paths[0]), wanted=["tabular"])
    section = {
        category.findtext("name"): block.get("id")
        for block in ElementTree.fromstring(member.raw).iterfind("chapter/section")
        for category in block.iterfind("diag")
    }
    own: Any = of_lists.codes.query("system == 'ICD10CM'")
    wanted = own["code"].str.slice(0, 3).map(section)
    assert set(own[wanted.isna()]["code"].str.slice(0, 3)) == {"QA0"}
    listed = own[wanted.notna() & own["valid_to"].isna()]
    assert listed[listed["section"] != wanted[listed.index]]["code"].tolist() == []
    named = own["section"].value_counts()
    assert {name: named[name] for name in ("I10-I1A", "I30-I5A", "J40-J4A")} == {
        "I10-I1A": 25,
        "I30-I5A": 176,
        "J40-J4A": 53,
    }
    assert {"I10-I16", "I30-I52", "J40-J47"} <= set(of_lists.sections["section"].to_pylist())
