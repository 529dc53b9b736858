"""Figures that were counted beforehand on lists of other years: causes of death, ICD-9-CM by tabular list, revisions.

known_answers.md, section 7, and known_answers_2.md, sections 15 and 16. That the exempt lists of FY2017 and FY2021
equal the SAS lists V34 and V38 is held by nothing: those lists are not among the files.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import ingest
from pipeline.layouts import LAYOUTS
from tests.conftest import ReadTable
from tests.official.conftest import Catalogued, Member, valid_on

FY1999, FY2005, FY2009 = "1998-10-01", "2004-10-01", "2008-10-01"
# part: lines of FY2005 that FY1999 lacks, and those of them that v23 lists; codes of v23 that have a line in FY2009 and
# none in FY2005; codes of v26 with a line in FY2009, and its other lines. known_answers_2.md has 615, 572, 9,544 of
# diagnoses, 130, 116, 3,223 and 759 of procedures: it counts fewer lines (see LINES in test_figures_of_lists.py), and a
# plain expression finds those that are read here.
NEW_LINES = {"dx": (626, 583, 170, 9_556, 2_849), "px": (129, 115, 36, 3_281, 762)}
BEGAN_WITH_V23 = {"dx": {"27802", "28731"}, "px": {"0018", "0040"}}
MSDRG = {"2020-08-01": 17_848, "2023-10-01": 18_215, "2025-10-01": 18_432}
OF_APPENDIX_C = re.compile(r"^ (\w{3,7}) +M?CC +(?:\d{4}:[\d,]+ codes?|No Excl) +(\S.*?) *$", re.MULTILINE)


@pytest.fixture(scope="module")
def frames(catalogued: Catalogued):
    """Reads the parts of a release, each once."""

    @cache
    def read(source: str, release: str) -> dict[str, pd.DataFrame]:
        delivery: RawRelease = catalogued(source, release)
        readers = LAYOUTS[delivery.source.layout].readers
        return {each.part: each.table.to_pandas() for each in ingest(delivery, readers).frames}

    return read


@pytest.fixture(scope="module")
def history_on(official_build: Path, read_table: ReadTable):
    """The titles of the codes of ICD-10-CM on a day."""
    history = read_table(official_build, "code_history")

    def titles(day: str) -> dict[str, str]:
        own = valid_on(history, "ICD10CM", date.fromisoformat(day))
        return own["description"].to_dict()

    return titles


def lines_of(frames, release: str, part: str) -> set[str]:
    """The bare codes that have a line in a tabular list of ICD-9-CM."""
    table = frames("icd9cm_tabular", release)[part]
    return {code.replace(".", "") for code in table.loc[table["entry"] == "code", "code"]}


def listed_in(frames, release: str, part: str) -> set[str]:
    """The bare codes of a list of titles of ICD-9-CM."""
    return {code.replace(".", "") for code in frames("icd9cm", release)[f"{part}_short"]["code"]}


def test_the_list_of_causes_of_2011_has_its_ranges_and_those_for_multiple_causes_only(frames) -> None:
    table = frames("icd10_mortality", "2011-01-01")["list"]
    is_range = table["code"].str.contains("-", regex=False)
    assert is_range.sum() == 272
    assert table[~is_range & (table["code"] != "")]["code"].nunique() == 10_849
    assert (table["status"] == "MC ONLY").sum() == 1_530


def test_revisions_of_the_exempt_list_of_2026_are_25_of_its_codes(frames) -> None:
    of_list = frames("poa_exempt", "2025-10-01")
    revised = of_list["revise"]
    assert revised["action"].value_counts().to_dict() == {"Revise from": 25, "Revise to": 25}
    assert revised["code"].nunique() == 25
    now = revised[revised["action"] == "Revise to"].merge(of_list["list"], on="code", validate="1:1")
    assert (len(now), (now["title_x"] == now["title_y"]).all()) == (25, True)
    before = revised[revised["action"] == "Revise from"].merge(of_list["list"], on="code", validate="1:1")
    assert (before["title_x"] != before["title_y"]).all()


@pytest.mark.parametrize("part", NEW_LINES)
def test_lines_of_icd9_lists_came_as_counted(part: str, frames) -> None:
    older, old, newer = (lines_of(frames, release, part) for release in (FY1999, FY2005, FY2009))
    v23, v26 = (listed_in(frames, release, part) for release in ("2005-10-01", FY2009))
    new, began = old - older, (v23 - old) & newer
    assert (len(new), len(new & v23), len(began), len(v26 & newer), len(newer - v26)) == NEW_LINES[part]
    assert BEGAN_WITH_V23[part] <= began
    begun_by_a_heading = {code[:length] for code in v26 for length in range(2, len(code))}
    assert newer - v26 <= begun_by_a_heading


def test_four_procedures_ended_before_the_oldest_list_of_titles(frames) -> None:
    """81.09 has a line in FY1999 alone; known_answers_2.md has it apart from the four of FY2005, too."""
    v23 = listed_in(frames, "2005-10-01", "px")
    begun_by_a_heading = {code[:length] for code in v23 for length in range(2, len(code))}
    ended = {release: lines_of(frames, release, "px") - v23 - begun_by_a_heading for release in (FY1999, FY2005)}
    assert ended[FY2005] == {"3601", "3602", "3605", "8161"}
    assert "8109" in ended[FY1999] - ended[FY2005]


@pytest.mark.parametrize("release", MSDRG)
def test_titles_of_appendix_c_are_those_of_the_order_file_of_the_day(
    release: str, official_member: Member, history_on
) -> None:
    text = official_member("msdrg_definitions", release, "appendix_C.txt").decode("ascii").replace("\r\n", "\n")
    printed = dict(OF_APPENDIX_C.findall(text.partition("\nPDX collection ")[0]))
    assert len(printed) == MSDRG[release]
    titles = history_on(release)
    assert {code: title for code, title in printed.items() if titles.get(code) != title} == {}
