"""Systems side by side: the facts are those of the tables, in words and in 80 columns."""

import json
from pathlib import Path

import pandas as pd
import pytest

from pipeline import PROJECT
from pipeline.ask.compare.words import QUESTIONS, WHERE, as_share
from schemas.codes import CODE_KINDS, CODE_SETTINGS
from tests.samples import run


def printed(build: Path, *arguments: str) -> str:
    result = run(*arguments, "--output", str(build.parent))
    assert result.exit_code == 0, result.output
    return result.output


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("pair", [("CPT4", "ICD9Proc"), ("ICD10CM", "HCPCS"), ("ICD9CM", "ICD10CM", "ICD10PCS")])
def test_a_comparison_fits_into_80_columns_but_for_addresses(excerpt_build: Path, pair: tuple[str, ...]) -> None:
    lines = printed(excerpt_build, "compare", *pair).splitlines()
    assert [line for line in lines if len(line) > 80 and "https://" not in line] == []
    assert max(map(len, printed(excerpt_build, "systems").splitlines())) <= 80


def test_a_newcomer_is_told_what_sets_icd_and_hcpcs_apart(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "ICD10CM", "HCPCS"))
    assert "ICD10CM says why the patient was treated, HCPCS says what was done or supplied" in text
    assert "there a claim carries both" in text
    assert "No crosswalk here connects ICD10CM and HCPCS." in text


def test_a_newcomer_is_told_where_cpt_and_icd9_procedures_are_used(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "cpt4", "icd9proc"))
    assert "CPT4 for professional and outpatient claims, ICD9Proc for hospital inpatients" in text
    assert "ICD9Proc on 2015-09-30; the day of service decides" in text
    table = printed(excerpt_build, "compare", "CPT4", "--format", "md")
    assert "title not shown (AMA copyright, licence needed)" in table


def test_successors_are_told_from_contemporaries(excerpt_build: Path) -> None:
    text = flat(printed(excerpt_build, "compare", "ICD10CM", "ICD9CM"))
    assert "ICD10CM came after ICD9CM, on 2015-10-01" in text
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
        assert row["now"] == (own["valid_to"].isna() & own["billable"]).sum()
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
    assert "## Crosswalks" in lines


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


def test_every_kind_and_setting_has_words() -> None:
    assert set(WHERE) == set(CODE_SETTINGS)
    assert set(QUESTIONS) < set(CODE_KINDS)


def test_no_words_are_about_one_system() -> None:
    """Nothing is canned for a pair: no id of a system stands in the code that makes the words."""
    from pipeline.normalise.systems import read_systems

    for name in ("words", "profiles", "side_by_side"):
        text = (PROJECT / "pipeline" / "ask" / "compare" / f"{name}.py").read_text(encoding="utf-8")
        assert [system for system in read_systems() if f'"{system}"' in text] == []
