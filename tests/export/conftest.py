"""The build of the whole excerpt, as a project of its own."""

from pathlib import Path

import pytest

from tests.samples import EXCERPT, SOURCES, Project


@pytest.fixture(scope="session")
def whole(excerpt_build: Path) -> Project:
    """The committed excerpt and what was built from it."""
    return Project(EXCERPT, SOURCES, excerpt_build.parent)
