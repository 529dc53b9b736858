"""The build of the excerpt, open for questions; and copies of it that another version might have made."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.ask.build import Build, open_build
from pipeline.ask.build_files import PACKAGE

Change = Callable[[pa.Table], pa.Table]
ChangeTable = Callable[[str, Change], Path]


@pytest.fixture(scope="session")
def opened(excerpt_build: Path) -> Iterator[Build]:
    """The build of the excerpt, open."""
    with open_build(excerpt_build) as build:
        yield build


@pytest.fixture
def changed(excerpt_build: Path, tmp_path: Path) -> ChangeTable:
    """Changes a table of a copy of the build; returns the folder of the copy."""
    folder = tmp_path / "output" / "latest"

    def change_table(name: str, change: Change) -> Path:
        if not folder.exists():
            shutil.copytree(excerpt_build / "parquet", folder / "parquet")
            shutil.copy(excerpt_build / "datapackage.json", folder)
        path = folder / "parquet" / f"{name}.parquet"
        pq.write_table(change(pq.read_table(path)), path)
        return folder

    return change_table


@pytest.fixture
def copied(excerpt_build: Path, tmp_path: Path) -> Path:
    """A copy of the build that may be damaged: the folder that `latest` leads to."""
    folder = tmp_path / "copied" / excerpt_build.name
    (folder / "parquet").mkdir(parents=True)
    for path in (*excerpt_build.glob("parquet/*"), excerpt_build / PACKAGE):
        shutil.copy(path, folder / path.relative_to(excerpt_build))
    (folder.parent / "latest").symlink_to(folder.name)
    return folder
