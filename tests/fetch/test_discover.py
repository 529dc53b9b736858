"""Landing pages: what their links are taken for, and what is proposed of them."""

import shutil
import time
import tomllib
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.catalogue.sources import read_catalogue
from pipeline.errors import UsageError
from pipeline.fetch.discover import Proposal, is_link_of, write_proposals
from pipeline.fetch.links import Link, read_links
from pipeline.fetch.network import LARGEST_PAGE
from tests.publisher import Publisher, Steps
from tests.samples import SOURCES, run

PAGES = Path(__file__).parent / "pages"
CMS = "https://www.cms.gov/medicare/coding-billing/icd-10-codes"
HCPCS = "https://www.cms.gov/medicare/coding-billing/healthcare-common-procedure-system/quarterly-update"
CDC = "https://www.cdc.gov/nchs/icd/icd-10-cm/files.html"
LISTING = "https://ftp.cdc.gov/pub/Health_Statistics/NCHS/Publications/ICD10CM/2027-Update/"
AHRQ = "https://hcup-us.ahrq.gov/toolssoftware/ccsr/dxccsr.jsp"


@pytest.fixture
def catalogue(tmp_path: Path, publisher: Publisher) -> Path:
    """A copy of the project's catalogue, whose landing pages are the saved ones; CDC's is its listing."""
    folder = shutil.copytree(SOURCES, tmp_path / "sources")
    for path in folder.glob("*.toml"):
        path.write_text(path.read_text("utf-8").replace(CDC, LISTING), encoding="utf-8")
    pages = {CMS: "cms_icd10", HCPCS: "cms_hcpcs", LISTING: "cdc_listing", AHRQ: "ahrq_dxccsr"}
    publisher.files = {url: (PAGES / f"{name}.html").read_bytes() for url, name in pages.items()}
    return folder


def discover(publisher: Publisher, catalogue: Path, *options: str) -> Result:
    return run("discover", *options, "--catalogue", str(catalogue), "--mirror", publisher.address)


def proposed(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    lines = [line for line in result.stdout.splitlines() if line.startswith(("[[", "#")) or " = " in line]
    entries = tomllib.loads("\n".join(lines)).get("release", [])
    assert isinstance(entries, list)
    return entries


def test_new_releases_of_icd_10_cm_are_proposed(publisher: Publisher, catalogue: Path) -> None:
    result = discover(publisher, catalogue, "icd10cm")
    assert proposed(result) == [
        {
            "release": "2027-04-01",
            "label": "2027 Code Descriptions in Tabular Order",
            "file": "april-1-2027-code-descriptions-tabular-order.zip",
            "url": "https://www.cms.gov/files/zip/april-1-2027-code-descriptions-tabular-order.zip",
            "mirrors": [LISTING + "Code-desciptions-April-2027.zip"],
        },
        {
            "release": "2027-10-01",
            "label": "2028 Code Descriptions in Tabular Order",
            "file": "2028-code-descriptions-tabular-order-updated-06_20_2027.zip",
            "url": "https://www.cms.gov/files/zip/2028-code-descriptions-tabular-order-updated-06/20/2027.zip",
        },
    ]
    assert "done       2 releases that the catalogue lacks" in result.output


def test_what_needs_a_person_is_said_and_not_proposed(publisher: Publisher, catalogue: Path) -> None:
    lines = discover(publisher, catalogue, "icd10cm").output.splitlines()
    assert [line for line in lines if line.startswith("other ")] == [
        "other      icd10cm: 2025 Code Descriptions in Tabular Order (ZIP) - Updated 07/18/2024: "
        "https://www.cms.gov/files/zip/2025-code-descriptions-tabular-order-updated-07182024.zip"
    ]
    assert [line for line in lines if line.startswith("no day")] == [
        "no day     icd10cm: Code descriptions of no year (ZIP): https://www.cms.gov/files/zip/code-descriptions.zip"
    ]
    conversion = discover(publisher, catalogue, "icd10cm_conversion").output
    assert "elsewhere  icd10cm_conversion: 2028 Conversion Table (ZIP): http://www.cms.gov/" in conversion
    hcpcs = discover(publisher, catalogue, "hcpcs").output
    assert "licence    hcpcs: July 2027 Alpha-Numeric HCPCS File (ZIP): https://www.cms.gov/license/ama" in hcpcs


@pytest.mark.parametrize(
    ("source", "releases"),
    [
        ("icd10cm_conversion", ["2027-04-01"]),
        ("icd10cm_tabular", ["2027-10-01"]),
        ("icd10pcs", ["2027-10-01"]),
        ("icd10pcs_conversion", ["2027-10-01"]),
        ("icd10pcs_tables", ["2027-10-01"]),
        ("poa_exempt", ["2027-04-01"]),
        ("hcpcs", ["2027-04-01", "2027-01-01"]),
        ("ccsr_dx", ["2027-1"]),
    ],
)
def test_each_source_knows_its_own_links(
    publisher: Publisher, catalogue: Path, source: str, releases: list[str]
) -> None:
    entries = proposed(discover(publisher, catalogue, source))
    assert [entry["release"] for entry in entries] == releases


def test_release_that_is_no_day_has_one(publisher: Publisher, catalogue: Path) -> None:
    (entry,) = proposed(discover(publisher, catalogue, "ccsr_dx"))
    assert (entry["file"], entry["effective_from"]) == ("DXCCSR-v2027-1.zip", date(2026, 10, 1))
    assert entry["url"] == "https://hcup-us.ahrq.gov/toolssoftware/ccsr/DXCCSR-v2027-1.zip"


def test_written_entries_leave_the_file_as_it_was_and_are_not_proposed_again(
    publisher: Publisher, catalogue: Path
) -> None:
    before = (catalogue / "hcpcs.toml").read_text("utf-8")
    entries = proposed(discover(publisher, catalogue, "hcpcs", "--write"))
    after = (catalogue / "hcpcs.toml").read_text("utf-8")
    assert after.startswith(before)
    assert after.count("[[release]]") == before.count("[[release]]") + len(entries)
    source = read_catalogue(catalogue)["hcpcs"]
    assert source.releases[-1].release == entries[-1]["release"]
    assert proposed(discover(publisher, catalogue, "hcpcs")) == []


def test_nothing_is_written_unasked(publisher: Publisher, catalogue: Path) -> None:
    before = {path: path.read_bytes() for path in catalogue.iterdir()}
    discover(publisher, catalogue, "icd10cm", "hcpcs")
    assert {path: path.read_bytes() for path in catalogue.iterdir()} == before


def test_page_is_asked_for_once_and_licensed_sources_never(publisher: Publisher, catalogue: Path) -> None:
    for url in read_catalogue(catalogue)["ccsr_px"].landing_pages:
        publisher.files[url] = b"<html><body>nothing</body></html>"
    result = discover(publisher, catalogue)
    assert result.exit_code == 0, result.output
    asked = [visit.url for visit in publisher.visits]
    assert len(asked) == len(set(asked))
    assert not [url for url in asked if "ama-assn" in url or "who.int" in url]
    assert "warning: ccsr_px: no link fits its pattern" in result.stderr


def test_page_that_cannot_be_had_is_a_network_error(publisher: Publisher, catalogue: Path) -> None:
    publisher.misbehave(HCPCS, Steps.status(404))
    result = discover(publisher, catalogue, "hcpcs")
    assert result.exit_code == 5
    assert "status 404" in result.stderr


@pytest.mark.parametrize("page", ["https://[::1/page", "ftp://www.cms.gov/page"])
def test_landing_page_that_is_no_address_is_a_message(publisher: Publisher, catalogue: Path, page: str) -> None:
    path = catalogue / "hcpcs.toml"
    path.write_text(path.read_text("utf-8").replace(HCPCS, page), encoding="utf-8")
    result = run("discover", "hcpcs", "--catalogue", str(catalogue))
    assert result.exit_code == 5
    assert f"error: {page}" in result.stderr


@pytest.mark.parametrize("source", ["cpt", "gem_px"])
def test_source_without_a_pattern_is_wrong_usage(publisher: Publisher, catalogue: Path, source: str) -> None:
    result = discover(publisher, catalogue, source)
    assert result.exit_code == 2
    assert publisher.visits == []


# Days


@pytest.mark.parametrize(
    ("text", "name", "heading", "day"),
    [
        ("2027 Code Descriptions (ZIP)", "/files/zip/a.zip", "2027 ICD-10-CM files", "2026-10-01"),
        ("Code Descriptions (ZIP)", "/files/zip/a.zip", "Fiscal year 2027", "2026-10-01"),
        ("Code Descriptions", "/files/zip/a.zip", "April 1, 2026 ICD-10-CM files", "2026-04-01"),
        ("2026 Code Descriptions", "/files/zip/a.zip", "April 1, 2026 ICD-10-CM files", "2026-04-01"),
        ("2027 Code Descriptions", "/files/zip/a.zip", "April 1, 2026 ICD-10-CM files", "2026-10-01"),
        ("2025 Code Descriptions", "/files/zip/2025-code-descriptions-april.zip", "2025 files", "2025-04-01"),
        ("Codes (ZIP) - Updated 07/09/2024", "/files/zip/2025-x-updated-07/09/2024.zip", "", "2024-10-01"),
        ("Codes", "/files/zip/2021-codes-updated-12162020.zip", "", "2020-10-01"),
        ("Codes", "/files/zip/2022-codes-updated-december-1-2021.zip", "", "2021-10-01"),
        ("October 2026 Alpha-Numeric HCPCS File (ZIP)", "/files/zip/october-2026-file-0.zip", "", "2026-10-01"),
        ("POAexemptCodesFY27.zip", "/ICD10CM/2027-Update/POAexemptCodesFY27.zip", "", "2027-04-01"),
        ("x", "/ICD10CM/April-1-2023-Update/icd10cm-code%20descriptions-%20April%201%202023.zip", "", "2023-04-01"),
        ("x", "/ICD10CM/2018/Table-FY18-Effective-10-1-2017.xlsx", "", "2017-10-01"),
        ("Code descriptions", "/files/zip/codes.zip", "", None),
        ("February 31, 2026", "/files/zip/codes.zip", "", "2025-10-01"),
    ],
)
def test_day_of_a_link(text: str, name: str, heading: str, day: str | None) -> None:
    link = Link(f"https://www.cms.gov{name}", text, heading)
    assert link.effective_from == (date.fromisoformat(day) if day else None)


def test_links_have_whole_addresses_and_the_heading_above_them() -> None:
    page = b"<h2>One <b>two</b></h2><a href=' x y.zip#z'>A\n  link</a><a>none</a><a href='/b'>B</a>"
    links = list(read_links(page, "https://www.cms.gov/a/page"))
    assert links == [
        Link("https://www.cms.gov/a/x%20y.zip", "A link", "One two"),
        Link("https://www.cms.gov/b", "B", "One two"),
    ]


@pytest.mark.parametrize("page", [b"", b"  ", b"no page at all", b"\x00\x01"])
def test_page_that_is_none_has_no_links(page: bytes) -> None:
    assert list(read_links(page, "https://www.cms.gov/")) == []


# Pages that mean ill

PAGE = "<h2>Files</h2><a href='{href}'>{text}</a>"
GOOD = "/files/zip/2031-code-descriptions-tabular-order.zip"


def show(publisher: Publisher, page: str | bytes) -> None:
    """Puts a page in the place of CMS's; CDC's has nothing."""
    publisher.files = {CMS: page.encode() if isinstance(page, str) else page, LISTING: b"<p>nothing</p>"}


@pytest.mark.parametrize(
    ("href", "problem"),
    [
        ("/files/zip/..%2F2031-code-descriptions.zip", "unsafe"),
        ("/files/zip/.2031-code-descriptions.zip", "unsafe"),
        ("/files/zip/2031..code-descriptions.zip", "unsafe"),
        ("/files/zip/%2E%2E", "unsafe"),
        ("/files/zip/2031-code-descriptions%1B[2J.zip", "unsafe"),
        ("/files/zip/2031-code-descriptions%0A%22.zip", "unsafe"),
        ("/files/zip/2031-code-descriptions%E2%80%AEpiz.exe", "unsafe"),
        ("/files/zip/2031-code-descriptions%5Cx.zip", "unsafe"),
        ("/files/zip/2031-code-descriptions" + "x" * 300 + ".zip", "unsafe"),
        ("/files/zip/2031-code-descriptions.zip?" + "x" * 5000, "unsafe"),
        ("ftp://www.cms.gov/2031-code-descriptions.zip", "elsewhere"),
        ("javascript:alert(1)", "elsewhere"),
        ("file:///etc/passwd", "elsewhere"),
        ("https://evil.example/2031-code-descriptions.zip", "elsewhere"),
        ("https://www.cms.gov@evil.example/2031-code-descriptions.zip", "elsewhere"),
        ("https://[::1/2031-code-descriptions.zip", "elsewhere"),
        ("https://www.cms.gov:99999999/2031-code-descriptions.zip", "elsewhere"),
        ("https://\u2100/2031-code-descriptions.zip", "elsewhere"),
    ],
)
def test_link_that_no_file_should_come_of_is_said_and_not_proposed(
    publisher: Publisher, catalogue: Path, href: str, problem: str
) -> None:
    before = (catalogue / "icd10cm.toml").read_bytes()
    show(publisher, PAGE.format(href=href, text="2031 Code Descriptions"))
    result = discover(publisher, catalogue, "icd10cm", "--write")
    assert proposed(result) == []
    assert f"{problem:<10} icd10cm: 2031 Code Descriptions" in result.output
    assert result.output.replace("\n", "").isprintable()
    assert (catalogue / "icd10cm.toml").read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        '2031 "Code" Descriptions \\',
        "2031 Code Descriptions\x7f\x1b[2J",
        "2031 Code Descriptions&#x202e;&#x85;&#0;&#x9b;",
        "2031 Code\u200b Descriptions \U0001f600",
        "2031 Code Descriptions [[release]] # '''",
    ],
)
def test_what_is_written_is_a_catalogue_whatever_a_link_says(publisher: Publisher, catalogue: Path, text: str) -> None:
    show(publisher, PAGE.format(href=GOOD, text=text))
    result = discover(publisher, catalogue, "icd10cm", "--write")
    assert result.exit_code == 0, result.output
    newest = read_catalogue(catalogue)["icd10cm"].releases[-1]
    assert (newest.release, newest.file) == ("2030-10-01", GOOD.rpartition("/")[2])
    assert newest.label.isprintable()


def test_nothing_is_written_to_any_file_where_one_would_not_be_a_catalogue(catalogue: Path) -> None:
    sources = read_catalogue(catalogue)
    link = Link(f"https://www.cms.gov{GOOD}", "2031 Code Descriptions", "")
    proposals = [Proposal(sources[name], "2030-10-01", link) for name in ("hcpcs", "icd10cm")]
    path = catalogue / "icd10cm.toml"
    path.write_text("release = []\n" + path.read_text("utf-8").partition("[[release]]")[0], encoding="utf-8")
    before = {each: each.read_bytes() for each in catalogue.iterdir()}
    with pytest.raises(UsageError, match="nothing was written"):
        write_proposals(catalogue, proposals)
    assert {each: each.read_bytes() for each in catalogue.iterdir()} == before


@pytest.mark.parametrize(
    "page", ["<!-- only this -->", "<a href='x'", "<html", "&#x0;", "<a href>", "<?xml version='1.0'?>"]
)
def test_page_in_pieces_is_no_error(publisher: Publisher, catalogue: Path, page: str) -> None:
    show(publisher, page)
    result = discover(publisher, catalogue, "icd10cm")
    assert result.exit_code == 0, result.exception


MANY = 20_000
LONG = {
    "years": "2031 " * MANY,
    "months": "january " * MANY,
    "brackets": "code descriptions (zip" * MANY,
    "updated": "code descriptions - updated january 1, " * MANY,
    "code tables": "code tables " * MANY,
    "blanks": "code descriptions" + " -\t" * MANY + "x",
    "digits": "code descriptions 2031 update" + "1" * MANY,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_no_text_makes_the_patterns_slow(text: str) -> None:
    """A pattern that tries every place with every other takes minutes here, of this process alone."""
    page = f"<h2>{text}</h2><a href='/{text[:3000]}.zip'>{text}</a>".encode()
    sources = [each for each in read_catalogue().values() if each.link]
    begun = time.process_time()
    for link in read_links(page * 5, "https://www.cms.gov/"):
        _ = link.label, link.effective_from, link.file, [is_link_of(each, link) for each in sources]
    assert time.process_time() - begun < 20


def test_year_comes_before_its_month_and_of_several_months_the_last_counts() -> None:
    assert Link("https://x/a", "2026 files, may, then june", "").effective_from == date(2026, 6, 1)
    assert Link("https://x/a", "june files of fy 2026", "").effective_from == date(2025, 10, 1)


def test_page_that_is_too_large_is_no_landing_page(publisher: Publisher, catalogue: Path) -> None:
    show(publisher, b"<p>" + bytes(LARGEST_PAGE) + b"</p>")
    result = discover(publisher, catalogue, "icd10cm")
    assert result.exit_code == 5
    assert f"more than {LARGEST_PAGE:,} bytes" in result.stderr
