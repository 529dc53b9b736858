"""The rules of use against the agencies' lists, read here anew: on every list's days, both ways."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ReadTable
from tests.official.conftest import Member

POA = {
    "2016-10-01": ("POAexemptCodes2017.txt", 36_875, date(2017, 3, 31)),
    "2020-10-01": ("POAexemptCodes2021.txt", 37_258, date(2020, 12, 31)),
    "2021-01-01": ("POAexemptCodesJan2021.txt", 37_260, date(2021, 3, 31)),
    "2024-10-01": ("POAexemptCodesFY25.txt", 38_154, date(2025, 3, 31)),
    "2025-10-01": ("POAexemptCodesFY26.txt", 38_349, date(2026, 3, 31)),
}
# release: version, surgical, medical, CC, MCC, collections, codes of B, O.R. and other procedures, CC without exclusion
MSDRG = {
    "2020-08-01": ("37.2", 391, 368, 14_598, 3_250, 1_791, 65_246, 53_050, 2_443, 0),
    "2023-10-01": ("41.0", 392, 372, 14_885, 3_330, 3_848, 66_603, 53_672, 2_533, 34),
    "2025-10-01": ("43.0", 403, 367, 15_078, 3_354, 1_994, 67_258, 54_118, 2_558, 41),
}
LISTED = re.compile(r"^ ([A-Z][0-9A-Z]{2,6}) +(M?CC) +(?:(\d{4}):[\d,]+ codes?|No Excl) ", re.MULTILINE)
ALIVE_IN_ALL = {"I462", "I468", "I469", "I4901", "R092", "R570", "R578"}


@pytest.fixture(scope="module")
def rules(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "code_rules")


@pytest.fixture(scope="module")
def lists(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    return read_table(official_build, "rule_lists")


def values_on(rules: pd.DataFrame, rule: str, day: date) -> dict[str, str]:
    """The value of each code that a rule lists on a day."""
    own = rules[(rules["rule"] == rule) & (rules["valid_from"] <= day) & (rules["valid_to"] >= day)]
    assert not own["code"].duplicated().any()
    return dict(zip(own["code"], own["value"], strict=True))


def printed_codes(member: Member, release: str) -> set[str]:
    """The codes of an exempt list, by the csv reader of Python."""
    text = member("poa_exempt", release, POA[release][0]).decode("ascii")
    return {row[1].replace(".", "") for row in [*csv.reader(io.StringIO(text), delimiter="\t")][1:]}


def appendix(member: Member, release: str, name: str) -> str:
    return member("msdrg_definitions", release, name).decode("ascii").replace("\r\n", "\n")


@pytest.mark.parametrize("release", POA)
def test_exempt_on_each_day_of_a_list_are_the_codes_of_that_list(
    rules: pd.DataFrame, official_member: Member, release: str
) -> None:
    printed, (_, count, last) = printed_codes(official_member, release), POA[release]
    assert len(printed) == count
    for day in (date.fromisoformat(release), last):
        assert {*values_on(rules, "poa_exempt", day)} == printed
    assert {*values_on(rules, "poa_exempt", last).values()} == {"exempt"}


def test_years_without_an_exempt_list_are_not_known(rules: pd.DataFrame, lists: pd.DataFrame) -> None:
    own = lists[lists["rule"] == "poa_exempt"]
    assert dict(zip(own["release"], own["known_through"], strict=True)) == {
        name: last for name, (_, _, last) in POA.items()
    }
    for day in (date(2017, 4, 1), date(2019, 10, 1), date(2021, 4, 1), date(2024, 9, 30), date(2026, 4, 1)):
        assert values_on(rules, "poa_exempt", day) == {}
        assert not ((own["known_from"] <= day) & (own["known_through"] >= day)).any()


def test_exempt_lists_change_as_their_additions_and_deletions_say(rules: pd.DataFrame, official_member: Member) -> None:
    printed = {release: printed_codes(official_member, release) for release in POA}
    assert printed["2021-01-01"] - printed["2020-10-01"] == {"Z1152", "Z8616"}
    assert printed["2020-10-01"] < printed["2021-01-01"]
    assert (len(set.union(*printed.values())), len(set.intersection(*printed.values()))) == (38_771, 36_454)
    row = rules[(rules["rule"] == "poa_exempt") & (rules["code"] == "Z23")]
    assert (date(2020, 10, 1), date(2021, 3, 31)) in {*zip(row["valid_from"], row["valid_to"], strict=True)}


@pytest.mark.parametrize("release", MSDRG)
def test_complications_on_the_days_of_a_version_are_those_of_its_appendix_c(
    rules: pd.DataFrame, official_member: Member, release: str
) -> None:
    printed = {code: level for code, level, _ in LISTED.findall(appendix(official_member, release, "appendix_C.txt"))}
    found = values_on(rules, "cc", date.fromisoformat(release))
    assert found == printed
    levels = [*found.values()]
    assert (levels.count("CC"), levels.count("MCC")) == MSDRG[release][3:5]
    assert MSDRG[release][9] == len(found) - len(values_on(rules, "cc_exclusions", date.fromisoformat(release)))


@pytest.mark.parametrize("release", MSDRG)
def test_each_complication_has_the_collection_that_is_printed(
    rules: pd.DataFrame, official_build: Path, read_table: ReadTable, official_member: Member, release: str
) -> None:
    text = appendix(official_member, release, "appendix_C.txt").partition("Appendix C Part 2: Codes")[0]
    head, *blocks = re.split(r"^PDX collection ", text, flags=re.MULTILINE)
    printed = {block[:4]: frozenset(re.findall(r"^  (\w+) ", block, re.MULTILINE)) for block in blocks}
    assert len(printed) == MSDRG[release][5]
    exclusions = read_table(official_build, "cc_exclusions")
    members = exclusions.groupby("collection")["code"].agg(frozenset).to_dict()
    found = values_on(rules, "cc_exclusions", date.fromisoformat(release))
    asked = {code: number for code, _, number in LISTED.findall(head) if number}
    assert found.keys() == asked.keys()
    assert [code for code, number in asked.items() if members[found[code]] != printed[number]] == []


def test_collections_of_the_same_codes_are_kept_once(official_build: Path, read_table: ReadTable) -> None:
    exclusions = read_table(official_build, "cc_exclusions")
    members = exclusions.groupby("collection")["code"].agg(frozenset)
    assert (len(members), members.nunique(), len(exclusions)) == (3_347, 3_347, 329_953)


def test_tables_6i_and_6j_say_what_appendix_c_says(rules: pd.DataFrame, official_member: Member) -> None:
    found = values_on(rules, "cc", date(2025, 10, 1))
    for level, name, count in (
        ("MCC", "Table6I_mcc_list_FY2026.txt", 3_354),
        ("CC", "Table6J_cc_list_FY2026.txt", 15_078),
    ):
        text = official_member("ipps_tables", "2025-10-01", name).decode("ascii")
        printed = {
            row.partition("\t")[0].replace(".", "") for row in text.splitlines()[2:] if re.match(r"[A-Z]\d|QA", row)
        }
        assert len(printed) == count
        assert {code for code, value in found.items() if value == level} == printed


def test_complications_change_from_version_to_version_as_known(rules: pd.DataFrame) -> None:
    one, two, three = (values_on(rules, "cc", date.fromisoformat(release)) for release in MSDRG)
    assert (len(two.keys() - one.keys()), len(one.keys() - two.keys())) == (413, 46)
    assert (len(three.keys() - two.keys()), len(two.keys() - three.keys())) == (239, 22)
    assert all(one[code] == two[code] for code in one.keys() & two.keys())
    for found in (one, two, three):
        levels = {"A021": "MCC", "A000": "CC", "I5022": "CC", "I5023": "MCC", "I110": None, "J189": "MCC", "N179": "CC"}
        levels |= {"R6521": "MCC", "D62": "CC", "E43": "MCC", "Z6841": "CC"}
        assert {code: found.get(code) for code in levels} == levels


@pytest.mark.parametrize("release", MSDRG)
def test_only_if_discharged_alive_are_eight_codes(rules: pd.DataFrame, release: str) -> None:
    eighth = {"T794XXA"} if release == "2025-10-01" else {"R571"}
    assert {*values_on(rules, "cc_if_alive", date.fromisoformat(release))} == ALIVE_IN_ALL | eighth


@pytest.mark.parametrize("release", MSDRG)
def test_operating_room_procedures_are_those_of_appendix_e(
    rules: pd.DataFrame, official_member: Member, release: str
) -> None:
    text = appendix(official_member, release, "appendix_D_E.txt")
    index = text.partition("\nProcedure Code/MS-DRG Index\n")[2].partition("\nProcedure Cluster/MS-DRG Index\n")[0]
    printed = dict(re.findall(r"^  ([0-9A-Z]{7})([*+]*)", index, re.MULTILINE))
    day = date.fromisoformat(release)
    found = values_on(rules, "or_procedure", day)
    assert found == {code: "non_or" if "*" in flags else "yes" for code, flags in printed.items()}
    values = [*found.values()]
    assert (values.count("yes"), values.count("non_or")) == MSDRG[release][7:9]
    assert {*values_on(rules, "procedure_cluster", day)} == {code for code, flags in printed.items() if "+" in flags}


@pytest.mark.parametrize("release", MSDRG)
def test_hospital_acquired_conditions_are_those_of_appendix_i(
    rules: pd.DataFrame, official_member: Member, release: str
) -> None:
    name = "appendix_F_J.txt" if release == "2020-08-01" else "appendix_F_I.txt"
    text = appendix(official_member, release, name).rpartition("|         Appendix I Hosp")[2]
    printed: set[tuple[str, str]] = set()
    condition, role = "", ""
    for line in text.splitlines():  # some thousand
        condition = line[4:6] if line.startswith("HAC ") else condition
        role = line if re.match(r"SECONDARY|PROCEDURES|PRINCIPAL|NON-OP|IN ADD", line) else role
        if (code := re.match(r"  (\w{3,7})\*? +M?CC ", line)) and role == "SECONDARY DIAGNOSIS":
            printed.add((condition, code[1]))
    day = date.fromisoformat(release)
    own = rules[(rules["rule"] == "hac") & (rules["valid_from"] <= day) & (rules["valid_to"] >= day)]
    assert {*zip(own["value"].str[:2], own["code"], strict=True)} == printed
    assert len({each for each, _ in printed}) == 14


def test_codes_of_lists_are_listed_but_for_procedures_of_a_later_edition(
    lists: pd.DataFrame, rules: pd.DataFrame, official_build: Path, read_table: ReadTable
) -> None:
    unlisted = lists[(lists["unlisted"] > 0) & (lists["rule"] != "chronic")]
    assert {*zip(unlisted["rule"], unlisted["release"], unlisted["unlisted"], strict=True)} == {
        ("or_procedure", "2025-10-01", 162),
        ("hac_procedure", "2025-10-01", 22),
        ("procedure_cluster", "2025-10-01", 2),
    }
    validity = read_table(official_build, "validity")
    for each in lists[lists["rule"].isin(["poa_exempt", "cc"])].itertuples():
        valid = validity[(validity["system"] == each.system) & validity["billable"]]
        valid = valid[(valid["valid_from"] <= each.known_from) & (valid["valid_through"] >= each.known_from)]
        assert {*values_on(rules, each.rule, each.known_from)} <= {*valid["code"]}, (each.rule, each.release)


def test_groups_have_the_titles_of_the_manual_and_the_weights_of_table_5(
    official_build: Path, read_table: ReadTable, official_member: Member
) -> None:
    groups = read_table(official_build, "msdrgs")
    for release, (version, surgical, medical, *_) in MSDRG.items():
        own = groups[groups["release"] == release]
        assert {*own["version"]} == {version}
        assert ((own["type"] == "surgical").sum(), (own["type"] == "medical").sum()) == (surgical, medical)
        lines = appendix(official_member, release, "appendix_A.txt").splitlines()
        printed = {line[:3]: line[11:].strip() for line in lines if re.match(r"\d{3} ", line)}
        assert dict(zip(own["drg"], own["title"], strict=True)) == printed
    own = groups[groups["release"] == "2025-10-01"].set_index("drg")
    weights = {"001": 28.0239, "065": 1.0103, "291": 1.2838, "470": 1.9289, "807": 0.6742, "871": 1.9425, "190": 1.1077}
    assert {drg: own.at[drg, "weight"] for drg in weights} == weights
    assert (int(own["post_acute"].sum()), int(own["special_pay"].sum())) == (285, 49)
    assert own["weight"].isna().sum() == 2
    assert groups[groups["release"] != "2025-10-01"]["weight"].isna().all()


@pytest.mark.parametrize("release", MSDRG)
def test_major_categories_of_a_version_are_those_of_appendix_b(
    official_build: Path, read_table: ReadTable, official_member: Member, release: str
) -> None:
    pairs, code = set(), ""
    for line in appendix(official_member, release, "appendix_B.txt").splitlines():  # 90,000
        if found := re.match(r" (\w{3,7}| {7}) +(\d\d|Pre) [ \d]", line):
            code = found[1].strip() or code
            pairs.add((code, found[2]))
    mappings = read_table(official_build, "mappings")
    own = mappings[(mappings["crosswalk"] == "mdc_icd10cm") & mappings["target_code"].notna()]
    own = own[(own["release_from"] <= release) & (own["release_to"] >= release)]
    assert {*zip(own["source_code"], own["target_code"].str.title(), strict=True)} == pairs
    assert own["source_code"].nunique() == MSDRG[release][6]


def test_a_list_ends_before_the_next_begins(lists: pd.DataFrame) -> None:
    for _, own in lists.groupby(["rule", "system"]):
        starts, ends = own["known_from"].tolist(), own["known_through"].tolist()
        assert all(end + timedelta(days=1) <= start for end, start in zip(ends[:-1], starts[1:], strict=True))
