"""What a refresh says of crosswalks: mappings gained and lost, and a crosswalk that is gone."""

import pandas as pd
import pytest

from pipeline.crosswalk.registry import read_crosswalks
from pipeline.publish.comparison import BuildComparison, CrosswalkChange, TableChange, compare_builds
from pipeline.publish.guards import FEWEST, _map_losses, find_losses
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


@pytest.mark.parametrize(
    ("crosswalk", "gained", "lost", "before", "is_loss"),
    [
        ("hcc_cms_v28", 0, 500, 1_000, True),  # a map that was cut in half
        ("hcc_cms_v28", 490, 500, 1_000, True),  # or replaced by half of another
        ("hcc_cms_v28", 1_000, 1_000, 1_000, True),
        ("hcc_cms_v28", 0, 50, 1_000, False),  # five per cent
        ("hcc_cms_v28", 0, 51, 1_000, True),
        ("hcc_cms_v28", 0, FEWEST - 1, 60, False),
        ("of_an_older_version", 490, 500, 1_000, True),
        ("icd10cm_backward", 13_485, 1_705, 14_551, False),  # as with the conversion table of October 2024
        ("icd10cm_backward", 0, 1_705, 14_551, True),
        ("betos_cpt4", 835, 835, 15_196, False),  # as in 2011
        ("betos_cpt4", 835, 2_000, 15_196, True),
        ("asp_ndc_hcpcs", 1_000, 1_000, 6_934, False),
        ("asp_ndc_hcpcs", 0, 1_000, 6_934, True),
    ],
)
def test_a_crosswalk_that_loses_mappings_is_a_loss_though_all_of_them_hardly_shrink(
    crosswalk, gained, lost, before, is_loss
):
    """A map has no release before it to compare with, and is a small part of all mappings."""
    change = CrosswalkChange(crosswalk, gained, lost, before)
    comparison = BuildComparison("old", "new", (), (), (change,), ())
    assert [loss.name for loss in find_losses(comparison, [])] == ([crosswalk] if is_loss else [])
    assert find_losses(comparison, [crosswalk]) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (TableChange("codes", 10_000, 10_000, added=1_000, removed=1_000, changed=0),
         "table codes: loses 1,000 of 10,000 rows, 10.0%, and gains 1,000"),
        (TableChange("codes", 10_000, 9_000, added=0, removed=1_000, changed=0),
         "table codes: shrinks from 10,000 to 9,000 rows, by 10.0%"),
        (TableChange("codes", 10_000, 10_100, added=600, removed=500, changed=0), None),
        (TableChange("validity", 10_000, 10_000, added=10_000, removed=10_000, changed=0), None),
        (TableChange("validity", 10_000, 9_000, added=9_000, removed=10_000, changed=0),
         "table validity: shrinks from 10,000 to 9,000 rows, by 10.0%"),
        (TableChange("codes", 10_000, 10_000, added=10_000, removed=10_000, changed=0, has_key=False), None),
        (TableChange("codes", 10_000, 9_000, added=9_000, removed=10_000, changed=0, has_key=False),
         "table codes: shrinks from 10,000 to 9,000 rows, by 10.0%"),
    ],
)  # fmt: skip
def test_what_a_table_gains_does_not_make_up_for_what_it_loses(change, said):
    found = find_losses(BuildComparison("old", "new", (change,), (), (), ()), [])
    assert [loss.what for loss in found] == ([said] if said else [])


def test_every_map_with_a_share_of_its_own_is_published():
    assert [name for name in _map_losses() if read_crosswalks()[name].origin != "published"] == []


def test_the_mappings_that_a_crosswalk_had_are_counted(builds):
    comparison = compare_builds(builds["before"], builds["changed"], "new")
    (change,) = (each for each in comparison.crosswalks if each.crosswalk == "gem_icd9cm_icd10cm")
    mappings = pd.read_parquet(builds["before"] / "parquet" / "mappings.parquet")
    assert change.before == (mappings["crosswalk"] == change.crosswalk).sum() > 0
