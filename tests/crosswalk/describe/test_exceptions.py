"""What a crosswalk does not carry is listed with the reason, or stops the build."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.crosswalk.describe import exceptions
from pipeline.crosswalk.unlisted import read_unlisted
from pipeline.errors import UsageError
from pipeline.run.sql import query_tables
from tests.crosswalk.frames import PREDECESSORS
from tests.samples import copy_excerpt, hashes, write_sums

SOURCES = ("icd9cm", "icd10cm", "gem_dx", "icd10cm_conversion")


@pytest.fixture
def project(tmp_path):
    """A copy of the diagnoses of the excerpt, with what it declares."""
    copied = copy_excerpt(tmp_path, *SOURCES)
    declared = '[[unlisted]]\nside = "{}"\nat_most = 999\nreason = "an excerpt"\n'
    (copied.raw / "unlisted.toml").write_text(declared.format("source") + declared.format("target"), encoding="utf-8")
    write_sums(copied.raw)
    return copied


def test_a_map_whose_codes_are_declared_is_published(project, read_table):
    assert project.build().exit_code == 0
    exceptions = read_table((project.output / "latest").resolve(), "crosswalk_exceptions")
    assert (exceptions.loc[exceptions["exception"] == "corrected", "target_code"] == "V5889").all()


def test_a_code_that_no_listing_has_stops_the_build_unless_it_is_declared(project):
    assert project.build().exit_code == 0
    before = hashes(project.output / "latest")
    (project.raw / "unlisted.toml").unlink()
    write_sums(project.raw)
    result = project.build()
    assert result.exit_code == 4
    assert "FY2026.csv is in no listing" in result.output
    assert "unlisted.toml" in result.output
    assert hashes(project.output / "latest") == before


def test_more_undeclared_codes_than_declared_stop_the_build(project):
    path = project.raw / "unlisted.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("999", "3"), encoding="utf-8")
    write_sums(project.raw)
    result = project.build()
    assert result.exit_code == 4
    assert "3 are declared: an excerpt" in result.output


def test_what_a_conversion_table_prints_more_than_once_is_told_also_of_a_code_that_had_none_before():
    row = {"system": "ICD9CM", "change": "New", "form": "code", "part": 1, "parts": 1, "file": "t", "line": 1}
    days = {"0010": ("0011", 1, 1), "0012": (None, 2, 0), "0013": ("0014", 1, 0)}
    rows = [
        row | {"code": code, "previous": previous, "effective_from": date(2010 + year, 10, 1), "rows": times}
        for code, (previous, times, years) in days.items()
        for year in range(years + 1)
    ]
    sql = Path(exceptions.__file__).with_name("conversion_exceptions.sql")
    found = query_tables(sql, predecessors=pa.Table.from_pylist(rows, PREDECESSORS)).to_pylist()
    told = sorted((each["source_code"], each["target_code"], each["reason"]) for each in found)
    assert told == [
        ("0010", "0011", "printed 2 times: New 2010-10-01, New 2011-10-01"),
        ("0012", None, "printed 2 times: New 2010-10-01"),
    ]


@pytest.mark.parametrize("text", ["[[unlisted]]\nside = 3", "nothing", "[[unlisted]]\nsides = 'x'\n"])
def test_a_file_that_declares_nothing_readable_is_refused(tmp_path, text):
    (tmp_path / "unlisted.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="declares no unlisted codes"):
        read_unlisted(tmp_path)


def test_every_entry_of_ours_gives_a_reason(tmp_path):
    for each in read_unlisted(tmp_path):
        assert each.side in {"source", "target"}
        assert len(each.reason) > 20
        assert each.at_most > 0


@pytest.mark.parametrize(
    "text",
    [
        '[[unlisted]]\nside = "sourc"\nat_most = 1\nreason = "r"',
        '[[unlisted]]\nside = "source"\nat_most = "1"\nreason = "r"',
        '[[unlisted]]\nside = "source"\nat_most = 1\nreason = "r"\ncodes = "("',
        '[unlisted]\nside = "source"',
        "\xe9",
    ],
)
def test_what_declares_no_unlisted_codes_is_said_with_its_file(tmp_path, text):
    (tmp_path / "unlisted.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="this declares no unlisted codes"):
        read_unlisted(tmp_path)
