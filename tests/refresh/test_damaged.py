"""A refresh, and the way back, where the build that people have is damaged, of an older version, or not there."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.ask.build_files import PACKAGE, is_whole
from tests.fetch.site import NEW_CODE, Site
from tests.refresh.test_refresh import builds_by_age, changes, latest
from tests.samples import order_line, run


def without_codes(build: Path) -> None:
    package = json.loads((build / PACKAGE).read_text("utf-8"))
    package["resources"] = [each for each in package["resources"] if each["name"] != "codes"]
    (build / PACKAGE).write_text(json.dumps(package), "utf-8")
    (build / "parquet" / "codes.parquet").unlink()


def without_a_column(build: Path) -> None:
    path = build / "parquet" / "codes.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["code_dotted"]), path)


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "truncated": (lambda build: os.truncate(build / "parquet" / "codes.parquet", 100), "this build is damaged"),
    "empty": (lambda build: os.truncate(build / "parquet" / "codes.parquet", 0), "this build is damaged"),
    "gone": (lambda build: (build / "parquet" / "codes.parquet").unlink(), "this build is damaged"),
    "older, without a table": (without_codes, "older version: it has no table before.codes"),
    "older, without a column": (without_a_column, "older version: it has no column before.codes.code_dotted"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_refresh_publishes_over_a_build_that_cannot_be_compared_with_and_says_why(
    published: Site, damage: str
) -> None:
    break_build, why = DAMAGES[damage]
    first = latest(published)
    break_build(first)
    published.post_later(NEW_CODE)
    result = published.refresh()
    assert result.exit_code == 0, result.output
    assert latest(published) != first
    assert is_whole(latest(published))
    page = (latest(published) / "CHANGES.md").read_text("utf-8")
    assert why in next(line for line in page.splitlines() if line.startswith("- codes: "))
    (told,) = changes(published)["not_compared"]
    assert told[0] == "codes"
    assert why in told[1]
    assert "codes not compared: " in result.stderr


def test_what_can_be_compared_may_still_keep_a_build_from_being_published(published: Site) -> None:
    first = latest(published)
    os.truncate(first / "parquet" / "systems.parquet", 0)
    published.post_later(*(order_line(number, f"U{93 + number}", 1, "New") for number in range(7, 107)))
    assert published.refresh().exit_code == 0
    second = latest(published)
    os.truncate(second / "parquet" / "systems.parquet", 0)
    published.post_later()
    stored = next(published.raw.glob("icd10cm/2026-10-01/*"))
    stored.unlink()
    result = published.refresh("--accept-changed", "icd10cm/2026-10-01")
    assert result.exit_code == 4, result.output
    assert "table validity: shrinks" in result.stderr
    assert latest(published) == second


@pytest.mark.parametrize("name", ["parquet/codes.parquet", "csv/codes.csv.gz", PACKAGE])
def test_a_refresh_that_finds_nothing_new_makes_a_damaged_build_again(published: Site, name: str) -> None:
    first = latest(published)
    os.truncate(first / name, 3)
    result = published.refresh()
    assert result.exit_code == 0, result.output
    assert latest(published).name == f"{first.name}-2"
    assert is_whole(latest(published))
    assert "is up to date" in published.refresh().output


@pytest.mark.parametrize("target", ["latest", "nowhere"], ids=["circle", "nowhere"])
def test_a_link_that_leads_nowhere_is_replaced(published: Site, target: str) -> None:
    first = latest(published)
    link = published.project.output / "latest"
    link.unlink()
    link.symlink_to(target)
    result = published.refresh()
    assert result.exit_code == 0, result.output
    assert latest(published) == first
    assert is_whole(first)


# Going back


def test_rollback_leads_away_from_a_build_without_its_description(twice: Site) -> None:
    first, second = builds_by_age(twice)
    (second / PACKAGE).unlink()
    output = ("--output", str(twice.project.output))
    assert "there is no build here" in run("lookup", "A00.0", *output).stderr
    assert run("rollback", *output).exit_code == 0
    assert latest(twice) == first


def test_rollback_leads_away_from_a_link_in_a_circle(twice: Site) -> None:
    _, second = builds_by_age(twice)
    link = twice.project.output / "latest"
    link.unlink()
    link.symlink_to("latest")
    assert run("rollback", "--output", str(twice.project.output)).exit_code == 0
    assert latest(twice) == second


def test_rollback_finds_the_build_before_by_a_relative_folder_too(twice: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = builds_by_age(twice)
    monkeypatch.chdir(twice.project.output.parent)
    assert run("rollback", "--output", twice.project.output.name).exit_code == 0
    assert latest(twice) == first
