"""The excerpt as it lies in the repository: its hashes, and the form of files that no official file vouches for."""

import hashlib
import re

import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import NOT_RAW, SUMS, survey_raw
from tests.conftest import EXCERPT

CPT = EXCERPT / "cpt" / "2026-01-01"
CPT_CODE = r"\d{4}[0-9AFMTU]"
# file: the form of a line below the notice. Columns 7 to 54 hold the medium title, 7 to 34 the short one.
CPT_LINES = {
    "LONGULT.txt": rf"({CPT_CODE})\t\S.*",
    "MEDU.txt": rf"({CPT_CODE}) [^a-z\s][^a-z]{{0,47}}",
    "SHORTU.txt": rf"({CPT_CODE}) [^a-z\s][^a-z]{{0,27}}",
    "MODUL.txt": r"([A-Z0-9]{2})\t\S.*",
}


def test_the_sums_list_exactly_the_files_that_are_there_with_their_hashes() -> None:
    listed = dict(reversed(line.split("  ", 1)) for line in (EXCERPT / SUMS).read_text("utf-8").splitlines())
    files = [path for path in EXCERPT.rglob("*") if path.is_file() and path.name not in NOT_RAW]
    hashes = {path.relative_to(EXCERPT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert listed == hashes


def cpt_lines(name: str) -> list[str]:
    """The lines behind the notice, which ends with an empty line."""
    notice, _, lines = (CPT / name).read_bytes().decode("ascii").partition("\r\n\r\n")
    assert "none is taken from the American Medical Association" in notice
    assert lines.endswith("\r\n")
    return lines.removesuffix("\r\n").split("\r\n")


@pytest.mark.parametrize("name", CPT_LINES)
def test_every_cpt_line_has_the_pattern_and_width_of_its_file(name: str) -> None:
    assert [line for line in cpt_lines(name) if not re.fullmatch(CPT_LINES[name], line)] == []


def test_the_cpt_files_have_the_same_codes() -> None:
    codes = [[line[:5] for line in cpt_lines(name)] for name in ("LONGULT.txt", "MEDU.txt", "SHORTU.txt")]
    assert codes[0] == codes[1] == codes[2]
    assert len(set(codes[0])) == len(codes[0])


@pytest.mark.parametrize("name", ["LONGULT.txt", "MODUL.txt"])
def test_every_long_cpt_text_says_that_the_wording_is_our_own(name: str) -> None:
    assert [line for line in cpt_lines(name) if not line.endswith("(own wording)")] == []


def test_the_catalogue_knows_every_file_of_the_excerpt() -> None:
    assert survey_raw(EXCERPT, read_catalogue()).strangers == ()
