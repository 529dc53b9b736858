"""The same file under two releases of a source is refused, unless the catalogue declares that nothing changed."""

import shutil
from pathlib import Path

import pytest

from tests.samples import ORDER_LINES, Project, copy_excerpt, make_project, order_line, text_of, write_sums

LATER = '\n[[release]]\nrelease = "2026-10-01"\nlabel = "FY2027"\nfile = "later.zip"\n'


@pytest.fixture
def repeated(tmp_path: Path) -> Project:
    """A project with two releases that are one file."""
    project = make_project(tmp_path)
    with (project.catalogue / "icd10cm.toml").open("a", encoding="utf-8") as file:
        file.write(LATER)
    path = later(project)
    path.parent.mkdir(parents=True)
    shutil.copy(project.order_zip, path)
    return project


def later(project: Project) -> Path:
    return project.raw / "icd10cm" / "2026-10-01" / "later.zip"


def declare(project: Project, release: str) -> None:
    with (project.catalogue / "icd10cm.toml").open("a", encoding="utf-8") as file:
        file.write(f'same_as = "{release}"\n')


def test_the_same_file_under_a_newer_release_is_refused(repeated: Project) -> None:
    result = repeated.build()
    assert result.exit_code == 3
    assert f"icd10cm 2026-10-01: {later(repeated)}" in result.stderr
    assert "other content than that of release 2025-10-01" in result.stderr
    assert 'write same_as = "2025-10-01" into its entry in raw/sources/icd10cm.toml' in result.stderr
    assert not (repeated.output / "latest").exists()


def test_a_release_that_was_posted_again_without_a_change_is_declared(repeated: Project) -> None:
    declare(repeated, "2025-10-01")
    assert repeated.build().exit_code == 0


def test_a_declaration_that_is_no_longer_so_is_refused(repeated: Project) -> None:
    declare(repeated, "2025-10-01")
    repeated.write_order(text_of([*ORDER_LINES, order_line(7, "U999", 1, "New")])).replace(later(repeated))
    repeated.write_order(text_of(ORDER_LINES))
    result = repeated.build()
    assert result.exit_code == 3
    assert "drop `same_as`" in result.stderr


def test_a_declaration_of_a_release_that_is_not_here_stops_nothing(repeated: Project) -> None:
    declare(repeated, "2025-10-01")
    repeated.order_zip.unlink()
    assert repeated.build().exit_code == 0


def test_some_of_several_files_may_be_the_same(tmp_path: Path) -> None:
    """The modifiers of two CPT releases of the excerpt are one file, as they are with licensees."""
    project = copy_excerpt(tmp_path, "cpt")
    one, two = (project.raw / "cpt" / release / "MODUL.txt" for release in ("2022-01-01", "2026-01-01"))
    assert one.read_bytes() == two.read_bytes()
    assert project.build().exit_code == 0


def test_a_release_of_which_every_file_is_that_of_another_is_refused(tmp_path: Path) -> None:
    project = copy_excerpt(tmp_path, "cpt")
    shutil.rmtree(project.raw / "cpt" / "2026-01-01")
    shutil.copytree(project.raw / "cpt" / "2022-01-01", project.raw / "cpt" / "2026-01-01")
    write_sums(project.raw)
    assert project.build().exit_code == 3


def test_a_map_is_compared_with_editions_that_are_not_read(tmp_path: Path) -> None:
    """Of a map the newest edition is read; the others count with their hashes."""
    project = copy_excerpt(tmp_path, "icd10cm", "icd9cm", "gem_dx")
    (newest,) = sorted((project.raw / "gem_dx").iterdir())[-1:]
    older = "2016-10-01" if newest.name != "2016-10-01" else "2017-10-01"
    catalogue = tmp_path / "sources"
    shutil.copytree(project.catalogue, catalogue)
    with (catalogue / "gem_dx.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[release]]\nrelease = "{older}"\nlabel = "older"\nfile = "older.zip"\n')
    shutil.copytree(newest, project.raw / "gem_dx" / older)
    write_sums(project.raw)
    result = Project(project.raw, catalogue, project.output).build()
    assert result.exit_code == 3, result.output
    assert "gem_dx" in result.stderr
