"""The publisher and the project of the tests of fetching, with a good build."""

import pytest

from tests.fetch.conftest import patience, publisher, site
from tests.fetch.site import Site

__all__ = ["patience", "published", "publisher", "site"]


@pytest.fixture
def published(site: Site) -> Site:
    """The same after a first refresh; nobody has asked for anything since."""
    result = site.refresh()
    assert result.exit_code == 0, result.output
    site.publisher.behave()
    return site
