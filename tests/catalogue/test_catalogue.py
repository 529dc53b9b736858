"""The catalogue, held against folders of raw files."""

import re
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import survey_raw
from pipeline.errors import RawFileError, UsageError
from tests.samples import (
    EXCERPT,
    ORDER_LINES,
    ORDER_RELEASE,
    ORDER_SOURCE,
    SOURCES,
    Project,
    copy_excerpt,
    make_project,
    order_line,
    run,
    text_of,
    write_zip,
)


@pytest.fixture(scope="module")
def catalogue() -> dict[str, object]:
    return dict(read_catalogue())


def test_all_sources_load_under_their_own_names(catalogue: dict) -> None:
    assert len(catalogue) == 43
    assert [source.source for source in catalogue.values()] == list(catalogue)


def test_every_release_has_a_label_and_the_day_it_takes_effect(catalogue: dict) -> None:
    releases = [release for source in catalogue.values() for release in source.releases]
    assert len(releases) > 200
    assert all(release.label.strip() for release in releases)
    assert all(type(release.effective_from) is date for release in releases)


def test_hashes_are_hashes(catalogue: dict) -> None:
    pinned = [each for source in catalogue.values() for each in source.releases if each.sha256]
    assert len(pinned) > 50
    assert all(re.fullmatch("[0-9a-f]{64}", each.sha256) for each in pinned)


def test_patterns_of_members_are_regular_expressions(catalogue: dict) -> None:
    patterns = [
        pattern
        for source in catalogue.values()
        for members in (source.members, *(release.members for release in source.releases))
        for pattern in members.values()
    ]
    assert patterns
    assert all(re.compile(pattern) for pattern in patterns)


def test_what_a_file_supersedes_is_an_entry_of_the_same_release(catalogue: dict) -> None:
    for source in catalogue.values():
        entries = {(each.release, each.file) for each in source.releases}
        assert all((each.release, each.supersedes) in entries for each in source.releases if each.supersedes)


WEEKLY = {"mcd"}  # its editions follow the week, which has no days of every year


def test_series_without_days_of_editions_are_the_closed_ones(catalogue: dict) -> None:
    without = {name for name, source in catalogue.items() if not source.cadence}
    assert without - WEEKLY == {name for name, source in catalogue.items() if source.cadence_note.startswith("closed")}
    assert {name for name, source in catalogue.items() if source.closed} <= without


def test_listings_that_go_on_are_known_up_to_the_day_before_the_next_edition(catalogue: dict) -> None:
    newest = {
        "icd10cm": (2025, 10, 1),
        "icd10pcs": (2024, 10, 1),
        "hcpcs": (2025, 1, 1),
        "icd10_mortality": (2023, 1, 1),
    }
    horizons = {name: catalogue[name].known_through(date(*day)) for name, day in newest.items()}
    assert horizons == {
        "icd10cm": date(2026, 3, 31), "icd10pcs": date(2025, 3, 31), "hcpcs": date(2025, 3, 31),
        "icd10_mortality": date(2023, 12, 31),
    }  # fmt: skip
    assert catalogue["icd9cm"].known_through(date(2014, 10, 1)) == date(2015, 9, 30)


def test_nothing_is_both_fetched_and_a_licensees(catalogue: dict) -> None:
    assert {name for name, source in catalogue.items() if source.licensed} == {
        "ccs_services",
        "cpt",
        "mcd",
        "nhsn_cpt",
        "who_icd10",
    }


# A folder of raw files


def test_entry_of_the_day_is_the_release_unless_it_says_otherwise(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    entry = ORDER_SOURCE + ORDER_RELEASE.replace("2025-10-01", "Edition 3") + "effective_from = 2025-10-02\n"
    (project.catalogue / "icd10cm.toml").write_text(entry, encoding="utf-8")
    (release,) = read_catalogue(project.catalogue)["icd10cm"].releases
    assert (release.release, release.effective_from) == ("Edition 3", date(2025, 10, 2))


def test_releases_that_are_not_here_are_skipped_and_counted(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    later = '[[release]]\nrelease = "2026-10-01"\nlabel = "FY2027"\nfile = "order-2027.zip"\n'
    with (project.catalogue / "icd10cm.toml").open("a", encoding="utf-8") as file:
        file.write(later)
    seen = survey_raw(project.raw, read_catalogue(project.catalogue))
    assert [each.release.release for each in seen.found] == ["2025-10-01"]
    assert [release.release for _, release in seen.missing] == ["2026-10-01"]
    result = project.build()
    assert result.exit_code == 0
    assert "1 releases to read" in result.output
    assert "1 of the catalogue are not here" in result.output


def test_file_that_no_entry_claims_gives_a_warning_that_names_it(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    stranger = project.raw / "icd10cm" / "2025-10-01" / "notes of mine.txt"
    stranger.write_text("x", encoding="utf-8")
    result = project.build()
    assert result.exit_code == 0
    assert f"warning: {stranger} is in no catalogue entry" in result.stderr


def test_readme_and_sums_are_no_strangers() -> None:
    strangers = survey_raw(EXCERPT, read_catalogue()).strangers
    assert strangers == ()


def test_files_of_sources_that_were_not_asked_for_are_no_strangers() -> None:
    assert "warning" not in run("ingest", "hcpcs", "--raw", str(EXCERPT), "--rows", "1").output


def test_superseded_file_is_not_read(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    entry = '[[release]]\nrelease = "2025-10-01"\nlabel = "re-issue"\nfile = "new.zip"\nsupersedes = "order.zip"\n'
    with (project.catalogue / "icd10cm.toml").open("a", encoding="utf-8") as file:
        file.write(entry)
    write_zip(project.order_zip.with_name("new.zip"), {"icd10cm_order_2026.txt": text_of(ORDER_LINES)})
    seen = survey_raw(project.raw, read_catalogue(project.catalogue))
    (read,) = seen.in_use()
    assert [path.name for path in read.paths] == ["new.zip"]
    assert seen.strangers == ()


def test_several_files_of_one_release_are_read_together(tmp_path: Path) -> None:
    seen = survey_raw(copy_excerpt(tmp_path, "icd9cm").raw, read_catalogue())
    files = {each.release.release: len(each.paths) for each in seen.in_use()}
    assert files == {"2005-10-01": 2, "2009-10-01": 4, "2011-10-01": 4, "2014-10-01": 4}


TWO_FILES = (
    ORDER_SOURCE
    + ORDER_RELEASE
    + "{first}"
    + ORDER_RELEASE.replace("order.zip", "errata.zip").replace("FY2026", "errata")
    + "{second}"
)


def make_release_of_two_files(folder: Path, first: str, second: str) -> Project:
    project = make_project(folder)
    text = TWO_FILES.replace("{first}", first).replace("{second}", second)
    (project.catalogue / "icd10cm.toml").write_text(text, encoding="utf-8")
    added = f"{'Add:':<13}1 A009    {'Cholera, unspecified':<60} Cholera, unspecified\r\n"
    counts = [
        *("Headers", "  2 headers in a.txt", "  2 headers in b.txt", "  0 additions", "  0 deletions", "  0 revisions"),
        *("Codes", "  3 codes in a.txt", "  4 codes in b.txt", "  1 additions", "  0 deletions", "  0 revisions"),
    ]
    write_zip(project.order_zip.with_name("errata.zip"), {"corrections.txt": added.encode() + text_of(counts)})
    return project


def test_patterns_of_members_of_both_files_of_a_release_count(tmp_path: Path) -> None:
    second = "members = { addenda = 'corrections.txt' }\n"
    project = make_release_of_two_files(tmp_path, "members = { order = '.*order.*' }\n", second)
    (release,) = survey_raw(project.raw, read_catalogue(project.catalogue)).in_use()
    assert [path.name for path in release.paths] == ["order.zip", "errata.zip"]
    assert dict(release.release.members) == {"order": ".*order.*", "addenda": "corrections.txt"}
    assert project.build().exit_code == 0


def test_two_patterns_for_one_part_of_a_release_are_refused_with_both_entries(tmp_path: Path) -> None:
    first, second = (f"members = {{ addenda = '{name}.txt' }}\n" for name in ("changes", "corrections"))
    project = make_release_of_two_files(tmp_path, first, second)
    result = project.build()
    assert result.exit_code == 2
    for each in ("icd10cm.toml", "'FY2026'", "'errata'", "'addenda'", "'changes.txt'", "'corrections.txt'"):
        assert each in result.stderr


def test_hash_is_verified_and_survives_the_way_back_from_another_process(tmp_path: Path) -> None:
    import pickle

    project = copy_excerpt(tmp_path, "hcpcs")
    path = next(project.raw.glob("hcpcs/2025*/*"))
    path.write_bytes(b"changed")
    delivery = survey_raw(project.raw, read_catalogue()).in_use()[1]
    with pytest.raises(RawFileError, match="sha256") as problem:
        delivery.hashed()
    assert str(pickle.loads(pickle.dumps(problem.value))) == str(problem.value)


# What is no catalogue file


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source = ", "Invalid value"),
        (ORDER_SOURCE.replace('cadence = ["04-01", "10-01"]\n', ""), "cadence"),
        (ORDER_SOURCE.replace('["04-01", "10-01"]', '"yearly"'), "yearly"),
        (ORDER_SOURCE.replace('["04-01", "10-01"]', '["10-01", "04-01"]'), "rise"),
        (ORDER_SOURCE.replace('"10-01"]', '"02-29"]'), "02-29"),
        (ORDER_SOURCE.replace("\n\n[members]", "\nclosed = 2015-09-30\n\n[members]"), "closed"),
        (ORDER_SOURCE + ORDER_RELEASE + 'colour = "red"\n', "colour"),
        (ORDER_SOURCE + ORDER_RELEASE.replace('label = "FY2026"\n', ""), "label"),
        (ORDER_SOURCE + ORDER_RELEASE.replace("2025-10-01", "October"), "October"),
        (ORDER_SOURCE + "[[release]]\nlabel = 'x'\n", "release"),
    ],
)
def test_malformed_entry_is_wrong_usage(tmp_path: Path, text: str, says: str) -> None:
    project = make_project(tmp_path)
    path = project.catalogue / "icd10cm.toml"
    path.write_text(text, encoding="utf-8")
    result = project.build()
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert f"error: {path}: this is not a catalogue file" in result.stderr
    assert says in result.stderr
    assert "  next:     compare it with another file of that folder" in result.stderr
    assert not project.output.joinpath("latest").exists()


def test_malformed_entry_raises_usage_error_for_callers(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("= 1", encoding="utf-8")
    with pytest.raises(UsageError):
        read_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("'(?!.*addend).*order.*\\.txt'", "'order(.*'"),
        ('file = "order.zip"', 'file = "order.zip"\neffective_from = "soon"'),
    ],
    ids=["pattern that is none", "day that is text"],
)
def test_value_of_the_wrong_kind_is_wrong_usage(tmp_path: Path, before: str, after: str) -> None:
    project = make_project(tmp_path)
    text = (ORDER_SOURCE + ORDER_RELEASE).replace(before, after)
    assert text != ORDER_SOURCE + ORDER_RELEASE
    (project.catalogue / "icd10cm.toml").write_text(text, encoding="utf-8")
    assert project.build().exit_code == 2


def test_catalogue_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    result = Project(project.raw, tmp_path / "nowhere", project.output).build()
    assert result.exit_code == 2
    assert str(tmp_path / "nowhere") in result.stderr


# One place per change


def test_new_release_of_a_known_source_is_one_entry_and_no_code(tmp_path: Path) -> None:
    project = copy_excerpt(tmp_path, "icd10cm")
    sources = shutil.copytree(SOURCES, tmp_path / "sources")
    with (sources / "icd10cm.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[release]]\nrelease = "2030-10-01"\nlabel = "FY2031 code descriptions"\nfile = "order-2031.zip"\n'
        )
    (project.raw / "SHA256SUMS").unlink()
    lines = [*ORDER_LINES, order_line(7, "U999", 1, "A code of the year 2030")]
    write_zip(project.raw / "icd10cm" / "2030-10-01" / "order-2031.zip", {"icd10cm-order-2031.txt": text_of(lines)})
    project = Project(project.raw, sources, project.output)
    result = project.build()
    assert result.exit_code == 0, result.output
    tables = project.output / "latest" / "parquet"
    releases = pd.read_parquet(tables / "releases.parquet").set_index(["system", "release"])
    assert releases.loc[("ICD10CM", "2030-10-01"), ["label", "rows", "codes"]].tolist() == [
        "FY2031 code descriptions",
        7,
        7,
    ]
    codes = pd.read_parquet(tables / "codes.parquet").set_index(["system", "code"])
    new = codes.loc[("ICD10CM", "U999")]
    assert (new["description"], new["last_release"]) == ("A code of the year 2030", "2030-10-01")
    assert new["valid_from"] == date(2030, 10, 1)
