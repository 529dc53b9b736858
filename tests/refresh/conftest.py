"""The publisher and the project of the tests of fetching, with a good build."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fetch.conftest import patience, publisher, site
from tests.fetch.site import ENTRY, NEW_CODE, URL, Site, order_zip
from tests.publisher import open_publisher
from tests.samples import Project

__all__ = ["patience", "published", "publisher", "site", "twice"]


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project after its first refresh."""
    folder = tmp_path_factory.mktemp("refreshed")
    with served(folder) as site:
        site.write_entry(ENTRY)
        result = site.refresh()
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session")
def refreshed_twice(tmp_path_factory: pytest.TempPathFactory, refreshed: Path) -> Path:
    """The folder of a project after the refresh that brought the next release, with a new code."""
    folder = tmp_path_factory.mktemp("refreshed-twice")
    copy_project(refreshed, folder)
    with served(folder) as site:
        site.post_later(NEW_CODE)
        result = site.refresh()
    assert result.exit_code == 0, result.output
    return folder


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """A project in a folder, whose publisher is there and trusted."""
    project = Project(folder / "raw", folder / "sources", folder / "output")
    project.catalogue.mkdir()
    with open_publisher({URL: order_zip(folder)}, folder) as opened, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(opened.authority))
        yield Site(project, opened)


def copy_project(folder: Path, to: Path) -> None:
    """The raw files and the builds of a project, with their times."""
    for name in ("raw", "output"):
        shutil.copytree(folder / name, to / name, symlinks=True)


@pytest.fixture
def published(site: Site, refreshed: Path) -> Site:
    """A project after its first refresh, of which nobody has asked for anything since."""
    copy_project(refreshed, site.raw.parent)
    return site


@pytest.fixture
def twice(site: Site, refreshed_twice: Path) -> Site:
    """A project with two builds: the second brought the next release, with a new code."""
    copy_project(refreshed_twice, site.raw.parent)
    site.post_later(NEW_CODE)
    return site
