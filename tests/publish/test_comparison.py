"""Two builds side by side, the earlier one damaged or of an older version: the rest of it is compared."""

import json
import os
import shutil
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline.ask.build_files import PACKAGE
from pipeline.publish.comparison import compare_builds
from pipeline.publish.guards import find_losses, is_of_excerpt
from pipeline.publish.report import changes_as_json, changes_as_markdown
from schemas import TABLES

DAMAGED = "this build is damaged: "
OLDER = "this build was made by an older version: it has no "


@pytest.fixture
def before(excerpt_build: Path, tmp_path: Path) -> Path:
    """A copy of the excerpt's build that may be damaged."""
    folder = tmp_path / "before"
    shutil.copytree(excerpt_build / "parquet", folder / "parquet")
    shutil.copy(excerpt_build / PACKAGE, folder)
    return folder


def table(build: Path, name: str) -> Path:
    return build / "parquet" / f"{name}.parquet"


def never_made(build: Path, name: str) -> None:
    """The build as an older version left it, which knew no such table."""
    package = json.loads((build / PACKAGE).read_text("utf-8"))
    package["resources"] = [each for each in package["resources"] if each["name"] != name]
    (build / PACKAGE).write_text(json.dumps(package), "utf-8")
    table(build, name).unlink()


def never_hashed(build: Path) -> None:
    """The build as if its files had the bytes that they were written with."""
    package = json.loads((build / PACKAGE).read_text("utf-8"))
    for resource in package["resources"]:
        resource.pop("hash", None)
        resource.pop("bytes", None)
    (build / PACKAGE).write_text(json.dumps(package), "utf-8")


@pytest.mark.parametrize("size", [0, 1_000])
def test_a_damaged_table_is_not_compared_and_the_others_are(before: Path, excerpt_build: Path, size: int) -> None:
    os.truncate(table(before, "codes"), size)
    found = compare_builds(before, excerpt_build, "new")
    assert dict(found.not_compared) == {
        "codes": f"{DAMAGED}{table(before, 'codes')}: other bytes than it was written with"
    }
    assert {each.table for each in found.tables} == set(TABLES) - {"codes"}
    assert found.systems == ()
    assert (found.gone, found.crosswalks) == ((), ())


def test_a_table_that_is_gone_is_damage_and_not_a_new_one(before: Path, excerpt_build: Path) -> None:
    table(before, "releases").unlink()
    found = compare_builds(before, excerpt_build, "new")
    assert dict(found.not_compared) == {"releases": f"{DAMAGED}{table(before, 'releases')}: the file is gone"}
    assert not is_of_excerpt(before)


def test_a_build_that_names_no_file_is_none_of_the_excerpt(before: Path, excerpt_build: Path) -> None:
    assert is_of_excerpt(excerpt_build)
    pq.write_table(pq.read_table(table(before, "releases")).slice(0, 0), table(before, "releases"))
    never_hashed(before)
    assert not is_of_excerpt(before)


def test_a_table_that_an_older_version_did_not_make_is_new(before: Path, excerpt_build: Path) -> None:
    never_made(before, "validity")
    found = compare_builds(before, excerpt_build, "new")
    (row,) = (each for each in found.tables if each.table == "validity")
    assert (row.before, row.added == row.after > 0, row.removed) == (0, True, 0)
    assert found.not_compared == ()


@pytest.mark.parametrize("name", ["codes", "releases", "crosswalks", "mappings", "systems"])
def test_no_table_that_an_older_version_did_not_make_stops_a_comparison(
    before: Path, excerpt_build: Path, name: str
) -> None:
    never_made(before, name)
    found = compare_builds(before, excerpt_build, "new")
    assert dict(found.not_compared) == ({"codes": f"{OLDER}table before.codes"} if name == "codes" else {})
    assert find_losses(found, []) == []


@pytest.mark.parametrize(
    ("name", "column"),
    [("codes", "code_dotted"), ("releases", "release"), ("crosswalks", "crosswalk"), ("mappings", "scenario")],
)
def test_no_column_that_an_older_version_did_not_know_stops_a_comparison(
    before: Path, excerpt_build: Path, name: str, column: str
) -> None:
    pq.write_table(pq.read_table(table(before, name)).drop_columns([column]), table(before, name))
    found = compare_builds(before, excerpt_build, "new")
    assert dict(found.not_compared) == {name: f"{OLDER}column before.{name}.{column}"}
    assert {each.table for each in found.tables} == set(TABLES)


def test_what_can_be_compared_is_still_guarded(before: Path, excerpt_build: Path, tmp_path: Path) -> None:
    """A table of the build before is damaged; another would lose half of its rows."""
    os.truncate(table(before, "clusters"), 10)
    after = tmp_path / "after"
    shutil.copytree(excerpt_build / "parquet", after / "parquet")
    shutil.copy(excerpt_build / PACKAGE, after)
    rows = pq.read_table(table(after, "codes"))
    pq.write_table(rows.filter(pc.equal(rows["system"], "ICD10CM")), table(after, "codes"))
    losses = {
        (each.name, each.what.split(" from ")[0]) for each in find_losses(compare_builds(before, after, "new"), [])
    }
    assert ("codes", "table codes: shrinks") in losses
    assert ("codes", "table codes: system HCPCS disappears") in losses


def test_a_build_of_which_nothing_is_left_says_that_there_was_nothing_to_compare_with(
    before: Path, excerpt_build: Path
) -> None:
    for path in (before / "parquet").iterdir():
        os.truncate(path, 0)
    (before / PACKAGE).write_text("{", "utf-8")
    found = compare_builds(before, excerpt_build, "new")
    assert found.tables == ()
    assert set(dict(found.not_compared)) == set(TABLES)
    page = changes_as_markdown(found, "new")
    assert "There was nothing to compare with." in page
    assert f"- codes: {DAMAGED}{before / PACKAGE}: it cannot be read" in page
    assert len(json.loads(changes_as_json(found, "new"))["not_compared"]) == len(TABLES)
    assert find_losses(found, []) == []


def test_what_the_newest_version_of_a_grouping_lost_is_lost_although_an_older_one_has_it(
    before: Path, excerpt_build: Path
) -> None:
    """A new version that was cut stands beside whole older ones."""
    rows = pq.read_table(table(before, "mappings"))
    is_cut = pc.and_(pc.equal(rows["crosswalk"], "betos_hcpcs"), pc.is_valid(rows["target_code"]))
    newest = pc.and_(rows["newest"], pc.invert(is_cut))
    pq.write_table(rows.set_column(rows.column_names.index("newest"), "newest", newest), table(before, "mappings"))
    never_hashed(before)
    (change,) = compare_builds(excerpt_build, before, "new").crosswalks
    assert (change.crosswalk, change.gained) == ("betos_hcpcs", 0)
    assert change.lost == pc.sum(is_cut).as_py() > 0
