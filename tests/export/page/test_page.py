"""The page in a real browser: from the file system, without a network, by keyboard, on a phone, in the dark."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.ask.build import open_build
from pipeline.ask.search import search_codes
from pipeline.ask.search.wording import WORDS_AT_MOST
from pipeline.export.page.render import render_page
from pipeline.export.page.written import write_files
from pipeline.export.search_index import find_further_texts
from schemas import TABLES
from tests.export.page.conftest import Opened

PHONE = {"width": 375, "height": 812}
SEARCHES = [
    ("E11.9", "E11.9", "Type 2 diabetes mellitus without complications"),
    ("e119", "E11.9", "Type 2 diabetes mellitus without complications"),
    ("E11-9", "E11.9", "Type 2 diabetes mellitus without complications"),
    ("250.00", "250.00", "Diabetes mellitus without mention of complication"),
    ("appendectomy", "0DTJ0ZZ", "Resection of Appendix, Open Approach"),
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


ASKED = [
    *("high blood pressure", "heart attack", "appendectomy", "hip replacement", "ambulance", "diabetes"),
    *("hypertensive", "diabetics", "fracturing", "replaced hip"),  # of one stem with words of titles
]


@pytest.mark.parametrize("asked", ASKED)
def test_the_first_answers_are_those_of_the_command(opened: Opened, excerpt_build: Path, asked: str) -> None:
    with open_build(excerpt_build) as build:
        same = [each for each in search_codes(build, asked).codes if each.has_all_words][:5]
    found = opened.search(asked)
    assert [line.split()[0] for line in found[: len(same)]] == [each.code_dotted for each in same] != []
    assert asked != "high blood pressure" or same[0].code == "I10"


def test_words_have_the_stems_that_the_index_of_the_command_gives_them(opened: Opened, excerpt_build: Path) -> None:
    with closing(sqlite3.connect(excerpt_build / "search.sqlite")) as index:
        words = [word for (word,) in index.execute("select word from words").fetchall()]
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute("create virtual table stemmed using fts5(word, tokenize='porter unicode61')")
        index.execute("create virtual table stems using fts5vocab(stemmed, instance)")
        index.executemany("insert into stemmed(rowid, word) values (?, ?)", enumerate(words))
        stems = [stem for (stem,) in index.execute("select term from stems order by doc").fetchall()]
    assert len(words) > 1_000
    assert opened.page.evaluate("words => words.map(stemOf)", words) == stems


def test_several_words_are_found_in_any_order_and_system(opened: Opened) -> None:
    found = opened.search("complications type diabetes 2")
    assert any(line.startswith("E11.9 ") for line in found)
    opened.page.select_option("#only", "ICD9Proc")
    assert all("ICD-9-CM volume 3" in line for line in opened.search("appendectomy"))


def test_valid_codes_come_before_ended_ones_and_those_say_what_they_are_today(opened: Opened) -> None:
    found = opened.search("diabetes mellitus")
    ended = ["ended 2015-09-30" in line for line in found]
    assert ended == sorted(ended)
    assert "billable" in found[0] or "heading" in found[0]
    (line,) = opened.search("250.00")
    assert "ended 2015-09-30" in line
    assert "today E11.9 (ICD-10-CM)" in line


def test_whole_words_come_before_parts_of_words(opened: Opened) -> None:
    opened.page.evaluate(
        """async titles => {
            await whenReady();
            for (const held of [codes, systems, terms]) held.splice(0);
            INDEX.systems = { ICD10CM: { ...INDEX.systems.ICD10CM, codes: titles.length } };
            holdCodes(["aA01", "c2", "c3"].map(code => `${code}\\t\\t\\t`).join("\\n"));
            const words = ["", ...new Set(titles.join(" ").split(" "))];
            const numbersOf = title => [...title.split(" ").map(word => words.indexOf(word)), 0];
            holdTexts(words.join("\\n"), Uint16Array.from(titles.flatMap(numbersOf)).buffer);
        }""",
        ["Pericardial pain", "Cardiology", "A disease of the cardi kind"],
    )
    assert [line.split()[0] for line in opened.search("cardi")] == ["A03", "A02", "A01"]


def test_tags_say_what_a_code_is_for(opened: Opened) -> None:
    assert "ICD-10-CM heading" in next(line for line in opened.search("E11") if line.startswith("E11 "))
    assert "HCPCS reportable" in opened.search("G8427")[0]
    assert "HCPCS modifier" in opened.search("GT")[0]
    assert "ICD-10 (deaths) valid" in next(line for line in opened.search("E11.9") if "deaths" in line)
    opened.search("G8427")
    text = opened.open_first()
    assert "to measure performance, as a rule not paid" in text
    assert "billable" not in text


def test_a_missing_word_is_said_and_what_titles_are_not_here(opened: Opened) -> None:
    opened.search("appendectomy xylophone")
    assert "no title has all of these words" in opened.text_of("#status")
    assert "CPT: AMA copyright, licence needed" in opened.text_of("#untitled")


def test_what_is_left_of_a_long_answer_is_shown_when_asked_for(opened: Opened) -> None:
    assert len(opened.search("diabetes")) == 10
    opened.page.locator("#results .more").click()
    assert opened.page.locator("#results a").count() == 20


def test_the_rest_of_a_list_stands_on_the_paper_of_the_page(opened: Opened) -> None:
    opened.page.evaluate("document.body.append(...shortened(Array.from({ length: 20 }, () => make('li'))))")
    colour = opened.page.evaluate(
        "getComputedStyle([...document.querySelectorAll('body > li')].at(-1)).backgroundColor"
    )
    assert colour == "rgba(0, 0, 0, 0)"


def test_what_does_not_exist_is_said(opened: Opened) -> None:
    assert opened.search("xylophone") == []
    assert "Nothing found" in opened.page.inner_text("#status")


def test_a_number_of_a_system_without_a_listing_is_told_that_there_is_none(opened: Opened) -> None:
    assert opened.search("00002-7140-01") == []
    assert "No listing is here of" in opened.page.inner_text("#status")
    assert "NDC" in opened.page.inner_text("#status")


def test_more_words_than_a_search_takes_are_told_as_on_the_command_line(opened: Opened) -> None:
    words = [f"wo{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}" for number in range(WORDS_AT_MOST + 1)]
    assert opened.search(" ".join(words)) == []
    assert "31 words are too many" in opened.page.inner_text("#status")
    opened.search(" ".join(words[1:]))
    assert "Nothing found" in opened.page.inner_text("#status")
    assert opened.search("fever " * 300) == opened.search("fever")


def test_where_no_text_has_all_words_those_that_lack_any_one_of_them_are_found(opened: Opened) -> None:
    found = opened.page.evaluate(
        """async () => { await whenReady(); const { lines, hasAllWords } = search("wheelchair appendix", "");
            return [hasAllWords, lines(0, 999).map(each => `${each.title} ${each.term}`.toLowerCase())]; }"""
    )
    assert found[0] is False
    assert any("wheelchair" in text for text in found[1])
    assert any("appendix" in text for text in found[1])
    assert opened.page.evaluate("search('wheelchair appendix xyzzy', '').count") == 0


def test_an_address_of_a_code_that_is_not_here_closes_the_one_that_was_open(opened: Opened) -> None:
    opened.search("E11.9")
    opened.open_first()
    assert opened.page.title() == "E11.9 ICD-10-CM · Crosswalk: US medical codes"
    opened.page.evaluate("location.hash = '#ICD10CM/Z9999X'")
    opened.page.wait_for_selector("#detail", state="hidden")
    assert "No code Z9999X of ICD-10-CM is in this build." in opened.page.inner_text("#status")
    assert opened.page.title() == "Crosswalk: US medical codes"
    opened.page.evaluate("location.hash = '#ICD10CM/e11.9'")
    opened.opened("ICD10CM/E119")
    assert_silent(opened)


def test_a_code_that_comes_late_does_not_take_the_place_of_a_later_one(opened: Opened) -> None:
    opened.search("E11.9")
    opened.page.evaluate(
        """async () => { const real = detailOf, wait = new Promise(done => { window.letGo = done; });
            detailOf = async line => { if (line.code === "E119") await wait; return real(line); };
            const late = show(findCode("ICD10CM", "E119"));
            await show(findCode("ICD10CM", "I10")); letGo(); await late; }"""
    )
    assert opened.page.get_attribute("#detail", "data-code") == "ICD10CM/I10"


def test_a_category_that_is_carried_to_a_newer_code_is_said_to_be_derived(
    opened: Opened, read_table: Any, excerpt_build: Path
) -> None:
    mappings = read_table(excerpt_build, "mappings")
    own = mappings[mappings["newest"] & (mappings["origin"] == "derived") & (mappings["crosswalk"] == "cci_icd10cm")]
    code = own[own["target_code"].notna()].iloc[0]["source_code"]
    opened.page.evaluate(f"location.hash = '#ICD10CM/{code}'")
    assert "derived: newer than the grouping" in opened.opened(f"ICD10CM/{code}")
    opened.page.evaluate("location.hash = '#ICD10CM/E119'")
    assert "derived" not in opened.opened("ICD10CM/E119")


def test_a_note_among_the_rules_says_where_it_stands(opened: Opened) -> None:
    opened.search("E11.9")
    assert "use additional code noted at E11 20" in opened.open_first()
    said = opened.page.evaluate("['ICD10CM', 'ICD9Proc'].map(each => ruleSays('code_first', '19', each))")
    assert said == ["noted at chapter 19", "noted at 19"]


def test_on_paper_nothing_stands_that_can_only_be_clicked(opened: Opened) -> None:
    opened.search("E11.9")
    opened.open_first()
    opened.page.emulate_media(media="print")
    assert not opened.page.locator(".top nav, #search, .chips, .tools, #results").locator("visible=true").count()
    assert opened.page.locator("#detail h2").is_visible()


def test_a_code_is_written_with_every_separator_of_its_mark(opened: Opened) -> None:
    written = opened.page.evaluate(
        "[separated('0002143380', '4-8-h'), separated('E119', '3.'), separated('0010', 'm')]"
    )
    assert written == ["0002-1433-80", "E11.9", "0010"]


def test_a_code_shows_meaning_history_family_and_targets(opened: Opened) -> None:
    opened.search("250.00")
    text = opened.open_first()
    assert "from before 2005-10-01 to 2015-09-30 · diagnosis · on professional claims, hospital outpatient" in text
    assert "Today E11.9 Type 2 diabetes mellitus without complications" in text
    assert "Above it 250 Diabetes mellitus" in text
    assert "Maps to ICD-10-CM GEM, current (approximate): E11.9" in text
    assert_silent(opened)


def test_maps_that_agree_stand_once(opened: Opened) -> None:
    opened.search("E11.9")
    text = opened.open_first()
    assert "Maps to ICD-9-CM GEM, current, reimbursement (approximate): 250.00 Diabetes" in text
    assert text.count("250.00 ") == 1


def test_a_code_without_a_text_says_why_where_it_is_billed_and_how_far_it_is_known(opened: Opened) -> None:
    opened.search("44970")
    text = opened.open_first()
    assert "CPT: AMA copyright, licence needed." in text
    assert "known through 2026-03-31 · procedure · on professional claims and hospital outpatient claims" in text
    assert "Section 10004-69990, " in text
    assert "Belongs to grouping category title BETOS" in text
    assert_silent(opened)


def test_a_code_shows_the_policies_that_name_it(opened: Opened, read_table: Any, excerpt_build: Path) -> None:
    rows = read_table(excerpt_build, "policy_codes").merge(read_table(excerpt_build, "codes")[["system", "code"]])
    own = rows[rows["answer"] == "denied"].iloc[0]
    opened.search(own["code"])
    text = opened.open_first()
    assert "Coverage policy title this code days" in text
    assert own["policy"] in text
    assert "is denied by it" in text
    assert "known through 2022-06-30" in text


def test_what_is_copied_is_the_code_as_it_is_written(browser: Any, excerpt_build: Path) -> None:
    opened = Opened(browser, excerpt_build)
    opened.page.evaluate("window.copy = text => { window.copied = text; }")
    opened.search("E119")
    opened.open_first()
    opened.page.get_by_role("button", name="Copy code").click()
    assert opened.page.evaluate("window.copied") == "E11.9"
    opened.page.get_by_role("button", name="Copy link").click()
    assert opened.page.evaluate("window.copied").endswith("index.html#ICD10CM/E119")
    opened.close()


def test_back_stays_on_the_page_and_an_address_opens_its_code(browser: Any, excerpt_build: Path) -> None:
    opened = Opened(browser, excerpt_build)
    opened.search("250.00")
    opened.open_first()
    opened.page.locator("#detail").get_by_role("link", name="E11.9").first.click()
    assert opened.opened("ICD10CM/E119").startswith("E11.9 ICD-10-CM billable")
    opened.page.go_back()
    assert opened.opened("ICD9CM/25000").startswith("250.00 ICD-9-CM ended")
    opened.page.go_back()
    opened.page.wait_for_selector("#detail", state="hidden")
    assert opened.page.url.endswith("index.html")
    opened.page.goto((excerpt_build / "report" / "index.html").resolve().as_uri() + "#ICD10CM/I10")
    opened.page.reload()
    assert "Essential (primary) hypertension" in opened.opened("ICD10CM/I10")
    lefts = [opened.page.locator(each).bounding_box()["x"] for each in ("#detail", ".chips")]
    assert lefts[0] == lefts[1], "a code that comes by its address has the room of the hits, of which there are none"
    assert_silent(opened)
    opened.close()


def test_the_first_screen_answers_two_questions_and_says_what_the_build_is(opened: Opened) -> None:
    assert opened.page.locator(".chips button").count() == 6
    assert "Excerpt: 745 codes." in opened.text_of(".strip")
    assert "ICD-10-CM 2026-03-31" in opened.text_of(".strip")
    assert "NDC no listing here" in opened.text_of(".strip")
    cards = opened.text_of(".cards")
    assert "The surgeon's professional claim says what was done in CPT, for inpatients too" in cards
    assert "discharges up to 30 September 2015" in cards
    picture = opened.text_of(".picture")
    assert "Hospital inpatient claim UB-04, 837I; the day of discharge decides why ICD-9-CM ICD-10-CM" in picture
    assert "what was done or given ICD-9-CM volume 3 ICD-10-PCS" in picture


def test_every_chip_finds_something(opened: Opened) -> None:
    for chip in opened.page.locator(".chips button").all():
        chip.click()
        opened.page.wait_for_function("document.body.dataset.asked === document.getElementById('query').value")
        assert opened.page.locator("#results a").count() > 0


def test_two_systems_are_set_apart_by_the_claims_of_one_event(opened: Opened) -> None:
    text = opened.text_of("#compare")
    assert "44970 CPT CPT category I, Surgery" in text
    assert "what was done, up to 2015-09-30 the same 47.01 ICD-9-CM volume 3 Laparoscopic appendectomy" in text
    assert "the day that decides day of service day of discharge" in text
    opened.page.select_option("#one", "CPT4")
    opened.page.select_option("#other", "ICD10CM")
    opened.page.locator(".pair:not([hidden]) summary").click()
    text = opened.text_of(".pair:not([hidden])")
    assert opened.page.locator(".pair:not([hidden])").count() == 1
    assert "Policies: 2 of CMS say which diagnoses support which procedures" in text
    opened.page.locator("#facts summary").click()
    assert opened.page.locator("#facts thead th:visible").all_inner_texts() == ["CPT", "ICD-10-CM"]
    assert_silent(opened)


def test_a_system_is_not_compared_with_itself(opened: Opened) -> None:
    opened.page.select_option("#other", "CPT4")
    assert opened.page.locator(".pair:not([hidden])").count() == 0
    assert opened.page.is_visible("#same")


def test_maps_are_called_by_what_they_are_and_groupings_stand_apart(opened: Opened) -> None:
    titles = opened.page.locator("#crosswalks h3").all_inner_texts()
    assert titles[:4] == ["Maps between systems", "From year to year", "Groupings", "Further ties"]
    text = opened.text_of("#crosswalks")
    assert "ICD-10-CM → ICD-9-CM General Equivalence Mappings published, 2017-10-01" in text
    assert "not covered" not in text


def test_a_category_of_the_earlier_meaning_of_a_reused_code_has_its_last_day(opened: Opened) -> None:
    opened.search("J1440")
    assert "BETOS O1E Other drugs to 2013-12-31" in opened.open_first()
    opened.search("E11.9")
    assert " to 20" not in opened.open_first().partition("Belongs to")[2].partition("Rules of use")[0]


def test_a_reused_code_shows_both_meanings(opened: Opened) -> None:
    opened.search("J1440")
    text = opened.open_first()
    assert "filgrastim" in text
    assert "2023-07-01 on" in text
    assert opened.page.locator("#detail .time").count() == 2


def test_combinations_are_drawn_as_sets(opened: Opened, read_table: Any, excerpt_build: Path) -> None:
    mappings = read_table(excerpt_build, "mappings")
    own = mappings[(mappings["crosswalk"] == "gem_icd9cm_icd10cm") & (mappings["choice_list"] > 1)]
    opened.search(own["source_code"].iloc[0])
    assert "together:" in opened.open_first()
    assert opened.page.locator(".answer .part").count() >= 2


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
    second = page.locator("#results a").nth(1)
    assert page.evaluate("document.activeElement.textContent") == second.text_content()
    keys.press("Enter")
    page.wait_for_selector("#detail:not([hidden])")
    page.wait_for_function("document.activeElement.id === 'detail'")
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
    write_files(tmp_path / "report", render_page(tables, find_further_texts(tables), hostile))
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


def test_what_was_listed_before_its_system_was_in_use_is_no_day_of_use(opened: Opened) -> None:
    text = opened.page.evaluate(
        """() => daysOf({ system: "ICD10CM", ended: "" }, { episodes: [
            ["2012-10-01", "2015-09-30", "left_censored", "p", ""], ["2015-10-01", "2017-09-30", "release", "", "old"],
            ["2017-10-01", "", "release", "", ""]] })"""
    )
    assert text == "since 2015-10-01, known through 2026-03-31"


def test_the_diagonal_of_the_flow_is_in_sight_on_a_desk_and_its_first_column_stays(
    browser: Any, excerpt_build: Path
) -> None:
    wide = Opened(browser, excerpt_build, viewport={"width": 1440, "height": 900})
    table = "document.querySelector('.flow').parentElement"
    assert wide.page.evaluate(f"{table}.scrollWidth <= {table}.clientWidth")
    narrow = Opened(browser, excerpt_build, viewport=PHONE)
    place = "document.querySelector('.flow tbody th').getBoundingClientRect().left"
    before = narrow.page.evaluate(place)
    narrow.page.evaluate(f"{table}.scrollLeft = 200")
    assert narrow.page.evaluate(place) == before
    wide.close()
    narrow.close()


def test_the_legend_of_the_flow_has_the_colours_of_its_cells(browser: Any, excerpt_build: Path) -> None:
    for scheme in ("light", "dark"):
        opened = Opened(browser, excerpt_build, color_scheme=scheme)
        colours = opened.page.evaluate(
            """() => ["heat1", "heat5"].map(each => ["i", "td"].map(tag =>
                getComputedStyle(document.querySelector(`${tag}.${each}`)).backgroundColor))"""
        )
        assert all(legend == cell for legend, cell in colours)
        assert colours[0] != colours[1]
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
    assert "Maps to ICD-10-PCS" in opened.open_first()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 375
    violations = Axe().run(opened.page).response["violations"]
    assert [each["id"] for each in violations if each["impact"] in {"serious", "critical"}] == []
    opened.close()


def test_a_full_build_is_small_enough_to_pass_on(official_build: Path) -> None:
    """In every format that nobody has to ask for."""
    files = [path for path in official_build.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 90_000_000
