"""What order addenda print of themselves, against their lines and the two editions."""

import re
from datetime import date

import pytest

from pipeline.gate.miscounts import find_differing_counts, read_differences
from pipeline.ingest import IngestedRelease, TextFrame
from pipeline.layouts import LAYOUTS
from pipeline.normalise.addenda_counts import AddendaCount
from pipeline.normalised import addenda_counts_of, listings_of
from tests.normalise.frames import delivery_of
from tests.samples import order_line, text_of

OLD, NEW = date(2023, 10, 1), date(2024, 4, 1)
BEFORE = [order_line(1, "A00", 0, "Cholera"), order_line(2, "A000", 1, "one"), order_line(3, "A001", 1, "two")]
AFTER = [order_line(1, "A00", 0, "Cholera"), order_line(2, "A000", 1, "One"), order_line(3, "A009", 1, "new")]
CHANGES = [
    f"{action:<13}1 {code:<7} {title:<60} {title}"
    for action, code, title in (
        ("Revise from:", "A000", "one"), ("Revise to:", "A000", "One"),
        ("Delete:", "A001", "two"), ("Add:", "A009", "new"),
    )
]  # fmt: skip


TITLES = [
    "{} revisions to both long and short titles",
    "0 revisions to long title only",
    "0 revisions to short title only",
]


def printed(*, additions: int = 1, before: int = 2, after: int = 2) -> list[str]:
    """The statistics of the addenda: of its one header, and of its two codes as they are or with other numbers."""
    headers = ["1 headers in x_2024.txt", "1 headers in x_2024.txt", "0 additions", "0 deletions", "0 revisions"]
    codes = [
        f"{before} codes in x_2024.txt",
        f"{after} codes in x_2024.txt",
        f"{additions} additions",
        "1 deletions",
        "1 revisions",
    ]
    blocks = {"Headers": [*headers, *TITLES], "Codes": [*codes, *TITLES]}
    return [
        line
        for revised, (name, block) in enumerate(blocks.items())
        for line in (name, *(f"  {each.format(revised)}" for each in block))
    ]


def counts_of(statistics: list[str], *, with_base: bool = True) -> list[AddendaCount]:
    """The counts of an addenda of April 2024, with the edition of October 2023 beside it or without."""
    frames = {
        part: TextFrame(part, f"{part}.txt", LAYOUTS["order_file"].readers[part](part, text_of(lines)))
        for part, lines in (("order", AFTER), ("addenda", [*CHANGES, *statistics]))
    }
    base = TextFrame("order", "old.txt", LAYOUTS["order_file"].readers["order"]("old.txt", text_of(BEFORE)))
    ingested = [IngestedRelease(delivery_of("icd10cm", NEW), list(frames.values()))]
    ingested += [IngestedRelease(delivery_of("icd10cm", OLD), [base])] if with_base else []
    return addenda_counts_of(ingested, listings_of(ingested))


def test_numbers_that_are_those_of_the_lines_and_the_editions_are_no_finding() -> None:
    counts = counts_of(printed())
    assert {each.against for each in counts} == {"lines", "editions"}
    assert find_differing_counts(counts) == []


def test_a_number_that_nobody_declares_is_a_finding_with_its_file() -> None:
    (finding,) = find_differing_counts(counts_of(printed(additions=2)))
    assert "printed numbers: 2 are not what was counted" in finding
    assert "ICD10CM 2024-04-01: 2 codes, additions are printed in addenda.txt, 1 counted in the lines" in finding
    assert "1 counted in the editions" in finding


def test_without_the_edition_before_the_lines_are_counted_and_the_rows_of_the_edition_itself() -> None:
    counts = counts_of(printed(before=9), with_base=False)
    assert {each.count for each in counts if each.against == "editions"} == {"after"}
    assert find_differing_counts(counts) == []


@pytest.mark.parametrize("with_base", [True, False])
def test_an_order_file_with_fewer_rows_than_its_addenda_print_is_a_finding(with_base: bool) -> None:
    (finding,) = find_differing_counts(counts_of(printed(after=3), with_base=with_base))
    assert "3 codes, after are printed in addenda.txt, 2 counted in the editions" in finding


@pytest.mark.parametrize("statistics", [[], printed()[:9], printed()[9:], printed()[:-6]])
def test_an_addenda_that_lost_its_statistics_is_a_finding(statistics: list[str]) -> None:
    (finding,) = find_differing_counts(counts_of(statistics))
    assert re.search(r"no number of (headers|codes), \w+ are printed in addenda.txt", finding)


def test_a_declared_difference_is_no_finding_and_another_of_the_same_number_is() -> None:
    row = next(each for each in read_differences() if each["release"] == "2021-10-01")
    own = AddendaCount("ICD10CM", "2021-10-01", "x", "codes", "revisions", "editions", 22, 20)
    assert (row["counted"], row["printed"]) == ("22", "20")
    assert find_differing_counts([own]) == []
    other = AddendaCount("ICD10CM", "2021-10-01", "x", "codes", "revisions", "editions", 23, 20)
    assert len(find_differing_counts([other])) == 1


@pytest.mark.parametrize("row", read_differences(), ids=lambda row: f"{row['release']} {row['kind']} {row['count']}")
def test_every_declared_difference_has_a_reason(row: dict[str, str]) -> None:
    assert row["reason"]
    assert row["counted"] != row["printed"]
