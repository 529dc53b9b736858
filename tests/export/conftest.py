"""A build of the whole excerpt, made once for the tests of this folder."""

import pytest

from tests.samples import EXCERPT, SOURCES, Project


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The committed excerpt, built into a folder of its own."""
    project = Project(EXCERPT, SOURCES, tmp_path_factory.mktemp("whole") / "output")
    result = project.build()
    assert result.exit_code == 0, result.output
    return project
