"""What the lists of laboratory determinations mean, in our columns."""

from datetime import date

import pyarrow as pa

from pipeline.history.policy_codes import derive_policies
from pipeline.ingest import TextFrame
from pipeline.ingest.lab_ncd import read_lab_ncd
from pipeline.normalise.policies import PublishedPolicies, lab_ncd_policies
from tests.ingest.test_lab_ncd import DAY, workbook
from tests.normalise.frames import delivery_of

OF_LIST = date(2022, 4, 1)
ROWS = [
    [190.15, "Blood Counts", 85004, date(2003, 7, 1), "", "K0251-K0253", DAY, "", 3],
    [190.15, "", "", "", "", "@@@@@@@", DAY, "", 1],
    [190.31, "Prostate Specific Antigen", 84153, "", "", "C61", DAY, "", 1],
    [190.31, "", "J0130", "", "", "R972", DAY, date(2016, 9, 30), 1],
    [190.31, "", "", "", "", "D72110-D72119", date(2020, 10, 1), date(2021, 6, 30), 2],
    [190.31, "", "", "", "", "@@@@@@@", DAY, "", 3],
]
EPISODES = pa.Table.from_pylist(
    [
        {"system": system, "code": code, "billable": billable, "valid_from": first, "valid_to": last}
        for system, code, billable, first, last in [
            ("ICD10CM", "K0251", True, DAY, None),
            ("ICD10CM", "K0252", True, DAY, None),
            ("ICD10CM", "K025", False, DAY, None),
            ("ICD10CM", "K02525", False, DAY, None),
            ("ICD10CM", "K02526", True, date(2022, 10, 1), None),
            ("ICD10CM", "K02527", True, DAY, date(2021, 9, 30)),
            ("ICD9CM", "K02528", True, DAY, None),
            ("ICD10CM", "D72115", True, DAY, date(2021, 6, 30)),
        ]
    ]
)


def published() -> PublishedPolicies:
    delivery = delivery_of("lab_ncd", OF_LIST)
    frame = TextFrame("list", "a.zip!b.xlsx", read_lab_ncd("b.xlsx", workbook(*ROWS)))
    (found,) = lab_ncd_policies(delivery, {"list": frame})
    return found


def tables() -> dict[str, list[dict[str, object]]]:
    return {name: table.to_pylist() for name, table in derive_policies([published()], EPISODES).items()}


def test_each_list_is_a_policy_that_speaks_until_the_next_quarter() -> None:
    rows = tables()["policies"]
    assert [(row["policy"], row["title"], row["kind"], row["publisher"]) for row in rows] == [
        ("NCD 190.15", "Blood Counts", "national", "CMS"),
        ("NCD 190.31", "Prostate Specific Antigen", "national", "CMS"),
    ]
    days = {(row["known_from"], row["effective_from"], row["known_through"]) for row in rows}
    assert days == {(DAY, OF_LIST, date(2022, 6, 30))}
    assert {row["source_file"] for row in rows} == {"b.xlsx"}


def test_procedures_and_diagnoses_of_one_row_are_no_pair() -> None:
    rows = [row for row in tables()["policy_codes"] if row["policy"] == "NCD 190.31"]
    assert {row["code_group"] for row in rows} == {"list"}
    procedures = [row for row in rows if row["role"] == "procedure"]
    assert [(row["system"], row["code"], row["answer"], row["basis"], row["line"]) for row in procedures] == [
        ("CPT4", "84153", None, "whole_list", 10), ("HCPCS", "J0130", None, "whole_list", 11),
    ]  # fmt: skip


def test_a_list_says_what_holds_of_every_other_code() -> None:
    defaults = {row["policy"]: row["answer"] for row in tables()["policy_codes"] if row["code"] == "*"}
    assert defaults == {"NCD 190.15": "covered", "NCD 190.31": "not_supporting"}


def test_days_are_those_of_the_row() -> None:
    rows = {row["code"]: (row["valid_from"], row["valid_to"]) for row in tables()["policy_codes"]}
    assert rows["R972"] == (DAY, date(2016, 9, 30))
    assert rows["C61"] == (DAY, None)
    assert rows["84153"] == (None, None)
    assert rows["85004"] == (date(2003, 7, 1), None)


def test_range_stands_for_its_ends_and_the_codes_that_could_be_reported_on_the_day_of_the_list() -> None:
    """K025.3 is in no listing here; headings, codes that began later or had ended, and other systems are not meant."""
    rows = {row["code"]: row for row in tables()["policy_codes"] if row["printed"] == "K0251-K0253"}
    assert {*rows} == {"K0251", "K0252", "K0253"}
    assert {row["line"] for row in rows.values()} == {8}


def test_range_that_ended_stands_for_the_codes_of_its_last_day() -> None:
    rows = [row["code"] for row in tables()["policy_codes"] if row["printed"] == "D72110-D72119"]
    assert sorted(map(str, rows)) == ["D72110", "D72115", "D72119"]


def test_build_without_policies_has_both_tables_empty() -> None:
    assert {name: len(table) for name, table in derive_policies([], EPISODES).items()} == {
        "policies": 0, "policy_codes": 0,
    }  # fmt: skip
