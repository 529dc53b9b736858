"""What five people come for, each walked through in a browser: on the excerpt, and on the full files."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.export.page.conftest import Opened


@pytest.fixture
def opened(browser: Any, excerpt_build: Path) -> Iterator[Opened]:
    page = Opened(browser, excerpt_build)
    yield page
    page.close()


@pytest.fixture
def whole(browser: Any, official_build: Path) -> Iterator[Opened]:
    page = Opened(browser, official_build)
    yield page
    page.close()


def click_chip(opened: Opened, words: str) -> list[str]:
    """Clicks one of the examples: the lines of what is found."""
    opened.page.get_by_role("button", name=words, exact=True).click()
    opened.page.wait_for_function("document.body.dataset.asked === document.getElementById('query').value")
    return [" ".join(each.split()) for each in opened.page.locator("#results a").all_inner_texts()]


def find_a_heart_attack(opened: Opened) -> None:
    found = click_chip(opened, "heart attack")
    assert any(line.startswith("I21.9 ICD-10-CM billable Acute myocardial infarction") for line in found[:3])
    opened.page.locator("#results").get_by_role("link", name="I21.9").first.click()
    assert "billable Acute myocardial infarction, unspecified since 2017-10-01" in opened.opened("ICD10CM/I219")
    assert opened.problems == []


def test_a_patient_finds_the_code_of_a_heart_attack(opened: Opened) -> None:
    find_a_heart_attack(opened)


def test_a_patient_finds_the_code_of_a_heart_attack_in_the_full_tables(whole: Opened) -> None:
    find_a_heart_attack(whole)


def see_what_25000_became(opened: Opened) -> None:
    click_chip(opened, "250.00")
    opened.page.keyboard.press("Enter")
    text = opened.opened("ICD9CM/25000")
    assert "ended 2015-09-30 Diabetes mellitus without mention of complication" in text
    assert "Today E11.9 Type 2 diabetes mellitus without complications ICD-10-CM" in text
    opened.page.locator("#detail .today a").first.click()
    assert opened.opened("ICD10CM/E119").startswith("E11.9 ICD-10-CM billable")
    opened.page.go_back()
    opened.opened("ICD9CM/25000")
    assert opened.problems == []


def test_a_coder_sees_what_an_ended_code_became(opened: Opened) -> None:
    see_what_25000_became(opened)


def test_a_coder_sees_what_an_ended_code_became_in_the_full_tables(whole: Opened) -> None:
    see_what_25000_became(whole)


def learn_what_a_surgeon_bills(opened: Opened) -> None:
    card = opened.page.locator(".cards article").first
    assert "The surgeon's professional claim says what was done in CPT" in " ".join(card.inner_text().split())
    opened.page.select_option("#one", "HCPCS")
    card.get_by_role("link").click()
    opened.page.wait_for_function("document.activeElement !== null && location.hash === '#compare'")
    assert (opened.page.input_value("#one"), opened.page.input_value("#other")) == ("CPT4", "ICD9Proc")
    assert "No claim carries both" in opened.text_of(".pair:not([hidden]) .apart")
    text = opened.text_of(".worked:not([hidden])")
    assert "The surgeon, on a professional claim" in text
    assert re.search("what was done (44970|code) CPT", text)  # its number is not shown where no list of it is here
    assert opened.problems == []


def test_an_analyst_learns_which_system_a_surgeons_claim_uses(opened: Opened) -> None:
    learn_what_a_surgeon_bills(opened)


def test_an_analyst_learns_which_system_a_surgeons_claim_uses_in_the_full_tables(whole: Opened) -> None:
    learn_what_a_surgeon_bills(whole)


def see_what_october_changed(opened: Opened, build: Path, read_table: Any) -> None:
    opened.page.get_by_role("navigation").get_by_role("link", name="History").click()
    opened.page.wait_for_selector("#changed[data-release='ICD10CM 2025-10-01'] details")
    assert opened.page.locator("#release option:checked").inner_text() == "ICD-10-CM, 1 October 2025"
    changes = read_table(build, "code_changes")
    own = changes[(changes["system"] == "ICD10CM") & (changes["release"] == "2025-10-01")]
    added = own[own["change"] == "added"]["code"]
    assert opened.text_of("#changed summary >> nth=0") == f"New codes {len(added):,}"
    first = opened.page.locator("#changed li a").first
    assert first.get_attribute("href") == f"#ICD10CM/{added.iloc[0]}"
    first.click()
    assert "since 2025-10-01" in opened.opened(f"ICD10CM/{added.iloc[0]}")
    assert opened.problems == []


def test_a_coder_sees_what_changed_in_october(opened: Opened, excerpt_build: Path, read_table: Any) -> None:
    see_what_october_changed(opened, excerpt_build, read_table)


def test_a_coder_sees_what_changed_in_october_in_the_full_tables(
    whole: Opened, official_build: Path, read_table: Any
) -> None:
    see_what_october_changed(whole, official_build, read_table)


def download_mappings(opened: Opened, build: Path, read_table: Any) -> None:
    opened.search("E11.9")
    opened.open_first()
    with opened.page.expect_download() as waiting:
        opened.page.get_by_role("button", name="Download mappings (CSV)").click()
    assert waiting.value.suggested_filename == "ICD10CM_E119_mappings.csv"
    with Path(waiting.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    mappings = read_table(build, "mappings")
    own = mappings[(mappings["source_system"] == "ICD10CM") & (mappings["source_code"] == "E119") & mappings["newest"]]
    own = own[own["status"].isna() | own["status"].isin(["no_map", "not_bridged"])]
    keys = ["crosswalk", "origin", "target_system", "target_code", "scenario", "choice_list"]
    assert sorted(tuple(row[key] for key in keys) for row in rows) == sorted(
        tuple(str(each) for each in key) for key in own[keys].itertuples(index=False, name=None)
    )
    to_icd9 = next(row for row in rows if row["target_system"] == "ICD9CM")
    assert to_icd9["target_title"].startswith("Diabetes mellitus without mention of complication, type II")
    assert to_icd9["approximate"] == "true"
    assert opened.problems == []


def test_an_analyst_downloads_the_mappings_of_a_code(opened: Opened, excerpt_build: Path, read_table: Any) -> None:
    download_mappings(opened, excerpt_build, read_table)


def test_an_analyst_downloads_the_mappings_of_a_code_of_the_full_tables(
    whole: Opened, official_build: Path, read_table: Any
) -> None:
    download_mappings(whole, official_build, read_table)
