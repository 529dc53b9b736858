"""What true releases take away, and what a true file that was cut in half would."""

import shutil
from pathlib import Path

import pytest

from pipeline.catalogue.sample import SAMPLE
from pipeline.publish.release_losses import LIMITS, LargestLoss, find_release_losses, read_steps
from pipeline.run.registries import read_registry
from tests.conftest import find_official_raw
from tests.fetch.conftest import patience, publisher, site
from tests.fetch.site import ENTRY, LATER, LATER_URL, MEMBER, URL, Site
from tests.official.conftest import Member
from tests.refresh.test_refresh import latest
from tests.samples import run, write_zip

__all__ = ["patience", "publisher", "site"]

MEASURED = read_registry(LIMITS, "series", LargestLoss)
LISTS_OF_SERVICES = ("betos", "hcpcs")  # of which the corpus does not have every file


@pytest.fixture(scope="module")
def service_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of HCPCS and of BETOS, which has CPT and HCPCS in one file, from all official files of the two."""
    folder, official = tmp_path_factory.mktemp("services"), find_official_raw()
    assert official is not None
    for name in LISTS_OF_SERVICES:
        shutil.copytree(official / name, folder / "raw" / name)
    assert run("build", "--raw", str(folder / "raw"), "--output", str(folder / "output")).exit_code == 0
    return folder / "output" / "latest"


def test_no_true_release_is_kept_back(official_build: Path, service_build: Path) -> None:
    assert find_release_losses(official_build, None, []) == []
    assert find_release_losses(service_build, None, []) == []


@pytest.mark.parametrize("series", MEASURED)
def test_the_largest_true_loss_is_the_one_that_is_written_down(
    official_build: Path, service_build: Path, series: str
) -> None:
    build = service_build if series.endswith(LISTS_OF_SERVICES) else official_build
    steps = [each for each in read_steps(build) if each.series == series and each.before.codes]
    largest = max(steps, key=lambda each: each.gone / each.before.codes / each.years)
    written = MEASURED[series]
    assert (largest.release, largest.gone, largest.before.codes) == (written.release, written.gone, written.of)
    assert largest.years == pytest.approx(written.years, abs=0.01)


def test_a_true_file_that_was_cut_in_half_at_the_end_of_a_line_is_kept_back(
    site: Site, official_member: Member
) -> None:
    whole = official_member("icd10cm", "2024-10-01", "icd10cm_order_2025.txt")
    lines = official_member("icd10cm", "2025-10-01", "icd10cm_order_2026.txt").splitlines(keepends=True)
    half = b"".join(lines[: len(lines) // 2])
    not_kept = '[[not_kept]]\nlayout = "order_file"\nfigure = "last code"\nreason = "of a test"\n'
    site.raw.mkdir(exist_ok=True)
    (site.raw / SAMPLE).write_text(not_kept, encoding="utf-8")  # the guard alone: the check figure is not asked
    site.publisher.files[URL] = archive(site, whole)
    assert site.refresh().exit_code == 0
    first = latest(site)
    site.write_entry(ENTRY + LATER)
    site.publisher.files[LATER_URL] = archive(site, half)
    result = site.refresh()
    assert result.exit_code == 4, result.output
    assert "release ICD10CM 2026-10-01: of 74,260 codes that could be reported by release 2025-10-01" in result.stderr
    assert "49,093 rows were read, 97,584 of release 2025-10-01" in result.stderr
    assert "--allow-loss ICD10CM/2026-10-01" in result.stderr
    assert latest(site) == first
    site.publisher.files[LATER_URL] = archive(site, b"".join(lines))
    assert site.refresh("--accept-changed", "icd10cm/2026-10-01").exit_code == 0


def archive(site: Site, content: bytes) -> bytes:
    return write_zip(site.raw.parent / "made.zip", {MEMBER: content}).read_bytes()
