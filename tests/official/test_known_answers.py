"""The tables built from the full files give the figures that were counted on these files beforehand.

Sections are those of `known_answers.md`; where another page is meant it is named.
"""

import re
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ReadTable
from tests.official.conftest import Member

# Section 1. Release: rows, billable, headers, billable added, of the removed ones: to header, gone; headers added, gone
# or turned into a billable code.
ICD10CM = {
    "2015-10-01": (91_737, 69_823, 21_914, None, None, None, None, None),
    "2016-10-01": (93_830, 71_486, 22_344, 1_974, 128, 183, 460, 30),
    "2017-10-01": (94_127, 71_704, 22_423, 360, 34, 108, 93, 14),
    "2018-10-01": (94_444, 71_932, 22_512, 279, 48, 3, 89, 0),
    "2019-10-01": (94_765, 72_184, 22_581, 273, 14, 7, 70, 1),
    "2020-10-01": (95_352, 72_616, 22_736, 490, 39, 19, 162, 7),
    "2021-01-01": (95_358, 72_621, 22_737, 6, 1, 0, 1, 0),
    "2021-10-01": (95_524, 72_748, 22_776, 159, 14, 18, 46, 7),
    "2022-04-01": (95_528, 72_750, 22_778, 3, 1, 0, 2, 0),
    "2022-10-01": (96_745, 73_639, 23_106, 1_176, 36, 251, 328, 0),
    "2023-04-01": (96_795, 73_674, 23_121, 42, 7, 0, 15, 0),
    "2023-10-01": (97_296, 74_044, 23_252, 395, 25, 0, 131, 0),
    "2024-04-01": (97_296, 74_044, 23_252, 0, 0, 0, 0, 0),
    "2024-10-01": (97_584, 74_260, 23_324, 252, 33, 3, 72, 0),
    "2025-04-01": (97_584, 74_260, 23_324, 0, 0, 0, 0, 0),
    "2025-10-01": (98_186, 74_719, 23_467, 487, 16, 12, 143, 0),
}
# Section 1: the two headers that became billable, I60.2 and H81.4.
TURNED_BILLABLE = {"2016-10-01": 1, "2019-10-01": 1}
# Section 1, last line: FY2026 billable codes by their length.
ICD10CM_BILLABLE_BY_LENGTH = {3: 214, 4: 5_398, 5: 7_143, 6: 10_479, 7: 51_485}

# Section 2. Release: rows, billable, tables, billable added and removed against the release before it in the build;
# 2022-04-01 is the errata, so 198 + 2 added and 107 removed against January 2021.
ICD10PCS = {
    "2015-10-01": (72_822, 71_974, 848, None, None),
    "2016-10-01": (76_646, 75_789, 857, 3_827, 12),
    "2017-10-01": (79_578, 78_705, 873, 3_562, 646),
    "2018-10-01": (79_758, 78_881, 877, 392, 216),
    "2019-10-01": (78_439, 77_559, 880, 734, 2_056),
    "2020-10-01": (78_992, 78_103, 889, 544, 0),
    "2021-01-01": (79_026, 78_136, 890, 33, 0),
    "2022-04-01": (79_124, 78_229, 895, 200, 107),
    "2023-04-01": (79_431, 78_530, 901, 365, 64),
    "2024-04-01": (79_543, 78_638, 905, 119, 11),
    "2024-10-01": (79_856, 78_948, 908, 371, 61),
}

# Section 3. Release: diagnoses, added, removed; procedures, added, removed.
ICD9 = {
    "2005-10-01": (13_367, None, None, 3_701, None, None),
    "2006-10-01": (13_549, 211, 29, 3_733, 36, 4),
    "2007-10-01": (13_677, 145, 17, 3_768, 39, 4),
    "2008-10-01": (14_025, 374, 26, 3_824, 60, 4),
    "2009-10-01": (14_315, 313, 23, 3_838, 14, 0),
    "2010-10-01": (14_432, 130, 13, 3_859, 22, 1),
    "2011-10-01": (14_567, 168, 33, 3_877, 19, 1),
    "2012-10-01": (14_567, 0, 0, 3_878, 1, 0),
    "2013-10-01": (14_567, 0, 0, 3_882, 4, 0),
    "2014-10-01": (14_567, 0, 0, 3_882, 0, 0),
}
# Section 3. System: headings with a line in the RTF that are not billable in v29. The reference counts 765 procedure
# headings because it left out the 35 lines with a tab and a blank; one of them is a heading, 33.7.
HEADINGS = {"ICD9CM": 2_974, "ICD9Proc": 766}

# Section 6. Release: records, codes, modifiers, not terminated: codes, modifiers.
HCPCS = {
    "2017-01-01": (10_828, 6_155, 343, 5_629, 339),
    "2019-01-01": (11_622, 6_440, 360, 5_934, 351),
    "2025-01-01": (15_700, 8_259, 383, 7_114, 363),
}

# Section 7. Release: codes of the list of causes of death.
ICD10 = {"2011-01-01": 10_849, "2023-01-01": 9_465}

# systems.md, section 4: first and last category, rows, billable; FY2026.
ICD10CM_CHAPTERS = [
    ([("A00", "B99")], 1_309, 1_068),
    ([("C00", "D49")], 2_178, 1_727),
    ([("D50", "D89")], 401, 323),
    ([("E00", "E89")], 1_267, 971),
    ([("F01", "F99")], 1_112, 871),
    ([("G00", "G99")], 932, 700),
    ([("H00", "H59")], 3_466, 2_677),
    ([("H60", "H95")], 871, 653),
    ([("I00", "I99")], 1_798, 1_427),
    ([("J00", "J99")], 471, 360),
    ([("K00", "K95")], 1_109, 857),
    ([("L00", "L99")], 1_206, 1_000),
    ([("M00", "M99")], 8_674, 6_665),
    ([("N00", "N99")], 1_044, 836),
    ([("O00", "O9A")], 3_023, 2_437),
    ([("P00", "P96")], 565, 463),
    ([("Q00", "Q99"), ("QA0", "QA0")], 1_086, 894),
    ([("R00", "R99")], 962, 773),
    ([("S00", "T88")], 54_261, 41_142),
    ([("V00", "Y99")], 10_602, 7_461),
    ([("Z00", "Z99")], 1_844, 1_411),
    ([("U00", "U85")], 5, 3),
]
# systems.md, section 5: first and last category, billable codes of v32.
ICD9CM_CHAPTERS = [
    ("001", "139", 1_270), ("140", "239", 988), ("240", "279", 335), ("280", "289", 123), ("290", "319", 477),
    ("320", "389", 1_399), ("390", "459", 474), ("460", "519", 255), ("520", "579", 596), ("580", "629", 389),
    ("630", "679", 1_104), ("680", "709", 204), ("710", "739", 892), ("740", "759", 421), ("760", "779", 281),
    ("780", "799", 372), ("800", "999", 2_587), ("V01", "V91", 1_109), ("E00", "E99", 1_291),
]  # fmt: skip
ICD9PROC_CHAPTERS = [
    ("00", "00", 79), ("01", "05", 139), ("06", "07", 73), ("08", "16", 287), ("17", "17", 33), ("18", "20", 59),
    ("21", "29", 179), ("30", "34", 135), ("35", "39", 289), ("40", "41", 52), ("42", "54", 471), ("55", "59", 161),
    ("60", "64", 104), ("65", "71", 196), ("72", "75", 64), ("76", "84", 669), ("85", "86", 109), ("87", "99", 783),
]  # fmt: skip
# systems.md, section 6: section, billable codes of FY2025.
ICD10PCS_SECTIONS = {
    "0": 68_367, "1": 304, "2": 861, "3": 1_272, "4": 422, "5": 55, "6": 46, "7": 100, "8": 89, "9": 90,
    "B": 2_978, "C": 463, "D": 2_056, "F": 1_380, "G": 28, "H": 59, "X": 378,
}  # fmt: skip

# systems.md, section 2: codes over all files. ICD10: the lists of 2011 and 2023. HCPCS: 8,365 codes and 383 modifiers.
CODES_EVER_LISTED = {"ICD10CM": 98_847, "ICD10": 10_852, "HCPCS": 8_365 + 383}
LAST_ICD9 = "2014-10-01"


@pytest.fixture(scope="module")
def releases(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "releases").set_index(["source", "system", "release"]).sort_index()


@pytest.fixture(scope="module")
def codes(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "codes")


@pytest.fixture(scope="module")
def code_patterns(official_build: Path, read_table: ReadTable) -> dict[str, str]:
    systems = read_table(official_build, "systems")
    return dict(zip(systems["system"], systems["code_pattern"], strict=True))


def of(codes: pd.DataFrame, system: str) -> pd.DataFrame:
    return codes[codes["system"] == system]


def listed_in_v32(codes: pd.DataFrame, system: str) -> pd.DataFrame:
    """The diagnoses or procedures of ICD-9-CM v32: headings are not on that list."""
    own = of(codes, system)
    return own[own["billable"] & (own["last_release"] == LAST_ICD9)]


@pytest.fixture(scope="module")
def history(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "code_history")


def ever_billable(history: pd.DataFrame, system: str) -> pd.DataFrame:
    """Codes that could be reported in some release."""
    own = of(history, system)
    return own[own["billable"]].drop_duplicates("code")


def current(codes: pd.DataFrame, system: str) -> pd.DataFrame:
    own = of(codes, system)
    return own[own["valid_to"].isna()]


def are_between(codes: "pd.Series[str]", first: str, last: str) -> "pd.Series[bool]":
    """Whether the codes' first characters, as many as the bounds have, lie between two bounds."""
    return codes.str[: len(first)].between(first, last).astype(bool)


def counts(row: "pd.Series[int]", *columns: str) -> list[int | None]:
    return [None if pd.isna(row[column]) else int(row[column]) for column in columns]


# Section 1: ICD-10-CM


def test_the_releases_of_icd10cm_are_the_sixteen(releases: pd.DataFrame) -> None:
    assert list(releases.loc[("icd10cm", "ICD10CM")].index) == sorted(ICD10CM)


@pytest.mark.parametrize("release", ICD10CM)
def test_icd10cm_rows_billable_and_headers(release: str, releases: pd.DataFrame) -> None:
    row = releases.loc[("icd10cm", "ICD10CM", release)]
    rows, billable, headers, *_ = ICD10CM[release]
    assert counts(row, "rows", "codes", "billable") == [rows, rows, billable]
    assert row["codes"] - row["billable"] == headers


@pytest.mark.parametrize("release", list(ICD10CM)[1:])
def test_icd10cm_added_and_removed(release: str, releases: pd.DataFrame) -> None:
    """The table counts billable codes and headers together, and a code that only changes its flag not at all."""
    *_, added, to_header, gone, headers_added, headers_gone = ICD10CM[release]
    turned = TURNED_BILLABLE.get(release, 0)
    row = releases.loc[("icd10cm", "ICD10CM", release)]
    expected = [added + headers_added - to_header - turned, gone + headers_gone - turned]
    assert counts(row, "added", "removed") == expected


@pytest.mark.parametrize("release", ["2024-04-01", "2025-04-01"])
def test_the_april_releases_that_repeat_october_revise_nothing(release: str, releases: pd.DataFrame) -> None:
    assert counts(releases.loc[("icd10cm", "ICD10CM", release)], "added", "removed", "revised") == [0, 0, 0]


def test_icd10cm_titles_revised_in_fy2017(releases: pd.DataFrame) -> None:
    """425 codes and 128 headers, two of them for a blank at the start of the title before."""
    assert releases.loc[("icd10cm", "ICD10CM", "2016-10-01"), "revised"] == 425 + 128


def test_icd10cm_codes_gone_at_the_end(codes: pd.DataFrame) -> None:
    assert of(codes, "ICD10CM")["valid_to"].notna().sum() == 661


def test_icd10cm_codes_billable_at_some_time(codes: pd.DataFrame) -> None:
    """75,719, of which 396 are headers as they last stood; 1,000 of them are not billable at the end."""
    own = of(codes, "ICD10CM")
    assert own["billable"].sum() == 75_719 - 396
    assert (own["billable"] & own["valid_to"].notna()).sum() == 1_000 - 396


def test_icd10cm_billable_codes_by_length(codes: pd.DataFrame) -> None:
    own = current(codes, "ICD10CM")
    assert own.loc[own["billable"], "code"].str.len().value_counts().to_dict() == ICD10CM_BILLABLE_BY_LENGTH


@pytest.mark.parametrize("code", ["J1282", "M3581", "M3589", "Z1152", "Z20822", "Z8616"])
def test_the_six_codes_of_january_2021_start_then(code: str, codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10CM").set_index("code").loc[code]
    assert (own["first_release"], str(own["valid_from"]), own["billable"]) == ("2021-01-01", "2021-01-01", True)


@pytest.mark.parametrize("code", ["M358", "Z283"])
def test_a_code_that_became_a_header_is_one_as_it_last_stood(code: str, codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10CM").set_index("code").loc[code]
    assert (own["first_release"], own["billable"]) == ("2015-10-01", False)


@pytest.mark.parametrize("system", CODES_EVER_LISTED)
def test_codes_over_all_files(system: str, codes: pd.DataFrame) -> None:
    assert len(of(codes, system)) == CODES_EVER_LISTED[system]


# Section 2: ICD-10-PCS


def test_the_releases_of_icd10pcs_are_the_eleven(releases: pd.DataFrame) -> None:
    assert list(releases.loc[("icd10pcs", "ICD10PCS")].index) == sorted(ICD10PCS)


@pytest.mark.parametrize("release", ICD10PCS)
def test_icd10pcs_rows_billable_and_tables(release: str, releases: pd.DataFrame) -> None:
    row = releases.loc[("icd10pcs", "ICD10PCS", release)]
    rows, billable, tables, *_ = ICD10PCS[release]
    assert counts(row, "rows", "codes", "billable") == [rows, rows, billable]
    assert row["codes"] - row["billable"] == tables


def test_icd10pcs_of_april_2022_is_the_errata(releases: pd.DataFrame) -> None:
    assert releases.loc[("icd10pcs", "ICD10PCS", "2022-04-01"), "file"] == "errata-january-12-2022.zip"


@pytest.mark.parametrize(("before", "release"), list(zip(list(ICD10PCS), list(ICD10PCS)[1:], strict=False)))
def test_icd10pcs_codes_added_and_removed(before: str, release: str, codes: pd.DataFrame) -> None:
    """No code leaves and returns, so its first and last release tell."""
    own = of(codes, "ICD10PCS")
    own = own[own["billable"]]
    added, removed = ICD10PCS[release][3:]
    assert (own["first_release"] == release).sum() == added
    assert (own["last_release"] == before).sum() == removed


def test_icd10pcs_codes_billable_at_some_time(codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10PCS")
    assert own["billable"].sum() == 82_121
    assert (own["billable"] == (own["code"].str.len() == 7)).all()


# Section 3: ICD-9-CM


@pytest.mark.parametrize("system", ["ICD9CM", "ICD9Proc"])
def test_the_versions_of_icd9cm_are_the_ten(system: str, releases: pd.DataFrame) -> None:
    assert list(releases.loc[("icd9cm", system)].index) == sorted(ICD9)


@pytest.mark.parametrize("release", ICD9)
@pytest.mark.parametrize(("system", "at"), [("ICD9CM", 0), ("ICD9Proc", 3)])
def test_icd9cm_codes_added_and_removed(system: str, at: int, release: str, releases: pd.DataFrame) -> None:
    row = releases.loc[("icd9cm", system, release)]
    listed, added, removed = ICD9[release][at : at + 3]
    assert counts(row, "rows", "codes", "billable") == [listed, listed, listed]
    assert counts(row, "added", "removed") == [added, removed]


@pytest.mark.parametrize(("system", "ever", "last"), [("ICD9CM", 14_708, 14_567), ("ICD9Proc", 3_896, 3_882)])
def test_icd9cm_codes_over_all_versions(
    system: str, ever: int, last: int, codes: pd.DataFrame, history: pd.DataFrame
) -> None:
    assert len(ever_billable(history, system)) == ever
    assert len(listed_in_v32(codes, system)) == last


@pytest.mark.parametrize("system", HEADINGS)
def test_icd9cm_headings(system: str, releases: pd.DataFrame, codes: pd.DataFrame) -> None:
    assert "tab12" in releases.loc[("icd9cm", system, "2011-10-01"), "file"]
    assert (~of(codes, system)["billable"]).sum() == HEADINGS[system]


def test_icd9cm_diagnoses_by_kind_and_length(codes: pd.DataFrame) -> None:
    own = listed_in_v32(codes, "ICD9CM")["code"]
    letters = own.str[0].where(own.str[0].isin(["V", "E"]), "number").value_counts().to_dict()
    assert letters == {"number": 12_167, "V": 1_109, "E": 1_291}
    assert own.str.len().value_counts().to_dict() == {3: 93, 4: 4_381, 5: 10_093}


def test_icd9cm_procedures_by_length(codes: pd.DataFrame) -> None:
    assert (listed_in_v32(codes, "ICD9Proc")["code"].str.len() == 3).sum() == 221


def test_icd10cm_codes_ever_billable(history: pd.DataFrame) -> None:
    assert len(ever_billable(history, "ICD10CM")) == 75_719


# Section 6: HCPCS


@pytest.mark.parametrize("release", HCPCS)
def test_hcpcs_records_codes_and_what_is_not_terminated(release: str, releases: pd.DataFrame) -> None:
    records, listed, modifiers, open_codes, open_modifiers = HCPCS[release]
    row = releases.loc[("hcpcs", "HCPCS", release)]
    assert counts(row, "rows", "codes", "billable") == [records, listed + modifiers, open_codes + open_modifiers]


def test_hcpcs_modifiers(codes: pd.DataFrame) -> None:
    own = of(codes, "HCPCS")
    is_modifier = own["kind"] == "modifier"
    assert is_modifier.sum() == 383
    assert (is_modifier == (own["code"].str.len() == 2)).all()


def test_hcpcs_kind_is_other_for_two_codes_only(codes: pd.DataFrame) -> None:
    own = of(codes, "HCPCS")
    assert own.loc[own["kind"] == "other", "code"].tolist() == ["C9898", "C9899"]


def test_hcpcs_code_that_was_used_again_has_its_new_meaning(codes: pd.DataFrame) -> None:
    own = of(codes, "HCPCS").set_index("code").loc["J1440"]
    assert own["short_description"].startswith("Fecal microbiota")
    assert (str(own["valid_from"]), pd.isna(own["valid_to"])) == ("2023-07-01", True)


HCPCS_FILES = [
    ("2017-01-01", "HCPC17_CONTR_ANWEB.txt"),
    ("2019-01-01", "HCPC2019_CONTR_ANWEB.txt"),
    ("2025-01-01", "HCPC2025_JAN_ANWEB_12172024.txt"),
]


def test_hcpcs_codes_start_and_end_on_the_days_of_their_last_record(
    codes: pd.DataFrame, official_member: Member
) -> None:
    """layouts.md: added in columns 269 to 276, terminated (last usable day, inclusive) in 285 to 292."""
    last: dict[str, tuple[str, str]] = {}
    for release, name in HCPCS_FILES:
        text = official_member("hcpcs", release, name).decode("cp1252")
        records = [line for line in text.split("\n") if re.match(r"(?:[A-Z]\d{4}|   [A-Z0-9]{2})\d{5}[37]", line)]
        last |= {line[:5].strip(): (line[268:276].strip(), line[284:292].strip()) for line in records}
    own = of(codes, "HCPCS")
    days = [own[name].astype("datetime64[s]").dt.strftime("%Y%m%d").fillna("") for name in ("valid_from", "valid_to")]
    published = dict(zip(own["code"], zip(*days, strict=True), strict=True))
    assert {code: (published[code], days) for code, days in last.items() if published[code] != days} == {}


# Section 7: causes of death


@pytest.mark.parametrize("release", ICD10)
def test_codes_of_the_lists_of_causes_of_death(release: str, releases: pd.DataFrame) -> None:
    assert releases.loc[("icd10_mortality", "ICD10", release), "codes"] == ICD10[release]


def test_causes_of_death_for_multiple_cause_only(codes: pd.DataFrame) -> None:
    """The list of 2023 has no headings, so its codes are those that no longer code starts with."""
    own = of(codes, "ICD10")
    never_alone = own.loc[own["billable"] & ~own["standalone"], "code"]
    assert len(never_alone) == 1_318
    assert never_alone.str[0].isin(["S", "T"]).sum() == 1_248


def test_every_injury_is_for_multiple_cause_only(codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10")
    injuries = own[own["billable"] & own["code"].str[0].isin(["S", "T"])]
    assert len(injuries) == 1_248
    assert not injuries["standalone"].any()


def test_external_causes_of_death_stand_alone(codes: pd.DataFrame) -> None:
    """systems.md, section 9: the other way round than in ICD-10-CM."""
    own = of(codes, "ICD10")
    external = own[own["billable"] & own["code"].str[0].isin(["V", "W", "X"])]
    assert len(external) > 500
    assert external["standalone"].all()


def test_causes_of_death_deleted(official_build: Path, read_table: ReadTable) -> None:
    """Seven of the 31 are categories that were codes until they were subdivided, and are headings since."""
    history = of(read_table(official_build, "code_history"), "ICD10")
    ended = history[history["valid_to"].notna()]
    assert len(ended) == 31
    assert ended["billable"].all()
    headings = history[history["code"].isin(ended["code"]) & history["valid_to"].isna()]
    assert set(headings["code"]) == {"A09", "K85", "L89", "O96", "O97", "X34", "X59"}
    assert not headings["billable"].any()


@pytest.mark.parametrize(
    ("code", "first_day", "standalone"),
    [("U070", "2019-01-01", True), ("U071", "2020-01-01", True), ("U099", "2023-01-01", False)],
)
def test_causes_of_death_new_against_2011(code: str, first_day: str, standalone: bool, codes: pd.DataFrame) -> None:
    own = of(codes, "ICD10")
    new = own[own["first_release"] == "2023-01-01"].set_index("code")
    assert len(new) == 3
    assert (str(new.loc[code, "valid_from"]), new.loc[code, "standalone"]) == (first_day, standalone)


@pytest.mark.parametrize(("system", "billable"), [("ICD10CM", 7_461), ("ICD9CM", 1_291)])
def test_external_causes_never_stand_alone(system: str, billable: int, codes: pd.DataFrame) -> None:
    """systems.md, section 9."""
    own = current(codes, "ICD10CM") if system == "ICD10CM" else listed_in_v32(codes, system)
    never_alone = own[~own["standalone"]]
    bounds = ("V00", "Y99") if system == "ICD10CM" else ("E00", "E99")
    assert never_alone["billable"].sum() == billable
    assert are_between(never_alone["code"], *bounds).all()


# systems.md, sections 4 to 6: chapters


@pytest.mark.parametrize(
    ("ranges", "rows", "billable"), ICD10CM_CHAPTERS, ids=[row[0][0][0] for row in ICD10CM_CHAPTERS]
)
def test_icd10cm_chapters(ranges: list[tuple[str, str]], rows: int, billable: int, codes: pd.DataFrame) -> None:
    own = current(codes, "ICD10CM")
    within = pd.concat([own[are_between(own["code"], first, last)] for first, last in ranges])
    assert (len(within), within["billable"].sum()) == (rows, billable)


def test_icd10cm_chapters_hold_every_code() -> None:
    assert sum(rows for _, rows, _ in ICD10CM_CHAPTERS) == ICD10CM["2025-10-01"][0]


@pytest.mark.parametrize(
    ("system", "first", "last", "billable"),
    [("ICD9CM", *row) for row in ICD9CM_CHAPTERS] + [("ICD9Proc", *row) for row in ICD9PROC_CHAPTERS],
)
def test_icd9cm_chapters(system: str, first: str, last: str, billable: int, codes: pd.DataFrame) -> None:
    assert are_between(listed_in_v32(codes, system)["code"], first, last).sum() == billable


def test_icd10pcs_sections(codes: pd.DataFrame) -> None:
    own = current(codes, "ICD10PCS")
    assert own.loc[own["billable"], "code"].str[0].value_counts().to_dict() == ICD10PCS_SECTIONS
    assert (own["section"] == own["code"].str[0]).all()


# Section 8: collisions and damage


def texts(rows: pd.DataFrame, column: str = "code") -> set[str]:
    return set(rows[column])


def test_diagnoses_of_v32_that_are_icd10cm_codes_too(codes: pd.DataFrame) -> None:
    old, new = listed_in_v32(codes, "ICD9CM"), current(codes, "ICD10CM")
    assert len(texts(old) & texts(new)) == 500
    assert len(texts(old) & texts(new[new["billable"]])) == 48


def test_diagnoses_of_v32_that_are_procedures_too(codes: pd.DataFrame) -> None:
    diagnoses, procedures = listed_in_v32(codes, "ICD9CM"), listed_in_v32(codes, "ICD9Proc")
    assert len(texts(diagnoses) & texts(procedures)) == 1_593
    assert texts(diagnoses, "code_dotted") & texts(procedures, "code_dotted") == set()


def test_collisions_over_all_files(codes: pd.DataFrame, history: pd.DataFrame) -> None:
    diagnoses = ever_billable(history, "ICD9CM")
    assert len(texts(diagnoses) & texts(of(codes, "ICD10CM"))) == 523
    assert len(texts(diagnoses) & texts(ever_billable(history, "ICD9Proc"))) == 1_642


def test_dotted_diagnoses_of_v32_equal_headers_of_icd10cm_only(codes: pd.DataFrame) -> None:
    new = current(codes, "ICD10CM")
    collisions = texts(listed_in_v32(codes, "ICD9CM"), "code_dotted") & texts(new, "code_dotted")
    assert len(collisions) == 447
    assert all(code.startswith("V") for code in collisions)
    assert collisions & texts(new[new["billable"]], "code_dotted") == set()


@pytest.mark.parametrize(
    ("system", "leading", "another", "strings"), [("ICD9CM", 1_064, 322, 14_220), ("ICD9Proc", 367, 57, 3_809)]
)
def test_what_lost_leading_zeros_would_do(
    system: str, leading: int, another: int, strings: int, codes: pd.DataFrame
) -> None:
    own = texts(listed_in_v32(codes, system))
    with_zero = {code for code in own if code.startswith("0")}
    assert len(with_zero) == leading
    assert sum(code.lstrip("0") in own for code in with_zero) == another
    assert len({code.lstrip("0") for code in own}) == strings


# Patterns of the registry: systems.md, section 2


def fits(pattern: str, code: str) -> bool:
    return re.search(pattern, code) is not None


@pytest.mark.parametrize("system", ["ICD10CM", "ICD10PCS", "ICD9CM", "ICD9Proc", "HCPCS", "ICD10"])
def test_pattern_accepts_every_code_of_every_release(
    system: str, codes: pd.DataFrame, code_patterns: dict[str, str]
) -> None:
    own = of(codes, system)["code"]
    assert len(own) > 3_000
    assert [code for code in own if not fits(code_patterns[system], code)] == []


CCS = {"ICD9CM": ("ccs_icd9_dx", "$dxref 2015.csv", 15_072), "ICD9Proc": ("ccs_icd9_px", "$prref 2015.csv", 3_948)}


@pytest.mark.parametrize("system", CCS)
def test_pattern_accepts_codes_older_than_the_listings(
    system: str, official_member: Member, code_patterns: dict[str, str]
) -> None:
    """Section 7: the groupers of 2015 hold older codes too; the first row is a pseudo code of blanks."""
    source, name, distinct = CCS[system]
    lines = official_member(source, "2015", name).decode("ascii").splitlines()[2:]
    grouped = {line.split(",")[0].strip("' ") for line in lines} - {""}
    assert len(grouped) == distinct
    assert [code for code in grouped if not fits(code_patterns[system], code)] == []


@pytest.mark.parametrize(("system", "distinct"), [("ICD9", 10_216), ("ICD10", 22_573)])
def test_pattern_accepts_every_cause_of_the_113_causes(
    system: str, distinct: int, official_member: Member, code_patterns: dict[str, str]
) -> None:
    """The recode drops the E of external causes."""
    program = official_member("nchs_113_causes", "1999-01-01", "Classify_to_113_list.sas").decode("ascii")
    of_icd9, _, of_icd10 = program.partition("/*CLASSIFY ICD-10 CODES")
    causes = set(re.findall(r"'([A-Z]?\d{2,4})'", of_icd9 if system == "ICD9" else of_icd10))
    assert len(causes) == distinct
    assert [code for code in causes if not fits(code_patterns[system], code)] == []
