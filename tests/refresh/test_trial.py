"""A file whose readers took it, and of which no build came about: it does not stand in the way of the good one."""

import hashlib
import tomllib

import pytest

from pipeline.catalogue.pins import GIVES_WAY, ON_TRIAL
from tests.fetch.site import ENTRY, KEY, LATER, LATER_URL, NEW_CODE, URL, Site, order_zip
from tests.refresh.test_cut_releases import archive, leave_last_code_open, lines
from tests.refresh.test_refresh import latest
from tests.samples import order_line

BAD_CODE = order_line(7, "U9.9", 1, "No such code")  # its reader takes it, the gate does not
LATER_KEY = "icd10cm/2026-10-01/later.zip"


def trial_of(site: Site, key: str = LATER_KEY) -> str:
    return str(tomllib.loads((site.raw / "fetched.toml").read_text("utf-8"))[key].get("trial", ""))


@pytest.fixture
def refused(published: Site) -> Site:
    """A build, and a new release that the gate refused."""
    first = latest(published)
    published.post_later(BAD_CODE)
    result = published.refresh()
    assert result.exit_code == 4, result.output
    assert latest(published) == first
    assert trial_of(published) == GIVES_WAY
    return published


def test_what_the_gate_refused_gives_way_to_the_good_file(refused: Site) -> None:
    refused.post_later(NEW_CODE)
    result = refused.refresh()
    assert result.exit_code == 0, result.output
    assert "later.zip was refused by the last refresh, and gives way to what is posted now" in result.output
    assert trial_of(refused) == ""
    assert not list(refused.raw.rglob("*.reposted-*"))


def test_a_fetch_takes_the_good_file_too(refused: Site) -> None:
    refused.post_later(NEW_CODE)
    assert refused.fetch().exit_code == 0
    assert trial_of(refused) == ON_TRIAL
    assert refused.refresh().exit_code == 0


def test_it_is_refused_each_time_until_another_is_posted(refused: Site) -> None:
    for _ in range(2):
        assert refused.refresh().exit_code == 4
        assert trial_of(refused) == GIVES_WAY
    refused.post_later(NEW_CODE)
    assert refused.refresh().exit_code == 0


def test_a_good_file_that_was_set_aside_before_is_taken(published: Site) -> None:
    """It was posted between a fetch and the first build with the bad one."""
    published.post_later(BAD_CODE)
    published.fetch()
    published.post_later(NEW_CODE)
    assert published.refresh().exit_code == 4
    assert published.refresh().exit_code == 0


def test_what_lost_too_much_gives_way_to_the_whole_file(site: Site) -> None:
    leave_last_code_open(site)
    site.write_entry(ENTRY + LATER)
    site.publisher.files[URL] = archive(site, lines())
    site.publisher.files[LATER_URL] = archive(site, lines(cut_to=0.5), "FY2027")
    assert site.refresh().exit_code == 4
    assert trial_of(site) == GIVES_WAY
    assert trial_of(site, KEY) == GIVES_WAY, "nobody knows which of the two it is"
    site.publisher.files[LATER_URL] = archive(site, lines(), "FY2027")
    assert site.refresh().exit_code == 0
    assert trial_of(site, KEY) == ""


def test_what_a_person_allowed_is_no_longer_on_trial(site: Site) -> None:
    leave_last_code_open(site)
    site.publisher.files[URL] = archive(site, lines())
    assert site.refresh().exit_code == 0
    site.write_entry(ENTRY + LATER)
    site.publisher.files[LATER_URL] = archive(site, lines(cut_to=0.5), "FY2027")
    assert site.refresh().exit_code == 4
    assert site.refresh("--allow-loss", "ICD10CM/2026-10-01").exit_code == 0
    assert trial_of(site) == ""
    site.publisher.files[LATER_URL] = archive(site, lines(), "FY2027")
    assert site.refresh().exit_code == 7, "it is accepted, and binds"


def test_a_file_that_gave_a_build_binds(published: Site) -> None:
    published.post_later(NEW_CODE)
    assert published.refresh().exit_code == 0
    assert trial_of(published) == ""
    published.post_later(NEW_CODE, order_line(8, "U998", 1, "Another"))
    result = published.refresh()
    assert result.exit_code == 7
    assert "--accept-changed icd10cm/2026-10-01" in result.stderr


def test_a_file_of_an_earlier_build_still_binds_when_a_later_one_was_refused(refused: Site) -> None:
    """Only what is new may be why."""
    assert trial_of(refused, "icd10cm/2025-10-01/order.zip") == ""
    refused.publisher.files[URL] = order_zip(refused.raw.parent, NEW_CODE)
    refused.refresh()
    assert list(refused.raw.rglob("order.zip.reposted-*"))


def test_a_file_that_the_catalogue_pins_is_never_on_trial(published: Site) -> None:
    published.post_later(BAD_CODE)
    content = published.publisher.files[LATER_URL]
    assert isinstance(content, bytes)
    published.write_entry(f'{ENTRY}{LATER}sha256 = "{hashlib.sha256(content).hexdigest()}"\n')
    assert published.refresh().exit_code == 4
    assert trial_of(published) == ""


def test_a_refusal_does_not_ask_for_what_did_not_change_again(refused: Site) -> None:
    refused.publisher.behave()
    refused.refresh()
    assert {visit.url for visit in refused.publisher.visits if visit.status == 200} == {LATER_URL}
