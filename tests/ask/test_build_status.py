"""How far a build reaches, said to people and to a scheduler."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.ask.build_status import BuildStatus
from pipeline.ask.known_days import KnownDays
from pipeline.errors import NotKnown
from tests.samples import run


def asked(build: Path, *arguments: str):
    """The outcome of `crosswalk status` on a build."""
    return run("status", *arguments, "--output", str(build.parent))


def test_every_system_has_its_newest_release_and_what_is_expected_next(excerpt_build: Path) -> None:
    result = asked(excerpt_build)
    assert result.exit_code == 0, result.output
    lines = {line.split()[0]: line.split()[1:] for line in result.output.splitlines() if line}
    assert lines["ICD10CM"] == ["2025-10-01", "2026-03-31", "2026-04-01"]
    assert lines["ICD9CM"] == ["2014-10-01", "2015-09-30", "closed"]
    assert result.output.startswith(f"build {json.loads((excerpt_build / 'datapackage.json').read_text())['id']}")


def test_json_has_the_same_and_the_releases_that_are_not_here(excerpt_build: Path) -> None:
    found = json.loads(asked(excerpt_build, "--format", "json").output)
    (own,) = (each for each in found["systems"] if each["system"] == "HCPCS")
    assert (own["newest_release"], own["known_through"], own["next_release_expected"]) == (
        "2025-01-01", "2025-03-31", "2025-04-01",
    )  # fmt: skip
    missing = {(each["source"], each["release"]) for each in found["missing"]}
    assert ("hcpcs", "2025-04-01") in missing
    assert ("hcpcs", "2025-01-01") not in missing
    assert all(each["gives"] for each in found["missing"])


def test_of_each_release_that_is_not_here_it_is_said_what_it_would_give(excerpt_build: Path) -> None:
    missing = [line.split(maxsplit=2) for line in asked(excerpt_build).output.splitlines() if line.startswith("  ")]
    gives = {source: what for source, _, what in missing}
    assert gives["hcpcs"].startswith("listing")
    assert gives["ccsr_px"] == "map"
    assert "gem_dx" not in gives  # its newest release is here, and takes the place of those before


@pytest.mark.parametrize(("basis", "said"), [("addenda", True), ("release", False)])
def test_an_edition_that_addenda_told_of_is_said_to_be_reconstructed(changed, basis: str, said: bool) -> None:
    """The addenda of April 2022 in the file of PCS tell what was listed in October 2021, say."""

    def tell(rows: pa.Table) -> pa.Table:
        is_it = pc.and_(pc.equal(rows["system"], "HCPCS"), pc.equal(rows["code"], "J1440"))
        days = pc.if_else(is_it, pa.scalar(date(2025, 4, 1)), rows["valid_from"])
        told = pc.if_else(is_it, basis, rows["valid_from_basis"])
        rows = rows.set_column(rows.column_names.index("valid_from"), "valid_from", days)
        return rows.set_column(rows.column_names.index("valid_from_basis"), "valid_from_basis", told)

    output = changed("code_history", tell).parent
    found = json.loads(run("status", "--format", "json", "--output", str(output)).output)
    (own,) = [each for each in found["missing"] if (each["source"], each["release"]) == ("hcpcs", "2025-04-01")]
    assert (own["gives"], own["reconstructed"]) == ("listing", said)


@pytest.mark.parametrize(("day", "code"), [("2023-12-31", 0), ("2024-01-01", 8), ("2026-11-01", 8)])
def test_a_day_that_a_system_in_use_is_not_known_on_ends_with_a_code_of_its_own(
    excerpt_build: Path, day: str, code: int
) -> None:
    result = asked(excerpt_build, "--on", day)
    assert result.exit_code == code
    assert ("the newest ICD10 here is of 2023-01-01" in result.stderr) == (code == 8)
    assert "ICD9CM" not in result.stderr


def test_lists_that_have_ended_while_their_system_goes_on_are_behind_no_day() -> None:
    """BETOS ends with 2014 and CPT goes on: no refresh brings a newer list of it."""
    of_cpt = KnownDays("CPT4", None, None, "2014-01-01", date(2009, 1, 1), date(2014, 12, 31), None)
    of_hcpcs = KnownDays("HCPCS", None, None, "2025-01-01", date(2009, 1, 1), date(2025, 3, 31), date(2025, 4, 1))
    status = BuildStatus("build", "version", [of_cpt, of_hcpcs], [])
    assert status.behind(date(2026, 1, 1)) == [of_hcpcs]
    with pytest.raises(NotKnown, match="name a day through 2014-12-31: the lists of CPT4 that are here go no further"):
        of_cpt.require(date(2020, 1, 1))
