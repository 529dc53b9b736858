"""Figures that were counted on lists beforehand: what they print beside codes, and how lists agree with one another.

known_answers.md, section 7, and known_answers_2.md, sections 15 and 16. The rules that come of these lists are in
`test_code_rules.py`.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from striprtf.striprtf import rtf_to_text

from pipeline.ingest.archive import open_members
from pipeline.ingest.rtf import read_rtf_lines
from pipeline.ingest.tabular import read_tabular_rtf
from pipeline.layouts import LAYOUTS
from tests.conftest import ReadTable
from tests.official.conftest import Catalogued, Member, member_of, valid_on

# edition: name in the files, codes added, deleted
POA_CHANGES = {
    "2016-10-01": ("2017", 1_814, 178),
    "2020-10-01": ("2021", 196, 13),
    "2024-10-01": ("FY25", 49, 5),
    "2025-10-01": ("FY26", 209, 14),
}
# version of MS-DRG: billable diagnoses without an assignment
WITHOUT_MDC = {"2020-08-01": 6_940, "2023-10-01": 7_441, "2025-10-01": 7_461}
# edition of the tabular list: entries, those with every added character, those of these that the order file lacks
ENTRIES = {"2021-01-01": (45_017, 95_430, 72), "2025-04-01": (46_498, 97_660, 76)}
# edition: codes of diagnoses and of procedures that have a line. known_answers_2.md has some less (11,571 and 3,863 of
# 2004, 12,393 and 3,982 of 2008, 3,734 procedures of 1998); each of the others has a line too, and all of 2008 are
# codes of version 26 or begin one.
LINES = {"1998-10-01": (10_957, 3_736), "2004-10-01": (11_582, 3_864), "2008-10-01": (12_405, 4_043)}
JOINED = {"33.51"}  # printed in 1998 behind the title of 33.50, without an end of line
A_LINE = re.compile(r"\s*((?:V\d\d|E\d{3}|\d{2,3})(?:\.\d{1,2})?)[\t ]+\S")
# The list has a number before the code; the additions of 2016 have none.
A_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{1,4})?$").match


@pytest.fixture(scope="module")
def history(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "code_history")


@pytest.fixture(scope="module")
def mappings(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "mappings")


def rows_of(text: bytes) -> list[list[str]]:
    """The rows of a tab-separated list below its header."""
    return [*csv.reader(io.StringIO(text.decode("cp1252")), delimiter="\t")][1:]


@pytest.mark.parametrize("release", POA_CHANGES)
def test_an_exempt_list_has_as_many_additions_and_deletions_as_counted(release: str, official_member: Member) -> None:
    """What was added is on the list, what was deleted is not."""
    name, added, deleted = POA_CHANGES[release]
    parts = {kind: f"POAexempt{kind}Codes{name}.txt" for kind in ("Add", "Delete", "")}
    codes = {
        kind: [cell.strip() for row in rows_of(official_member("poa_exempt", release, file)) for cell in row[:2]]
        for kind, file in parts.items()
    }
    codes = {kind: [each for each in own if A_CODE(each)] for kind, own in codes.items()}
    assert (len(codes["Add"]), len(codes["Delete"])) == (added, deleted)
    assert {*codes["Add"]} <= {*codes[""]}
    assert {*codes["Delete"]}.isdisjoint(codes[""])


def test_titles_of_the_exempt_list_are_those_of_the_order_file(history: pd.DataFrame, official_member: Member) -> None:
    titles = valid_on(history, "ICD10CM", date(2025, 10, 1))["description"]
    rows = rows_of(official_member("poa_exempt", "2025-10-01", "POAexemptCodesFY26.txt"))
    printed = {code.replace(".", ""): title.strip() for _, code, title in rows}
    assert len(printed) == 38_349
    assert {code for code, title in printed.items() if titles[code] != title} == set()


def test_titles_of_table_5_are_those_of_the_manual_in_capitals(
    official_build: Path, read_table: ReadTable, official_member: Member
) -> None:
    groups = read_table(official_build, "msdrgs").query("release == '2025-10-01'").set_index("drg")
    rows = rows_of(official_member("ipps_tables", "2025-10-01", "Table5_drg_weights_FY2026.txt"))
    printed = {row[0]: " ".join(row[5].split()) for row in rows if re.fullmatch(r"\d{3}", row[0])}
    assert len(printed) == 772
    assert {drg for drg, title in printed.items() if groups.at[drg, "title"].upper() != title.upper()} == set()
    kinds = [row[4] for row in rows if row[0] in printed]
    assert (kinds.count("SURG"), kinds.count("MED")) == (403, 367)


@pytest.mark.parametrize("release", WITHOUT_MDC)
def test_diagnoses_without_a_major_category_are_external_causes(
    release: str, history: pd.DataFrame, mappings: pd.DataFrame
) -> None:
    own = mappings[(mappings["crosswalk"] == "mdc_icd10cm") & mappings["target_code"].notna()]
    own = own[(own["release_from"] <= release) & (own["release_to"] >= release)]
    on_day = valid_on(history, "ICD10CM", date.fromisoformat(release))
    without = {*on_day[on_day["billable"]].index} - {*own["source_code"]}
    assert (len(without), {code[0] for code in without}) == (WITHOUT_MDC[release], {*"VWXY"})


def test_default_categories_of_ccsr_are_those_of_its_file(mappings: pd.DataFrame) -> None:
    """A code has one default of an inpatient's stay at most."""
    own = mappings[(mappings["crosswalk"] == "ccsr_icd10cm") & (mappings["origin"] == "published")]
    own = own[own["release_to"] == "2023-1"]
    defaults = {
        each: own["flags"].str.extract(f"; {each} default (.)")[0].value_counts().to_dict()
        for each in ("inpatient", "outpatient")
    }
    assert defaults == {
        "inpatient": {"Y": 63_982, "X": 13_379, "N": 8_927},
        "outpatient": {"Y": 65_684, "X": 11_559, "N": 9_045},
    }
    of_code = own["flags"].str.contains("; inpatient default Y").groupby(own["source_code"]).sum()
    assert (of_code.max(), (of_code == 0).sum()) == (1, 10_567)


def test_codes_of_condition_categories_are_those_of_the_file(mappings: pd.DataFrame, official_member: Member) -> None:
    rows = csv.reader(
        io.StringIO(official_member("hcc", "2026", "2026 Initial ICD-10-CM Mappings.csv").decode("cp1252"))
    )
    printed = [row[0].strip() for row in rows if row and re.fullmatch(r"[A-Z]\d\w{1,5} *", row[0])]
    assert (len(printed), len({*printed})) == (11_725, 11_207)
    own = mappings[mappings["crosswalk"].str.startswith("hcc_")]
    assert {*own["source_code"]} == {*printed}


def entries_of(
    element: ElementTree.Element, added: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each entry below an element: its code, the characters that are added to it, and whether it has none below it."""
    defined = element.find("sevenChrDef")
    if defined is not None:
        added = tuple(each.get("char", "") for each in defined.iterfind("extension"))
    below = element.findall("diag")
    if element.tag == "diag":
        yield element.findtext("name", "").replace(".", ""), added, not below
    for each in [*below, *element.iterfind("section"), *element.iterfind("chapter")]:
        yield from entries_of(each, added)


@pytest.mark.parametrize("release", ENTRIES)
def test_entries_of_a_tabular_list_and_added_characters_make_the_order_file(
    release: str, catalogued: Catalogued
) -> None:
    """Read with another library. Too many are injuries of the head, which do not have every character."""
    entries = [*entries_of(ElementTree.fromstring(member_of(catalogued("icd10cm_tabular", release), "tabular").raw))]
    codes = {code for code, _, _ in entries}
    made = {code.ljust(6, "X") + each for code, added, is_last in entries if is_last for each in added}
    lines = member_of(catalogued("icd10cm", release), "order").raw.decode("cp1252").splitlines()
    listed = {line[6:13].strip() for line in lines}
    expanded = codes | made
    too_many = expanded - listed
    assert (len(entries), len(expanded), len(too_many)) == ENTRIES[release]
    assert {each[:3] for each in too_many} == {"S06"}
    assert codes <= listed <= expanded
    assert len(listed - codes) == ENTRIES[release][1] - ENTRIES[release][0] - ENTRIES[release][2]


@pytest.mark.parametrize("release", LINES)
def test_lines_of_a_list_of_icd9_are_those_of_another_reader_and_its_codes_those_that_a_plain_expression_finds(
    release: str, catalogued: Catalogued
) -> None:
    delivery, readers = catalogued("icd9cm_tabular", release), LAYOUTS["tabular_rtf"].readers
    members = [each for path in delivery.paths for each in open_members(delivery, delivery.read_file(path), readers)]
    counted = []
    for member in members:
        table = read_tabular_rtf(member.where, member.raw).to_pandas()
        lines = rtf_to_text(member.raw.decode("cp1252"), encoding="cp1252").split("\n")
        assert [line for _, line in read_rtf_lines(member.where, member.raw)] == lines
        of_three = "dtab" in member.where.lower()
        plain = {found[1] for line in lines if (found := A_LINE.match(line))}
        plain = {code for code in plain if (len(code.partition(".")[0]) > 2) == of_three}
        read = {*table[table["entry"] == "code"]["code"]}
        assert plain <= read
        assert read - plain <= JOINED
        counted.append(len(read))
    assert tuple(sorted(counted, reverse=True)) == LINES[release]
