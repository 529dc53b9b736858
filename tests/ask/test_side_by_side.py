"""Systems side by side: the facts are those of the tables, in words and in 80 columns."""

import csv
import io
import json
from datetime import date
from itertools import permutations
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipeline import PROJECT
from pipeline.ask.build import open_build
from pipeline.ask.claim_kinds import claim_kinds
from pipeline.ask.compare.contrasts import contrast_pair
from pipeline.ask.compare.profiles import Profile, read_profiles
from pipeline.ask.compare.words import QUESTIONS, SAY_NOTHING_ALONE, as_share
from pipeline.normalise.systems import read_systems
from schemas.codes import CODE_KINDS
from tests.ask.conftest import ChangeTable
from tests.samples import copy_excerpt, run


def printed(build: Path, *arguments: str) -> str:
    result = run(*arguments, "--output", str(build.parent))
    assert result.exit_code == 0, result.output
    return result.output


def rows_of_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_of_systems_has_the_facts_of_the_json(excerpt_build: Path) -> None:
    rows = rows_of_csv(printed(excerpt_build, "systems", "--format", "csv"))
    told = json.loads(printed(excerpt_build, "systems", "--format", "json"))
    assert [row["system"] for row in rows] == [each["system"] for each in told]
    for row, each in zip(rows, told, strict=True):
        assert row["kinds"] == "; ".join(each["kinds"])
        assert (row["now"], row["known_through"]) == (str(each["now"]), each["known_through"] or "")


def test_csv_of_a_comparison_has_a_row_for_each_fact_and_a_column_for_each_system(excerpt_build: Path) -> None:
    rows = rows_of_csv(printed(excerpt_build, "compare", "ICD9CM", "HCPCS", "--format", "csv"))
    assert [*rows[0]] == ["fact", "ICD9CM", "HCPCS"]
    facts = {row["fact"]: row for row in rows}
    assert facts["Maintained by"]["HCPCS"] == "CMS"
    assert len(facts) == len(rows) > 10


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("pair", [("CPT4", "ICD9Proc"), ("ICD10CM", "HCPCS"), ("ICD9CM", "ICD10CM", "ICD10PCS")])
def test_a_comparison_fits_into_80_columns_but_for_addresses(excerpt_build: Path, pair: tuple[str, ...]) -> None:
    lines = printed(excerpt_build, "compare", *pair).splitlines()
    assert [line for line in lines if len(line) > 80 and "https://" not in line] == []
    assert max(map(len, printed(excerpt_build, "systems").splitlines())) <= 80


def test_a_newcomer_is_told_what_sets_icd_and_hcpcs_apart(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "ICD10CM", "HCPCS"))
    says = "HCPCS says what was done, what was supplied and which drug was given"
    assert f"ICD10CM says why the patient was treated, {says}" in text
    assert "A professional claim or a hospital outpatient claim may carry both" in text
    assert "HCPCS stands there only for clotting factors for haemophilia" in text
    assert "No crosswalk of equivalence between ICD10CM and HCPCS: they answer different questions" in text


def test_a_newcomer_is_told_where_cpt_and_icd9_procedures_are_used(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "cpt4", "icd9proc"))
    places = "CPT4 stands on professional claims and hospital outpatient claims; ICD9Proc stands on hospital inpatient"
    assert f"No claim carries both: {places}" in text
    assert "ICD9Proc ended on 2015-09-30: the day of discharge decides on hospital inpatient claims" in text
    table = printed(excerpt_build, "compare", "CPT4", "--format", "md")
    assert "title not shown (AMA copyright, licence needed)" in table
    assert "for hospital inpatients too, on professional claims" in table


def test_successors_are_told_from_contemporaries(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "ICD10CM", "ICD9CM"))
    assert "ICD10CM came after ICD9CM, on 2015-10-01: the day of service decides on professional claims" in text
    assert "No crosswalk of equivalence" not in text
    assert "Both say why the patient was treated." in text


def test_connecting_crosswalks_have_their_coverage_from_the_quality_table(excerpt_build: Path) -> None:
    quality = pd.read_parquet(excerpt_build / "parquet" / "crosswalk_quality.parquet")
    own = quality[(quality["crosswalk"] == "gem_icd9cm_icd10cm") & (quality["chapter"] == "all")]
    newest = own.sort_values("release").iloc[-1]
    text = flat(printed(excerpt_build, "compare", "ICD9CM", "ICD10CM"))
    assert f"Covers {newest['covered']:,} of the {newest['billable']:,} codes of ICD9CM" in text


def test_counts_are_those_of_the_codes_and_the_example_is_a_code(excerpt_build: Path) -> None:
    codes = pd.read_parquet(excerpt_build / "parquet" / "codes.parquet")
    for row in json.loads(printed(excerpt_build, "systems", "--format", "json")):
        own = codes[codes["system"] == row["system"]]
        assert row["ever"] == len(own)
        last_day = pd.Timestamp(row["known_through"] or "1900-01-01")
        first, last = pd.to_datetime(own["valid_from"]), pd.to_datetime(own["valid_to"])
        is_valid = first.le(last_day) & (last.isna() | last.ge(last_day))
        assert row["now"] == (is_valid & own["billable"]).sum()
        if row["ever"]:
            example = own[own["code_dotted"] == row["example"]].iloc[0]
            assert row["example_title"] in {example["description"], example["short_description"], None}


def test_nothing_is_said_of_today_but_how_far_the_build_knows(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "ICD10CM", "HCPCS"))
    assert "today" not in text
    assert "Known through 2026-03-31; the newest release 2025-03-31; the newest release" in text
    (row,) = (line for line in printed(excerpt_build, "systems").splitlines() if line.startswith("ICD10CM "))
    assert "2026-03-31" in row
    closed = flat(printed(excerpt_build, "compare", "ICD9CM"))
    assert "Known through 2015-09-30; the newest release here is of 2014-10-01, its last" in closed


def test_growth_is_that_of_the_releases(excerpt_build: Path) -> None:
    (row,) = (
        row
        for row in json.loads(printed(excerpt_build, "compare", "HCPCS", "--format", "json"))["systems"]
        if row["system"] == "HCPCS"
    )
    years = (pd.Timestamp(row["last_day"]) - pd.Timestamp(row["first_day"])).days / 365.25
    assert row["first_billable"] * (1 + row["growth"]) ** years == pytest.approx(row["last_billable"])


def test_markdown_has_a_column_for_each_system(excerpt_build: Path) -> None:
    lines = printed(excerpt_build, "compare", "ICD10CM", "HCPCS", "--format", "md").splitlines()
    assert lines[0] == "|  | ICD10CM | HCPCS |"
    assert {"## What sets them apart", "## The claims", "## Crosswalks and policies", "## Worked example"} <= {*lines}


def test_groupings_that_several_lead_to_are_named(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "ICD9", "ICD10"))
    assert "ICD10 and ICD9 lead to NCHS113, each by its own: causes_113_icd10, causes_113_icd9." in text


def test_unknown_systems_and_missing_builds_are_wrong_usage(excerpt_build: Path, tmp_path: Path) -> None:
    result = run("compare", "foo", "--output", str(excerpt_build.parent))
    assert result.exit_code == 2
    assert "there is no such system" in result.stderr
    assert run("systems", "--output", str(tmp_path)).exit_code == 2


def test_what_lacks_a_few_codes_is_not_said_to_be_whole() -> None:
    assert (as_share(1), as_share(74_708 / 74_719), as_share(0.5)) == ("100.0%", "99.9%", "50.0%")


def test_every_kind_has_words_and_every_system_stands_on_a_claim() -> None:
    assert QUESTIONS.keys() | SAY_NOTHING_ALONE == {*CODE_KINDS}
    assert {system for each in claim_kinds() for system in each.carries} == {*read_systems()}
    assert {system for each in claim_kinds() for system in each.rarely} <= {*read_systems()}


def test_the_settings_of_a_system_are_the_claims_on_which_it_stands() -> None:
    for system, own in read_systems().items():
        assert own.settings == tuple(each.claim.replace(" ", "_") for each in claim_kinds() if system in each.systems)


def test_the_example_of_a_system_is_a_code_that_people_know(excerpt_build: Path) -> None:
    rows = json.loads(printed(excerpt_build, "systems", "--format", "json"))
    examples = {row["system"]: row["example"] for row in rows}
    assert (examples["ICD10CM"], examples["ICD9CM"], examples["CPT4"]) == ("E11.9", "250.00", "99213")
    assert examples["HCPCS"] == "E0601"


def test_no_words_are_about_one_system() -> None:
    """Nothing is canned for a pair: no id of a system stands in the code that makes the words."""
    modules = [
        *(PROJECT / "pipeline" / "ask" / "compare").glob("*.py"),
        PROJECT / "pipeline" / "ask" / "claim_kinds.py",
    ]
    for module in modules:
        lines = [line for line in module.read_text(encoding="utf-8").splitlines() if ">>>" not in line]
        assert [system for system in read_systems() if f'"{system}"' in "\n".join(lines)] == []


@pytest.fixture(scope="module")
def profiles(excerpt_build: Path) -> dict[str, Profile]:
    with open_build(excerpt_build) as build:
        return read_profiles(build)


# Which two systems one claim may carry: as a rule, or only for something. All other pairs never meet.
TOGETHER = {
    ("ICD9CM", "ICD9Proc"), ("ICD10CM", "ICD10PCS"), ("CPT4", "ICD9CM"), ("CPT4", "ICD10CM"), ("HCPCS", "ICD9CM"),
    ("HCPCS", "ICD10CM"), ("CPT4", "HCPCS"), ("CPT4", "NDC"), ("HCPCS", "NDC"), ("ICD9CM", "NDC"), ("ICD10CM", "NDC"),
}  # fmt: skip
RARELY = {("HCPCS", "ICD9Proc"), ("HCPCS", "ICD10PCS"), ("ICD9Proc", "NDC"), ("ICD10PCS", "NDC")}
AFTER = {("ICD10CM", "ICD9CM"), ("ICD10PCS", "ICD9Proc"), ("ICD10", "ICD9")}


def test_no_two_systems_are_said_to_stand_on_one_claim_that_do_not(profiles: dict[str, Profile]) -> None:
    for a, b in permutations(profiles, 2):
        text = contrast_pair(profiles[a], profiles[b])
        pair = (min(a, b), max(a, b))
        assert ("may carry both" in text) == (pair in TOGETHER), text
        assert ("carries both: " in text and text.count("No ") == 1) == (pair not in TOGETHER | RARELY), text
        assert ("rarely carries both" in text) or pair not in RARELY, text


def test_only_what_took_the_place_of_another_came_after_it(profiles: dict[str, Profile]) -> None:
    for a, b in permutations(profiles, 2):
        text = contrast_pair(profiles[a], profiles[b])
        assert ("came after" in text) == ((a, b) in AFTER or (b, a) in AFTER), text
        assert ("Both say" in text) == bool({*profiles[a].kinds} & {*profiles[b].kinds} - {"modifier"}), text


def test_the_day_of_a_death_is_no_day_of_service(profiles: dict[str, Profile]) -> None:
    text = contrast_pair(profiles["ICD9"], profiles["ICD10"])
    assert "the day of death decides on death certificates" in text
    assert "service" not in text


@pytest.mark.parametrize("pair", [("CPT4", "ICD9Proc"), ("CPT4", "ICD10PCS"), ("CPT4", "ICD10CM")])
def test_one_appendectomy_is_shown_as_the_two_claims_that_come_of_it(
    excerpt_build: Path, pair: tuple[str, str]
) -> None:
    text = flat(printed(excerpt_build, "compare", *pair))
    surgeon = (
        "The surgeon, on a professional claim: CPT4 44970 (CPT category I, Surgery (10004-69990); title not shown: AMA"
    )
    assert surgeon in text
    assert "for ICD10CM K35.80 (Unspecified acute appendicitis). Up to 2015-09-30: for ICD9CM 540.9" in text
    assert "The hospital, on a hospital inpatient claim: ICD10PCS 0DTJ4ZZ (Resection of Appendix," in text
    assert "Up to 2015-09-30: ICD9Proc 47.01 (Laparoscopic appendectomy) for ICD9CM 540.9" in text
    assert text.index("The day of service decides. - The hospital, on") < text.index(
        "The day of discharge decides. CPT4:"
    )


def test_what_connects_cpt_and_diagnoses_are_the_policies_that_the_tables_have(excerpt_build: Path) -> None:
    policies, listed = (pd.read_parquet(excerpt_build / "parquet" / f"{name}.parquet")
                        for name in ("policies", "policy_codes"))  # fmt: skip
    own = {role: rows["code"][rows["code"] != "*"].nunique() for role, rows in listed.groupby("role")}
    text = flat(printed(excerpt_build, "compare", "CPT4", "ICD10CM"))
    assert f"Policies: {len(policies)} of CMS say which diagnoses support which procedures" in text
    assert f"of {own['procedure']} codes of CPT4 and {own['diagnosis']} of ICD10CM, on days from 2015-10-01" in text
    assert "Policies" not in printed(excerpt_build, "compare", "HCPCS", "ICD10CM").replace(
        "Crosswalks and policies", ""
    )


def test_that_no_policy_joins_two_systems_of_one_claim_is_said(excerpt_build: Path) -> None:
    said = "No policy here says which codes of HCPCS and ICD10CM go together."
    assert said in flat(printed(excerpt_build, "compare", "HCPCS", "ICD10CM"))
    for pair in (("CPT4", "ICD10CM"), ("CPT4", "HCPCS"), ("ICD9CM", "ICD10PCS"), ("CPT4", "ICD9Proc")):
        assert "No policy" not in printed(excerpt_build, "compare", *pair)


def test_what_connects_cpt_and_hcpcs_is_named_and_that_nothing_translates(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "CPT4", "HCPCS"))
    assert "same_betos_cpt4_betos_hcpcs (derived" in text
    assert "CPT4 and HCPCS lead to BETOS" in text
    assert "2 codes of HCPCS, none of them billable on 2025-01-01, name 3 of CPT4 that took their place" in text
    assert "No crosswalk of equivalence between CPT4 and HCPCS: they stand on the same claims and complete each" in text
    assert "HCPCS Level I is CPT; this is Level II" in flat(
        printed(excerpt_build, "compare", "HCPCS", "--format", "md")
    )


def test_the_example_of_the_json_is_that_of_the_text(excerpt_build: Path) -> None:
    told = json.loads(printed(excerpt_build, "compare", "CPT4", "ICD10PCS", "--format", "json"))
    assert told["worked_example"][0].startswith("One appendectomy")
    assert len(told["worked_example"]) == 3
    assert told["connections"][0].startswith("No crosswalk of equivalence between CPT4 and ICD10PCS")
    assert len(told["claims"]) == 3


def test_growth_is_counted_from_the_first_release_in_use_of_one_source(changed: ChangeTable) -> None:
    """The edition of 2012 flags codes that nobody could report, and BETOS lists HCPCS without its modifiers."""

    def add_edition(rows: pa.Table) -> pa.Table:
        (row,) = [row for row in rows.to_pylist() if (row["system"], row["release"]) == ("ICD10CM", "2015-10-01")]
        early = {**row, "release": "2012-10-01", "effective_from": date(2012, 10, 1), "billable": 0}
        return pa.concat_tables([rows, pa.Table.from_pylist([early], rows.schema)])

    with open_build(changed("releases", add_edition)) as build:
        first = {name: row.first_day for name, row in read_profiles(build).items()}
    assert first["ICD10CM"] == date(2015, 10, 1)
    assert first["HCPCS"] == date(2017, 1, 1)


def test_a_system_that_goes_on_has_no_last_release(excerpt_build: Path, tmp_path: Path) -> None:
    project = copy_excerpt(tmp_path, "betos", "hcpcs")
    assert project.build().exit_code in (0, 7)
    text = flat(run("compare", "CPT4", "--output", str(project.output)).output)
    assert "the newest release here is of 2014-01-01, the last list that is here: the system goes on" in text
