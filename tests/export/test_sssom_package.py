"""SSSOM files, read and validated by the reference package of the standard: `make sssom` installs it and runs this."""

from pathlib import Path

import pytest

from schemas.crosswalks import CROSSWALK_RELATIONS
from tests.export.test_sssom import FILES, write_map

WHY = "SSSOM NOT VALIDATED: the reference package is not installed; `make sssom` installs it (sssom.lock) and runs this"
parsers = pytest.importorskip("sssom.parsers", reason=WHY)
validators = pytest.importorskip("sssom.validators", reason=WHY)


@pytest.mark.parametrize("name", FILES)
def test_the_reference_package_reads_and_validates_a_file(sssom: Path, name: str) -> None:
    found = parsers.parse_sssom_table(sssom / f"{name}.sssom.tsv.gz")
    assert len(found.df)
    assert all(not report.results for report in validators.validate(found).values())
    assert found.metadata["license"].startswith("https://")


@pytest.mark.parametrize("relation", sorted({*CROSSWALK_RELATIONS} - {"packaging"}))
def test_the_reference_package_validates_every_relation(tmp_path: Path, relation: str) -> None:
    found = parsers.parse_sssom_table(write_map(tmp_path, relation))
    assert len(found.df) == 2
    assert all(not report.results for report in validators.validate(found).values())
