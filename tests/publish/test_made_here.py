"""What somebody else put into an output folder: no run deletes it, publishes into it or goes back to it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.errors import UsageError
from pipeline.publish.place import KEPT, builds_of, keep_candidate, publish, roll_back
from pipeline.run.made_here import MADE, made_here
from tests.publish.test_place import describe, folders, publish_text, set_age
from tests.samples import hashes, make_project, run

FOREIGN = {  # what their datapackage.json says
    "without an id": {"name": "rivers", "resources": []},
    "with an id of its own": {"id": "rivers", "resources": []},
    "with no resources": {"id": "aaaaaaaaaaaa"},
    "that is no JSON": None,
}


def publish_many(output: Path, number: int = KEPT + 3) -> None:
    """More builds than are kept, each an hour after the one before."""
    for each in range(number):
        publish_text(output, f"{each:012x}", "text")
        for build in builds_of(output):
            set_age(build, 1)


def put_foreign(folder: Path, package: object) -> Path:
    folder.mkdir()
    (folder / "datapackage.json").write_text("{" if package is None else json.dumps(package), "utf-8")
    (folder / "data.csv").write_text("x", "utf-8")
    set_age(folder, 1000)
    return folder


def test_other_data_packages_survive_any_number_of_builds(tmp_path: Path) -> None:
    for number, package in enumerate(FOREIGN.values()):
        put_foreign(tmp_path / f"package-{number}", package)
        put_foreign(tmp_path / (f"{number:x}" * 12), package)
    before = {name: each for name, each in hashes(tmp_path).items() if name != MADE}
    publish_many(tmp_path)
    assert before.items() <= hashes(tmp_path).items()
    assert len(builds_of(tmp_path)) == KEPT


@pytest.mark.parametrize("name", ["mycopy", "fedcba987654", "{id}-2", "{id}-copy", ".candidate-{id}", ".incoming-{id}"])
def test_a_copy_of_a_build_survives_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    publish_text(tmp_path, "aaaaaaaaaaaa", "text")
    copy = tmp_path / name.format(id="aaaaaaaaaaaa")
    shutil.copytree(tmp_path / "latest", copy)
    set_age(copy, 1000)
    set_age(tmp_path / "aaaaaaaaaaaa", 500)
    before = hashes(copy)
    publish_many(tmp_path)
    assert hashes(copy) == before
    assert not (tmp_path / "aaaaaaaaaaaa").exists(), "the build itself is old"


def test_a_copy_in_the_place_of_a_build_that_somebody_deleted_is_theirs(tmp_path: Path) -> None:
    publish_text(tmp_path, "aaaaaaaaaaaa", "text")
    shutil.copytree(tmp_path / "aaaaaaaaaaaa", tmp_path / "aside")
    shutil.rmtree(tmp_path / "aaaaaaaaaaaa")
    publish_text(tmp_path, "bbbbbbbbbbbb", "text")
    (tmp_path / "aside").rename(tmp_path / "aaaaaaaaaaaa")
    set_age(tmp_path / "aaaaaaaaaaaa", 1000)
    publish_many(tmp_path)
    assert (tmp_path / "aaaaaaaaaaaa").is_dir()


def test_a_build_whose_description_was_spoilt_is_not_deleted(tmp_path: Path) -> None:
    publish_text(tmp_path, "aaaaaaaaaaaa", "text")
    (tmp_path / "aaaaaaaaaaaa" / "datapackage.json").write_text("{}", "utf-8")
    set_age(tmp_path / "aaaaaaaaaaaa", 1000)
    publish_many(tmp_path)
    assert (tmp_path / "aaaaaaaaaaaa").is_dir()


def test_the_same_build_is_published_beside_a_copy_that_has_its_name(tmp_path: Path) -> None:
    copy = tmp_path / "aaaaaaaaaaaa"
    copy.mkdir()
    describe(copy, "aaaaaaaaaaaa", "text")
    with publish(tmp_path, "aaaaaaaaaaaa") as folder:
        describe(folder, "aaaaaaaaaaaa", "text")
        (folder / "CHANGES.md").write_text("x", "utf-8")
    assert (tmp_path / "latest").readlink() == Path("aaaaaaaaaaaa-2")
    assert not (tmp_path / "aaaaaaaaaaaa" / "CHANGES.md").exists()


def test_an_older_candidate_is_deleted_and_a_foreign_folder_of_such_a_name_is_not(tmp_path: Path) -> None:
    put_foreign(tmp_path / ".candidate-mine", FOREIGN["without an id"])
    for build_id in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        with publish(tmp_path, build_id) as folder:
            describe(folder, build_id, "text")
            keep_candidate(tmp_path, folder, build_id)
            folder.mkdir()
    assert {name for name in folders(tmp_path) if name.startswith(".candidate")} == {
        ".candidate-mine",
        ".candidate-bbbbbbbbbbbb",
    }


def test_the_list_names_what_is_here_and_nothing_that_is_gone(tmp_path: Path) -> None:
    publish_many(tmp_path)
    assert made_here(tmp_path) == {build.name for build in builds_of(tmp_path)}
    shutil.rmtree(builds_of(tmp_path)[-1])
    publish_text(tmp_path, "ffffffffffff", "text")
    assert made_here(tmp_path) == {build.name for build in builds_of(tmp_path)}


def test_rollback_goes_to_no_other_data_package(tmp_path: Path) -> None:
    publish_text(tmp_path, "aaaaaaaaaaaa", "text")
    publish_text(tmp_path, "bbbbbbbbbbbb", "text")
    now = (tmp_path / "bbbbbbbbbbbb").stat().st_mtime
    put_foreign(tmp_path / "rivers", FOREIGN["with an id of its own"])
    put_foreign(tmp_path / "cccccccccccc", FOREIGN["with no resources"])
    shutil.copytree(tmp_path / "aaaaaaaaaaaa", tmp_path / "mycopy")
    for age, name in enumerate(["bbbbbbbbbbbb", "cccccccccccc", "mycopy", "aaaaaaaaaaaa"]):
        os.utime(tmp_path / name, (now - age, now - age))
    assert roll_back(tmp_path, None).name == "aaaaaaaaaaaa"


@pytest.mark.parametrize("is_folder", [True, False], ids=["folder", "file"])
def test_latest_that_is_no_link_is_left_alone_and_told_of_before_anything_is_read(
    tmp_path: Path, is_folder: bool
) -> None:
    project = make_project(tmp_path)
    latest = project.output / "latest"
    if is_folder:
        latest.mkdir(parents=True)
        (latest / "notes.txt").write_text("mine", "utf-8")
    else:
        project.output.mkdir()
        latest.write_text("mine", "utf-8")
    before = hashes(project.output)
    for result in (project.build(), run("rollback", "--output", str(project.output))):
        assert result.exit_code == 2
        assert isinstance(result.exception, SystemExit)
        assert f"{latest}: this is no link to a build" in result.stderr
        assert "catalogue " not in result.output
        mine = {name: each for name, each in hashes(project.output).items() if not name.startswith(".")}
        assert mine == before
    with pytest.raises(UsageError), publish(project.output, "aaaaaaaaaaaa"):
        pytest.fail("it was written before that was told")


def test_make_clean_removes_the_builds_and_nothing_else(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    publish_text(output, "aaaaaaaaaaaa", "text")
    for name in ("decade", ".mine", "b"):
        put_foreign(output / name, FOREIGN["without an id"])
    shutil.copy(PROJECT / "Makefile", tmp_path)
    subprocess.run(["make", "-C", str(tmp_path), "clean"], check=True, capture_output=True)
    assert {path.name for path in output.iterdir()} == {"decade", ".mine", "b"}
