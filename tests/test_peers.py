"""The comparison with other packages: who agrees, who is right, and what is extrapolated (without the packages)."""

import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import Workbook

from benchmarks import official_answers, peer_answers, peers


def targets(text: str) -> frozenset[str]:
    return frozenset(text.split())


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ("a b", "b a", peers.SAME),
        ("", "", peers.SAME),
        ("a b", "b", peers.SOME),
        ("a b", "a c", peers.OTHER),
        ("a", "a b", peers.OTHER),
        ("a", "", peers.SILENT),
        ("", "a", peers.ALONE),
    ],
)
def test_answers_are_compared_as_sets_and_every_way_to_differ_has_its_name(ours: str, theirs: str, kind: str) -> None:
    assert peers.kind_of(targets(ours), targets(theirs)) == kind


def test_the_publishers_file_says_who_is_right_and_we_may_be_wrong() -> None:
    ours = {"1": targets("a"), "2": targets("a"), "3": targets("a"), "4": targets("a"), "5": targets("x")}
    theirs = {"1": targets("b"), "2": targets("b"), "3": targets("b"), "5": targets("x")}
    official = {"1": targets("a"), "2": targets("b"), "3": targets("c"), "5": targets("y")}
    found = peers.compare("123456", ours, theirs, official)
    assert dict(found.kinds) == {peers.OTHER: 3, peers.SILENT: 1, peers.SAME: 2}
    assert dict(found.rulings) == {peers.OURS: 1, peers.THEIRS: 1, peers.NEITHER: 1, peers.NOT_IN_FILE: 1}
    assert found.against == 1  # both say x of 5, the file y; 6 is in no file


def test_seconds_of_a_package_that_answered_some_are_those_of_all() -> None:
    result = {"package": "x 1", "loading": [2.0, 1.0], "asking": [60.0, 30.0], "asked": 500, "wanted": 2_000}
    line = peers.time_line(peers.QUESTIONS[0], {peers.FLOOR: (0.5, 0.25)}, result)
    assert "| x 1 | 2.00 (1.00) | 240.00 (120.00), from 500 of 2,000 distinct codes |" in line
    assert "| 0.50 (0.25) |  |  |  |" in line


def test_a_package_is_asked_for_a_minute_and_its_answers_are_those_of_the_first_codes(monkeypatch: Any) -> None:
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(peer_answers.time, "perf_counter", lambda: clock.now)

    def ask(codes: list[str]) -> list[str]:
        clock.now += 0.01 * len(codes)
        return [code.upper() for code in codes]

    codes = [f"a{number}" for number in range(100_000)]
    answers, (wall, _) = peer_answers.ask_within(ask, codes, limit=60)
    assert wall == pytest.approx(60)
    assert answers == [code.upper() for code in codes[:6_000]]
    few, _ = peer_answers.ask_within(ask, codes[:2_500], limit=60)
    assert len(few) == 2_500


def test_codes_are_compared_without_dots_and_prefixes_and_what_says_no_term_is_no_answer() -> None:
    found = peers.bare({"icd10cm:A00.0": ["icd9cm:001.0"], "icd10cm:Z99": ["sssom:NoTermFound"], "E119": ["END002"]})
    assert found == {"A000": targets("0010"), "Z99": targets(""), "E119": targets("END002")}


def test_icdmap_is_asked_with_the_dots_that_it_wants() -> None:
    written = [("25000", "icd9"), ("E8120", "icd9"), ("V300", "icd9"), ("E119", "icd10"), ("I10", "icd10")]
    assert [peer_answers._dotted(*each) for each in written] == ["250.00", "E812.0", "V30.0", "E11.9", "I10"]


def test_files_of_the_publishers_are_read(tmp_path: Path) -> None:
    path = tmp_path / "gem.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("gem.txt", "A000  0010  00000\nT8853XD v5889 10000\nA009 NoDx 11000\nA000 0011 10000\n")
        opened.writestr("ccs.csv", "'CODE','CCS'\n'A150','1 ','x'\n'     ','0','none'\n")
        opened.writestr("order.txt", "00001 A00     0 Cholera\n00002 A000    1 Cholera x\n")
    assert official_answers.read_gem(path, "gem.txt") == {
        "A000": targets("0010 0011"), "T8853XD": targets("V5889"), "A009": targets(""),
    }  # fmt: skip
    assert official_answers.read_quoted(path, 1, "ccs.csv") == {"A150": targets("1")}
    assert official_answers.read_billable(path, "order.txt") == {"A00": targets("no"), "A000": targets("yes")}


def test_sheets_of_the_publishers_are_read(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("map")
    for row in (["title"], ["code", "text", "count", "AIDS", "HF"], ["A1", "x", 1, 0, 1], ["A2", "y", 2, 1, 1]):
        sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    assert official_answers.read_flags(tmp_path / "book.xlsx", "map") == {"A1": targets("HF"), "A2": targets("AIDS HF")}
    assert official_answers.read_pairs(tmp_path / "book.xlsx", "map") == {"A1": targets("1"), "A2": targets("2")}


def test_every_question_has_a_reader_of_the_publishers_file_and_its_packages_are_known() -> None:
    assert {each.crosswalk for each in peers.QUESTIONS} == {*official_answers.READERS}
    assert {name for each in peers.QUESTIONS for name in each.peers} == {*peer_answers.PEERS}
