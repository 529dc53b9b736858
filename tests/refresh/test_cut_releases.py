"""A new release that lacks codes: the tables do not shrink, and yet what people are told of the codes is wrong."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.catalogue.sample import SAMPLE
from pipeline.publish.guards import FEWEST
from tests.fetch.site import ENTRY, LATER, LATER_URL, MEMBER, URL, Site
from tests.refresh.test_refresh import latest
from tests.samples import order_line, text_of, write_zip

CATEGORIES = [f"{letter}{number:02}" for letter in "ABCDEFGHIJ" for number in range(20)]
CODES = len(CATEGORIES) * 10
LABEL = "ICD10CM/2026-10-01"


def lines(*, cut_to: float = 1, without: int = 0) -> list[str]:
    """An order file of 200 categories with ten codes each, its numbers without a gap: whole, cut at the end of a line,
    or without some codes of the first categories."""
    rows = [
        (code, code != category, f"Disease {code}")
        for category in CATEGORIES
        for code in (category, *(f"{category}{digit}" for digit in range(10)))
    ]
    dropped = [code for code, is_code, _ in rows if is_code and code[-1] != "0"][:without]
    kept = [row for row in rows if row[0] not in dropped]
    numbered = [order_line(number, code, int(is_code), title) for number, (code, is_code, title) in enumerate(kept, 1)]
    return numbered[: round(len(numbered) * cut_to)]


def archive(site: Site, own: list[str], label: str = "FY2026") -> bytes:
    members = {MEMBER: text_of(own), "readme.txt": label.encode()}
    return write_zip(site.raw.parent / "lines.zip", members).read_bytes()


def leave_last_code_open(site: Site) -> None:
    """No check figure knows the last code of these files: what is cut off is seen by the guards alone."""
    not_kept = '[[not_kept]]\nlayout = "order_file"\nfigure = "last code"\nreason = "of a test"\n'
    site.raw.mkdir(exist_ok=True)
    (site.raw / SAMPLE).write_text(not_kept, encoding="utf-8")


@pytest.fixture(autouse=True)
def _unknown_last_code(site: Site) -> None:
    leave_last_code_open(site)


@pytest.fixture
def large(site: Site) -> Site:
    """A published build of a large listing, and the catalogue's entry of the release after it."""
    site.publisher.files[URL] = archive(site, lines())
    assert site.refresh().exit_code == 0
    site.write_entry(ENTRY + LATER)
    return site


def post(site: Site, own: list[str]) -> None:
    site.publisher.files[LATER_URL] = archive(site, own, "FY2027")


def ended(site: Site) -> int:
    codes = pd.read_parquet(latest(site) / "parquet" / "codes.parquet")
    return int(codes["valid_to"].notna().sum())


@pytest.mark.parametrize("cut_to", [0.95, 0.5, 0.02])
def test_a_release_that_was_cut_at_the_end_of_a_line_is_kept_back(large: Site, cut_to: float) -> None:
    first = latest(large)
    post(large, lines(cut_to=cut_to))
    result = large.refresh()
    assert result.exit_code == 4, result.output
    assert latest(large) == first
    gone = CODES - sum(" 1 Disease" in line for line in lines(cut_to=cut_to))
    assert (
        f"release ICD10CM 2026-10-01: of {CODES:,} codes that could be reported by release 2025-10-01 "
        f"it takes away {gone:,}, {gone / CODES:.1%}; at most 0.89% may go"
    ) in result.stderr
    assert f"rows were read, {len(lines()):,} of release 2025-10-01" in result.stderr
    assert f"--allow-loss {LABEL}" in result.stderr
    (candidate,) = large.project.output.glob(".candidate-*")
    assert f"look at {candidate / 'CHANGES.md'}" in result.stderr
    assert large.refresh().exit_code == 4, "and so each time"


def test_no_table_shrinks_where_a_release_was_cut(large: Site) -> None:
    """The guard on the sizes of tables alone would let it pass."""
    post(large, lines(cut_to=0.5))
    assert " shrinks from " not in large.refresh().stderr


def test_a_release_that_a_person_allows_is_published_and_asked_about_once(large: Site) -> None:
    post(large, lines(cut_to=0.5))
    assert large.refresh("--allow-loss", "ICD10CM/2025-10-01").exit_code == 4
    assert large.refresh("--allow-loss", LABEL).exit_code == 0
    assert ended(large) > CODES / 3
    large.write_entry(ENTRY + LATER.replace("FY2027", "another label"))
    assert large.refresh().exit_code == 0, "what people have is not asked about again"


@pytest.mark.parametrize(("without", "exit_code"), [(0, 0), (FEWEST - 1, 0), (FEWEST, 4)])
def test_what_an_agency_takes_away_in_a_year_is_no_cut(large: Site, without: int, exit_code: int) -> None:
    post(large, lines(without=without))
    assert large.refresh().exit_code == exit_code
    assert exit_code or ended(large) == without


def test_a_first_refresh_is_guarded_too(site: Site) -> None:
    site.write_entry(ENTRY + LATER)
    site.publisher.files[URL] = archive(site, lines())
    post(site, lines(cut_to=0.5))
    result = site.refresh()
    assert result.exit_code == 4
    assert not (site.project.output / "latest").exists()
    assert site.refresh("--allow-loss", LABEL).exit_code == 0


def test_an_older_release_that_is_replaced_by_a_part_of_itself_is_kept_back(large: Site) -> None:
    """It is the first of its system: nothing is before it but the build that people have."""
    post(large, lines())
    assert large.refresh().exit_code == 0
    first = latest(large)
    large.publisher.files[URL] = archive(large, lines(cut_to=0.5))
    large.refresh()
    result = large.refresh("--accept-changed", "icd10cm/2025-10-01")
    assert result.exit_code == 4, result.output
    assert "release ICD10CM 2025-10-01: of 2,000 codes that could be reported by the published build" in result.stderr
    assert latest(large) == first


def test_codes_that_came_do_not_make_up_for_those_that_went(large: Site) -> None:
    """The file of a release is replaced by one of as many codes, a tenth of them others."""
    first = latest(large)
    own = lines()
    others = [f"{line[:9]}A{line[10:]}" if line[9] == "9" else line for line in own]
    assert sum(one != other for one, other in zip(own, others, strict=True)) == len(CATEGORIES)
    large.publisher.files[URL] = archive(large, others)
    large.write_entry(ENTRY)
    large.refresh()
    result = large.refresh("--accept-changed", "icd10cm/2025-10-01")
    assert result.exit_code == 4, result.output
    assert (
        f"release ICD10CM 2025-10-01: of {CODES:,} codes that could be reported by the published build "
        f"it takes away {len(CATEGORIES)}, 10.0%"
    ) in result.stderr
    assert latest(large) == first


def test_a_release_whose_rows_alone_became_fewer_is_kept_back(large: Site) -> None:
    """Headings: no code that can be reported goes with them."""
    rows = [line for line in lines() if " 0 Disease" not in line]
    numbered = [f"{number:05}{line[5:]}" for number, line in enumerate(rows, 1)]
    post(large, numbered)
    result = large.refresh()
    assert result.exit_code == 4, result.output
    assert "2,000 rows were read, 2,200 of release 2025-10-01" in result.stderr
    assert "takes away" not in result.stderr


def test_a_build_that_cannot_tell_its_releases_is_no_excuse(large: Site) -> None:
    (latest(large) / "parquet" / "releases.parquet").write_bytes(b"")
    post(large, lines(cut_to=0.5))
    assert large.refresh().exit_code == 4


def test_a_step_of_several_years_may_take_away_as_many_times_more(site: Site, tmp_path: Path) -> None:
    """0.89 % of 20,000 codes in one year are 178."""
    codes = {f"{letter}{number:02}{digit}" for letter in "ABCDEFGHIJ" for number in range(100) for digit in range(10)}
    rows = [f"{code}{digit}" for code in sorted(codes) for digit in "01"]
    headings = sorted({code[:3] for code in rows} | {code[:4] for code in rows})
    every = sorted([*rows, *headings])
    for years, exit_code in ((1, 4), (2, 0)):
        entry = ENTRY.replace("2025-10-01", f"{2026 - years}-10-01")
        site.write_entry(entry + LATER)
        site.publisher.files[URL] = archive(site, ordered(every, headings))
        post(site, ordered([code for code in every if code not in rows[:600:2]], headings))
        assert site.refresh().exit_code == exit_code


def ordered(codes: list[str], headings: list[str]) -> list[str]:
    known = set(headings)
    return [order_line(number, code, int(code not in known), f"D {code}") for number, code in enumerate(codes, 1)]
