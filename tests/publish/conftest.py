"""The publisher and the project of the tests of fetching, with a good build."""

import shutil
from pathlib import Path

import pytest

from tests.fetch.conftest import patience, publisher, site
from tests.fetch.site import ENTRY, URL, Site, order_zip
from tests.publisher import open_publisher
from tests.samples import ORDER_SOURCE, Project

__all__ = ["patience", "published", "publisher", "site"]


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project after its first refresh."""
    folder = tmp_path_factory.mktemp("refreshed")
    project = Project(folder / "raw", folder / "sources", folder / "output")
    project.catalogue.mkdir()
    (project.catalogue / "icd10cm.toml").write_text(ORDER_SOURCE + ENTRY, encoding="utf-8")
    with open_publisher({URL: order_zip(folder)}, folder) as opened, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(opened.authority))
        result = Site(project, opened).refresh()
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def published(site: Site, refreshed: Path) -> Site:
    """A project after its first refresh, of which nobody has asked for anything since."""
    for name in ("raw", "output"):
        shutil.copytree(refreshed / name, site.raw.parent / name, symlinks=True)
    return site
