"""The page in a real browser: from the file system, without a network, by keyboard, on a phone, in the dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.export.page.render import render_page
from pipeline.export.page.written import write_files
from schemas import TABLES
from tests.export.page.conftest import Opened

PHONE = {"width": 375, "height": 812}
SEARCHES = [
    ("E11.9", "E11.9", "Type 2 diabetes mellitus without complications"),
    ("e119", "E11.9", "Type 2 diabetes mellitus without complications"),
    ("250.00", "250.00", "Diabetes mellitus without mention of complication"),
    ("appendectomy", "47.0", "Appendectomy"),
    ("J1440", "J1440", "Fecal microbiota"),
]


def visit(browser: Any, build: Path) -> Iterator[Opened]:
    page = Opened(browser, build)
    yield page
    page.close()


@pytest.fixture
def opened(browser: Any, excerpt_build: Path) -> Iterator[Opened]:
    yield from visit(browser, excerpt_build)


def assert_silent(page: Opened) -> None:
    """No errors, and nothing asked for but files beside the page."""
    assert page.problems == []
    assert [url for url in page.requests if not url.startswith(("file://", "data:", "blob:"))] == []


@pytest.mark.parametrize(("asked", "code", "title"), SEARCHES)
def test_codes_and_words_are_found(opened: Opened, asked: str, code: str, title: str) -> None:
    first = opened.search(asked)[0]
    assert first.startswith(f"{code} ")
    assert title in first
    assert_silent(opened)


def test_several_words_are_found_in_any_order_and_system(opened: Opened) -> None:
    found = opened.search("complications type diabetes 2")
    assert any(line.startswith("E11.9 ") for line in found)
    opened.page.select_option("#only", "ICD9Proc")
    assert all("ICD9Proc" in line for line in opened.search("appendectomy"))


def test_what_does_not_exist_is_said(opened: Opened) -> None:
    assert opened.search("xylophone") == []
    assert "Nothing found" in opened.page.inner_text("#status")


def test_a_code_is_written_with_every_separator_of_its_mark(opened: Opened) -> None:
    written = opened.page.evaluate(
        "[separated('0002143380', '4-8-x'), separated('E119', '3.'), separated('0010', 'x')]"
    )
    assert written == ["0002-1433-80", "E11.9", "0010"]


def test_a_code_shows_meaning_history_family_and_targets(opened: Opened) -> None:
    opened.search("250.00")
    text = opened.open_first()
    assert "diagnosis; billable through 2015-09-30 on professional claims, hospital outpatient claims" in text
    assert "before 2005-10-01 to 2015-09-30" in text
    assert "Above it 250 Diabetes mellitus" in text
    assert "Maps to ICD10CM gem_icd9cm_icd10cm, published E11.9" in text
    assert_silent(opened)


def test_a_code_without_a_text_says_why_where_it_is_billed_and_how_far_it_is_known(opened: Opened) -> None:
    opened.search("44970")
    text = opened.open_first()
    assert "no text here: AMA copyright, licence needed" in text
    assert "procedure; billable on professional claims and hospital outpatient claims; section 10004-69990" in text
    assert "on, known through 2026-03-31: billable" in text
    assert "Belongs to BETOS" in text
    assert_silent(opened)


def test_two_systems_are_set_apart_by_the_claims_of_one_event(opened: Opened) -> None:
    text = " ".join(opened.page.inner_text("#systems").split())
    assert "44970 CPT4 CPT category I, Surgery" in text
    assert "what was done, up to 2015-09-30 the same 47.01 ICD9Proc Laparoscopic appendectomy" in text
    assert "the day that decides day of service day of discharge" in text
    opened.page.get_by_text("CPT4 and ICD10CM", exact=True).click()
    text = " ".join(opened.page.inner_text("#systems details[open]").split())
    assert "Policies: 2 of CMS say which diagnoses support which procedures" in text
    assert_silent(opened)


def test_a_reused_code_shows_both_meanings(opened: Opened) -> None:
    opened.search("J1440")
    text = opened.open_first()
    assert "filgrastim" in text
    assert "2023-07-01 on" in text
    assert opened.page.locator(".history .time").count() == 2


def test_combinations_are_drawn_as_sets(opened: Opened, read_table: Any, excerpt_build: Path) -> None:
    mappings = read_table(excerpt_build, "mappings")
    own = mappings[(mappings["crosswalk"] == "gem_icd9cm_icd10cm") & (mappings["choice_list"] > 1)]
    opened.search(own["source_code"].iloc[0])
    assert "together:" in opened.open_first()
    assert opened.page.locator(".set .set.part").count() >= 2


def test_everything_can_be_done_by_keyboard(opened: Opened) -> None:
    page, keys = opened.page, opened.page.keyboard
    keys.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    keys.press("Enter")
    page.focus("#query")
    keys.type("diabetes")
    page.wait_for_function("document.body.dataset.asked === 'diabetes'")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    second = page.locator("#results button").nth(1)
    assert page.evaluate("document.activeElement.textContent") == second.text_content()
    keys.press("Enter")
    page.wait_for_selector("#detail:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "detail"
    keys.press("Escape")
    assert page.evaluate("document.activeElement.id") == "query"
    assert_silent(opened)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_is_wider_than_the_window(browser: Any, excerpt_build: Path, scheme: str, width: int) -> None:
    opened = Opened(browser, excerpt_build, viewport=PHONE | {"width": width}, color_scheme=scheme)
    opened.search("250.00")
    opened.open_first()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    paper = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    assert_silent(opened)
    opened.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(browser: Any, excerpt_build: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = Opened(browser, excerpt_build, viewport=PHONE, color_scheme=scheme)
    opened.search("250.00")
    opened.open_first()
    opened.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    violations = Axe().run(opened.page).response["violations"]
    found = [(each["id"], each["nodes"][0]["html"]) for each in violations if each["impact"] in {"serious", "critical"}]
    assert found == []
    opened.close()


@pytest.mark.slow
def test_axe_finds_a_violation_where_there_is_one(browser: Any, excerpt_build: Path) -> None:
    """The test above can fail."""
    from axe_playwright_python.sync_playwright import Axe

    opened = Opened(browser, excerpt_build)
    opened.page.evaluate("document.documentElement.removeAttribute('lang')")
    violations = Axe().run(opened.page).response["violations"]
    assert [each["impact"] for each in violations if each["id"] == "html-has-lang"] == ["serious"]
    opened.close()


def test_texts_are_never_taken_for_markup(browser: Any, excerpt_build: Path, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=\"document.title='taken'\">"
    tables = {name: pq.read_table(excerpt_build / "parquet" / f"{name}.parquet") for name in TABLES}
    for name, column in (("codes", "description"), ("systems", "description"), ("sections", "title")):
        texts = pa.repeat(hostile, len(tables[name]))
        tables[name] = tables[name].set_column(tables[name].column_names.index(column), column, texts)
    write_files(tmp_path / "report", render_page(tables, hostile))
    opened = Opened(browser, tmp_path)
    assert hostile in opened.search("E11.9")[0]
    assert hostile in opened.open_first()
    assert opened.page.locator("img").count() == 0
    assert_silent(opened)
    opened.close()


def test_a_missing_part_is_said(browser: Any, excerpt_build: Path, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(excerpt_build, tmp_path / "build")
    (copy / "report" / "parts" / "names.js").unlink()
    opened = Opened(browser, copy)
    opened.page.wait_for_function("document.getElementById('status').textContent.includes('names.js')")
    opened.close()


# On the full files


@pytest.fixture(scope="module")
def whole(browser: Any, official_build: Path) -> Iterator[Opened]:
    yield from visit(browser, official_build)


@pytest.mark.parametrize(("asked", "code", "title"), SEARCHES)
def test_codes_and_words_are_found_in_the_full_tables(whole: Opened, asked: str, code: str, title: str) -> None:
    first = whole.search(asked)[0]
    assert first.startswith(f"{code} ")
    assert title in first
    assert_silent(whole)


def test_the_full_page_can_be_used_at_phone_width_and_axe_finds_no_serious_violation(
    browser: Any, official_build: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = Opened(browser, official_build, viewport=PHONE)
    opened.search("36.10")
    assert "Maps to ICD10PCS" in opened.open_first()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 375
    violations = Axe().run(opened.page).response["violations"]
    assert [each["id"] for each in violations if each["impact"] in {"serious", "critical"}] == []
    opened.close()


def test_a_full_build_is_small_enough_to_pass_on(official_build: Path) -> None:
    """In every format. What search and the notes cost may be 12 MB of it."""
    files = [path for path in official_build.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 120_000_000 + 12_000_000
