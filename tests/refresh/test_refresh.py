"""A refresh: what is published, what is said, and what is not done."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.publish.place import KEPT, builds_of
from tests.fetch.site import ENTRY, LATER, LATER_URL, MEMBER, NEW_CODE, URL, Site
from tests.refresh.conftest import copy_project, served
from tests.samples import EXCERPT, ORDER_LINES, hashes, order_line, run, text_of, write_zip


def latest(site: Site) -> Path:
    return (site.project.output / "latest").resolve()


def builds(site: Site) -> set[str]:
    return {path.name for path in site.project.output.iterdir() if re.fullmatch("[0-9a-f]{12}", path.name)}


def changes(site: Site) -> dict:
    return json.loads((latest(site) / "changes.json").read_text("utf-8"))


def builds_by_age(site: Site) -> tuple[Path, Path]:
    """The only two builds there are: the one before, and the latest."""
    (before,) = builds(site) - {latest(site).name}
    return site.project.output / before, latest(site)


def test_first_refresh_publishes_and_says_that_there_is_nothing_to_compare_with(site: Site) -> None:
    result = site.refresh()
    assert result.exit_code == 0, result.output
    assert (latest(site) / "parquet" / "codes.parquet").is_file()
    assert changes(site) == {"before": None, "after": latest(site).name, "missing": []}
    assert "The first build" in (latest(site) / "CHANGES.md").read_text("utf-8")


def test_nothing_changed_asks_conditionally_and_builds_nothing(published: Site) -> None:
    before = hashes(published.project.output)
    result = published.refresh()
    assert result.exit_code == 0
    assert f"unchanged  build {latest(published).name} is up to date" in result.output
    assert [visit.status for visit in published.publisher.visits] == [304]
    assert "ingest" not in result.output
    assert hashes(published.project.output) == before


def test_nothing_changed_loads_nothing_that_builds(published: Site) -> None:
    script = (
        "import sys\nfrom pipeline.cli import app\n"
        "try:\n    app(sys.argv[1:])\n"
        "finally:\n    print('heavy:', *({'pandas', 'pyarrow', 'duckdb', 'pandera'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", script, "refresh", *published.options]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "is up to date" in done.stdout
    assert done.stdout.splitlines()[-1] == "heavy:"


def test_new_release_is_taken_built_compared_and_published(published: Site) -> None:
    first = latest(published).name
    lines = [*ORDER_LINES]
    lines[2] = order_line(3, "A009", 1, "Cholera, of no kind")
    lines[4] = order_line(5, "C4A0", 0, "Merkel cell carcinoma of lip")
    added = order_line(6, "C4A01", 1, "Merkel cell carcinoma of upper lip")
    lines = [*lines[:5], added, order_line(7, "U070", 1, "Vaping-related disorder")]
    published.post_later()
    published.publisher.files[LATER_URL] = zip_of(published, lines)
    result = published.refresh()
    assert result.exit_code == 0, result.output
    assert latest(published).name != first
    found = changes(published)
    assert (found["before"], found["after"]) == (first, latest(published).name)
    systems = {(each["system"], each["change"]): [code for code, _ in each["codes"]] for each in found["systems"]}
    assert systems == {
        ("ICD10CM", "added"): ["C4A.01", "U07.0"],
        ("ICD10CM", "removed"): ["U07.1"],
        ("ICD10CM", "reworded"): ["A00.9"],
        ("ICD10CM", "became_header"): ["C4A.0"],
    }
    tables = {each["table"]: each for each in found["tables"]}
    assert tables["releases"]["added"] == 1
    assert (tables["codes"]["before"], tables["codes"]["after"], tables["codes"]["added"]) == (6, 8, 2)
    assert tables["systems"]["changed"] == 1  # the days that are known of it
    page = (latest(published) / "CHANGES.md").read_text("utf-8")
    assert f"# From build {first} to build {latest(published).name}" in page
    assert "- `C4A.01` Merkel cell carcinoma of upper lip" in page
    assert re.search(r"\| codes \| 6 \| 8 \| 2 \| 0 \| \d \|", page)


def test_report_is_the_same_for_the_same_two_builds(twice: Site) -> None:
    first, before = latest(twice), hashes(latest(twice))
    assert twice.project.build().exit_code == 0
    assert hashes(latest(twice)) == before
    assert first == latest(twice)
    assert not re.search(r"\d\d:\d\d", (first / "CHANGES.md").read_text("utf-8"))


def test_same_build_come_to_from_another_one_tells_of_the_other(twice: Site) -> None:
    one, two = (build.name for build in builds_by_age(twice))
    twice.write_entry(ENTRY + LATER.replace("FY2027", "other label"))
    twice.refresh()
    three = latest(twice).name
    twice.write_entry(ENTRY + LATER)
    twice.refresh()
    assert latest(twice).name == two
    assert changes(twice)["before"] == three
    assert builds(twice) == {one, two, three}


def test_build_of_the_same_files_is_not_made_twice(published: Site) -> None:
    (published.project.output / ".refreshed.json").unlink()
    before = latest(published)
    result = published.refresh()
    assert result.exit_code == 0
    assert "is what these files make" in result.output
    assert latest(published) == before
    assert "up to date" in published.refresh().output


def test_another_option_makes_another_build(published: Site) -> None:
    before = latest(published)
    assert published.refresh("--with-licensed-text").exit_code == 0
    assert latest(published) != before


def test_damaged_raw_file_is_mended(published: Site) -> None:
    published.stored.write_bytes(b"damaged")
    assert published.refresh().exit_code == 0
    assert published.stored.read_bytes() == published.publisher.files[URL]


@pytest.mark.slow
def test_old_builds_are_pruned(published: Site) -> None:
    for number in range(KEPT + 1):
        published.write_entry(ENTRY.replace("FY2026", f"label {number}"))
        assert published.refresh().exit_code == 0
    assert len(builds(published)) == KEPT


# Guards


def many(codes: int) -> list[str]:
    return [
        order_line(1, "Z99", 0, "Dependence on enabling machines"),
        *(order_line(2 + each, f"Z99{each}", 1, f"Dependence {each}") for each in range(codes)),
    ]


def zip_of(site: Site, lines: list[str]) -> bytes:
    return write_zip(site.raw.parent / "lines.zip", {MEMBER: text_of(lines)}).read_bytes()


@pytest.fixture(scope="session")
def refreshed_before_it_shrank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project whose only file was then re-posted with half its codes, and set aside."""
    folder = tmp_path_factory.mktemp("shrunk")
    with served(folder) as site:
        site.write_entry(ENTRY)
        site.publisher.files[URL] = zip_of(site, many(10))
        assert site.refresh().exit_code == 0
        site.publisher.files[URL] = zip_of(site, many(4))
        assert site.refresh().exit_code == 7
    return folder


@pytest.fixture
def shrunk(site: Site, refreshed_before_it_shrank: Path) -> Site:
    """A project whose only file has half its codes since the build; nobody has accepted that yet."""
    copy_project(refreshed_before_it_shrank, site.raw.parent)
    site.publisher.files[URL] = zip_of(site, many(4))
    return site


ACCEPT = ("--accept-changed", "icd10cm/2025-10-01")


def test_build_that_loses_too_much_is_kept_back_and_can_be_looked_at(shrunk: Site) -> None:
    site, name, before = shrunk, latest(shrunk).name, hashes(latest(shrunk))
    result = site.refresh(*ACCEPT)
    assert result.exit_code == 4
    assert latest(site).name == name
    assert hashes(latest(site)) == before
    (candidate,) = site.project.output.glob(".candidate-*")
    assert [build.name for build in builds_of(site.project.output)] == [name]
    assert (candidate / "parquet" / "codes.parquet").is_file()
    assert "table codes: shrinks from 11 to 5 rows, by 54.5%" in result.stderr
    assert f"look at {candidate / 'CHANGES.md'}" in result.stderr
    assert "--allow-loss codes" in result.stderr
    assert site.refresh().exit_code == 4
    assert len(list(site.project.output.glob(".candidate-*"))) == 1


def test_loss_that_is_allowed_is_published(shrunk: Site) -> None:
    name = latest(shrunk).name
    assert shrunk.refresh(*ACCEPT, "--allow-loss", "codes").exit_code == 4
    allowed = [each for table in ("codes", "code_history", "validity") for each in ("--allow-loss", table)]
    assert shrunk.refresh(*allowed).exit_code == 0
    assert latest(shrunk).name != name


def test_release_that_disappears_stops_the_publish(twice: Site) -> None:
    twice.write_entry(ENTRY)
    result = twice.refresh()
    assert result.exit_code == 4
    assert "table releases: release ICD10CM 2026-10-01 disappears" in result.stderr


def test_system_that_disappears_stops_the_publish(published: Site) -> None:
    text = (published.project.catalogue / "icd10cm.toml").read_text("utf-8")
    (published.project.catalogue / "icd10cm.toml").write_text(text.replace('"ICD10CM"', '"ICD10PCS"'), "utf-8")
    path = published.raw.parent / "p.zip"
    lines = [
        order_line(1, "001", 0, "Bypass"),
        order_line(2, "0016070", 1, "Bypass one"),
        order_line(3, "0016071", 1, "B"),
        order_line(4, "XY0", 0, "Extracorporeal"),
        order_line(5, "XY0VX83", 1, "E"),
    ]
    published.publisher.files[URL] = write_zip(path, {MEMBER: text_of(lines)}).read_bytes()
    published.refresh()
    result = published.refresh(*ACCEPT)
    assert result.exit_code == 4, result.output
    assert "table codes: system ICD10CM disappears" in result.stderr


def test_build_of_the_excerpt_gives_way_whatever_it_holds(site: Site, excerpt_build: Path) -> None:
    """A fresh clone builds the excerpt first, which has systems that nobody may fetch."""
    shutil.copytree(excerpt_build.parent, site.project.output, symlinks=True)
    first = latest(site).name
    assert site.refresh().exit_code == 0
    assert changes(site)["before"] == first
    assert len(changes(site)["gone"]) > 5


# Going back


def test_rollback_points_back_and_a_refresh_does_not_undo_it(twice: Site) -> None:
    first, second = builds_by_age(twice)
    result = run("rollback", "--output", str(twice.project.output))
    assert result.exit_code == 0
    assert latest(twice) == first
    again = twice.refresh()
    assert again.exit_code == 0
    assert f"withdrawn  build {second.name} was rolled back" in again.output
    assert latest(twice) == first
    assert "up to date" in twice.refresh().output
    assert twice.project.build().exit_code == 0
    assert latest(twice) == second
    assert not (twice.project.output / ".withdrawn").read_text("utf-8")


def test_rollback_goes_to_a_build_by_its_id_and_forward_again(twice: Site) -> None:
    (first, second), output = builds_by_age(twice), ("--output", str(twice.project.output))
    assert run("rollback", first.name, *output).exit_code == 0
    assert run("rollback", second.name, *output).exit_code == 0
    assert latest(twice) == second
    assert "up to date" in twice.refresh().output


@pytest.mark.parametrize("build", [[], ["aaaaaaaaaaaa"]], ids=["none before", "unknown"])
def test_rollback_to_nowhere_is_wrong_usage(published: Site, build: list[str]) -> None:
    result = run("rollback", *build, "--output", str(published.project.output))
    assert result.exit_code == 2
    assert latest(published).name in result.stderr


@pytest.mark.parametrize("name", ["csv/codes.csv.gz", "datapackage.json"])
def test_rollback_to_a_damaged_build_is_refused(twice: Site, name: str) -> None:
    first, second = builds_by_age(twice)
    (first / name).write_text("damaged", encoding="utf-8")
    result = run("rollback", "--output", str(twice.project.output))
    assert result.exit_code == 2
    assert "it is damaged" in result.stderr
    assert latest(twice) == second


# Logs


def test_log_lines_have_time_and_stage(published: Site) -> None:
    published.post_later(NEW_CODE)
    lines = published.refresh().output.splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [a-z]+ +\S", line) for line in lines)
    stages = [line.split()[1] for line in lines]
    wanted = ["fetched", "fetch", "catalogue", "ingest", "normalise", "history", "validate", "export", "published"]
    assert [stage for stage in stages if stage in wanted] == wanted


def test_log_for_machines_is_json_errors_included(published: Site) -> None:
    published.post_later(NEW_CODE)
    del published.publisher.files[LATER_URL]
    result = published.refresh("--log-json")
    assert result.exit_code == 7
    records = [json.loads(line) for line in [*result.stdout.splitlines(), *result.stderr.splitlines()]]
    assert all(set(record) == {"time", "stage", "message"} for record in records)
    assert records[-1]["stage"] == "warning"
    assert "not here: 1 files, of icd10cm/2026-10-01" in records[-1]["message"]
    assert any(each["stage"] == "missing" and "status 404" in each["message"] for each in records)


def test_excerpt_is_never_refreshed(site: Site) -> None:
    broken = Site(type(site.project)(EXCERPT, site.project.catalogue, site.project.output), site.publisher)
    before = hashes(EXCERPT)
    assert broken.refresh().exit_code == 2
    assert hashes(EXCERPT) == before
