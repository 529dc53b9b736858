"""A good build that every broken build aims at."""

from pathlib import Path

import pytest

from tests.samples import Project, make_project


@pytest.fixture(scope="package")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder that holds a good build."""
    project = make_project(tmp_path_factory.mktemp("published"))
    result = project.build()
    assert result.exit_code == 0, result.output
    return project.output


@pytest.fixture
def project(tmp_path: Path, published: Path) -> Project:
    """A good project that publishes beside the good build; tests break it."""
    fresh = make_project(tmp_path)
    return Project(fresh.raw, fresh.catalogue, published)
