"""Lists that are expanded and checked against the build of the excerpt."""

from collections.abc import Callable
from datetime import date

import pytest

from pipeline.ask.build import Build
from pipeline.ask.codelist.check import check_list
from pipeline.ask.codelist.expand import Expansion, ListDays, expand
from pipeline.ask.codelist.list_findings import ListFinding
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list

ExpandText = Callable[..., Expansion]
CheckText = Callable[..., list[ListFinding]]


def days_of(first: str | None, last: str | None = None) -> ListDays:
    """The days from one to another, or one day."""
    days = [date.fromisoformat(each) if each else None for each in (first, last or first)]
    return ListDays(*days)


@pytest.fixture
def expanded(opened: Build) -> ExpandText:
    """Expands the text of a list, of one system where one is named, on a day, from a day to another, or ever."""

    def expand_text(text: str, system: str | None = None, day: str | None = None, last: str | None = None, **options):
        resolved = resolve_list(opened, read_list(text), system)
        return expand(opened, resolved, days_of(day, last), **options)

    return expand_text


@pytest.fixture
def checked(opened: Build) -> CheckText:
    """Checks the text of a list, of one system where one is named, on a day, from a day to another, or ever."""

    def check_text(text: str, system: str | None = None, day: str | None = None, last: str | None = None):
        written = read_list(text)
        return check_list(opened, written, resolve_list(opened, written, system), days_of(day, last))

    return check_text
