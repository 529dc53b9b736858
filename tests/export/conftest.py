"""The build of the whole excerpt, as a project of its own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from tests.samples import EXCERPT, SOURCES, Project


@pytest.fixture(scope="session")
def sssom(excerpt_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The excerpt's crosswalks in the form of SSSOM."""
    return export_sssom(excerpt_build, tmp_path_factory.mktemp("sssom"))


def export_sssom(build: Path, folder: Path) -> Path:
    """Writes the crosswalks of a build as SSSOM, as whoever wants them does; gives their folder."""
    command = ["export", str(folder / "asked"), "--format", "sssom", "--output", str(build.parent)]
    assert CliRunner().invoke(app, command).exit_code == 0
    return folder / "asked" / "sssom"


@pytest.fixture(scope="session")
def whole(excerpt_build: Path) -> Project:
    """The committed excerpt and what was built from it."""
    return Project(EXCERPT, SOURCES, excerpt_build.parent)
