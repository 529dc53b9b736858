"""What a refresh says of crosswalks: mappings gained and lost, and a crosswalk that is gone."""

import pytest

from pipeline.publish.comparison import BuildComparison, TableChange, compare_builds
from pipeline.publish.guards import find_losses
from pipeline.publish.report import changes_as_markdown
from tests.samples import Project, copy_excerpt, write_sums

SOURCES = ("icd9cm", "icd10cm", "gem_dx", "nchs_113_causes")
DECLARED = '[[unlisted]]\nside = "{}"\nat_most = 9999\nreason = "an excerpt of the listings"\n'


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """A build, one whose GEM lost two rows and gained one, and one without the causes of death."""
    folders = {}
    for name in ("before", "changed", "without"):
        project = copy_excerpt(tmp_path_factory.mktemp(name), *SOURCES[: 3 if name == "without" else 4])
        (project.raw / "unlisted.toml").write_text(DECLARED.format("source") + DECLARED.format("target"), "utf-8")
        if name == "changed":
            _change_gem(project)
        write_sums(project.raw)
        assert project.build().exit_code == 0
        folders[name] = (project.output / "latest").resolve()
    return folders


def _change_gem(project: Project) -> None:
    path = next(project.raw.glob("gem_dx/*/2018_I9gem.txt"))
    lines = path.read_bytes().split(b"\r\n")
    kept = [line for line in lines if line not in {b"0010  A000    00000", b"0389  A419    10000"}]
    assert len(kept) == len(lines) - 2
    path.write_bytes(b"\r\n".join([b"0010  A009    10000", *kept]))


def test_mappings_gained_and_lost_are_counted_by_crosswalk(builds):
    comparison = compare_builds(builds["before"], builds["changed"], "new")
    changes = {each.crosswalk: (each.gained, each.lost) for each in comparison.crosswalks}
    assert changes["gem_icd9cm_icd10cm"] == (2, 2)  # 038.9 has a row that says it is not assigned
    assert "gem_icd10cm_icd9cm" not in changes
    assert "| gem_icd9cm_icd10cm | 2 | 2 |" in changes_as_markdown(comparison, "new")


def test_a_crosswalk_that_is_gone_is_a_loss(builds):
    comparison = compare_builds(builds["before"], builds["without"], "new")
    assert ("crosswalks", "causes_113_icd10") in comparison.gone
    assert "crosswalks" in {loss.name for loss in find_losses(comparison, [])}
    assert "crosswalks" not in {loss.name for loss in find_losses(comparison, ["crosswalks", "mappings"])}


@pytest.mark.parametrize(("table", "is_loss"), [("mappings", True), ("crosswalk_exceptions", False)])
def test_fewer_exceptions_are_no_loss(table, is_loss):
    change = TableChange(table, before=100, after=10, added=0, removed=90, changed=0)
    assert bool(find_losses(BuildComparison("old", "new", (change,), (), (), ()), [])) == is_loss
