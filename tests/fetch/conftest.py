"""A publisher that serves one good file, and a project that wants it. Nothing is waited for longer than it must be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.fetch import transfer
from pipeline.fetch.bounds import Patience
from tests.fetch.site import ENTRY, URL, Site, order_zip
from tests.publisher import Publisher, open_publisher
from tests.samples import Project


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Patience:
    """No back-off, and little patience."""
    quick = Patience(connect=2, silence=1, tries=3, back_off=0, slowest=1000, measured_over=0.3)
    monkeypatch.setattr(transfer, "PATIENCE", quick)
    return quick


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: Patience) -> Iterator[Publisher]:
    """A server that is trusted in this process."""
    with open_publisher({URL: order_zip(tmp_path)}, tmp_path) as opened:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(opened.authority))
        yield opened


@pytest.fixture
def site(tmp_path: Path, publisher: Publisher) -> Site:
    """A project of one source with one release, of which nothing is here yet."""
    project = Project(tmp_path / "raw", tmp_path / "sources", tmp_path / "output")
    project.catalogue.mkdir()
    site = Site(project, publisher)
    site.write_entry(ENTRY)
    return site
