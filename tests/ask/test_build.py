"""The one door to a build: what it opens, and what it refuses."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.ask.build import Build, open_arrow, open_build, open_two
from pipeline.ask.build_files import PACKAGE
from pipeline.ask.lookup import look_up
from pipeline.ask.relations import RELATION_MEANINGS, meaning_of
from pipeline.errors import UnreadableBuild, UsageError
from schemas import TABLES
from schemas.crosswalks import CROSSWALK_RELATIONS
from tests.ask.conftest import ChangeTable
from tests.samples import run


def test_tables_are_asked_by_their_names(opened: Build) -> None:
    assert opened.names == set(TABLES)
    (row,) = opened.rows(
        "select code_dotted from codes where system = $system and code = $code", system="ICD10CM", code="E119"
    )
    assert row == {"code_dotted": "E11.9"}


def test_a_build_tells_its_systems_crosswalks_and_days(opened: Build, excerpt_build: Path) -> None:
    assert opened.id == excerpt_build.name
    assert opened.systems["ICD9CM"].written_as == ["XXX.XX", "EXXX.X"]
    assert opened.crosswalks["icd10cm_forward"].opposite == "icd10cm_backward"
    assert opened.crosswalks["icd10cm_forward"].is_year_to_year
    assert opened.crosswalks["icd10cm_backward"].direction == "backward"
    assert not opened.crosswalks["conversion_icd10cm"].is_year_to_year
    assert str(opened.release_days["ICD10CM"][0]) == "2015-10-01"


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.symlink_to("gone")])
def test_where_there_is_no_build_nothing_is_opened(tmp_path: Path, make) -> None:
    make(tmp_path / "latest")
    with pytest.raises(UsageError, match="there is no build here"):
        open_build(tmp_path / "latest")
    with pytest.raises(UsageError, match="there is no build here"):
        open_two(tmp_path / "latest", tmp_path / "latest")


def test_a_link_is_followed_once(excerpt_build: Path, tmp_path: Path) -> None:
    link = tmp_path / "latest"
    link.symlink_to(excerpt_build)
    with open_build(link) as build:
        link.unlink()
        assert build.rows("select count(*) as n from codes")[0]["n"] > 0


def test_a_folder_with_a_quote_in_its_name_is_opened(excerpt_build: Path, tmp_path: Path) -> None:
    (tmp_path / "it's").symlink_to(excerpt_build)
    copy = tmp_path / "o'brien"
    copy.mkdir()
    (copy / "parquet").symlink_to(excerpt_build / "parquet")
    (copy / "datapackage.json").symlink_to(excerpt_build / "datapackage.json")
    with open_build(copy) as build, open_two(copy, tmp_path / "it's") as both:
        assert build.systems
        assert both.rows("select system from before.systems except select system from after.systems") == []


def test_a_build_that_was_left_is_closed(excerpt_build: Path) -> None:
    with open_build(excerpt_build) as build:
        pass
    with pytest.raises(duckdb.ConnectionException):
        build.rows("from systems")


def test_builds_share_no_connection_with_each_other_or_with_duckdb(excerpt_build: Path) -> None:
    with open_build(excerpt_build) as one, open_arrow({"codes": pa.table({"code": ["X"]})}) as other:
        assert one.rows("select count(*) as n from codes")[0]["n"] > 1
        assert other.rows("from codes") == [{"code": "X"}]
        with pytest.raises(duckdb.CatalogException):
            duckdb.execute("from codes")


def test_many_questions_at_once_do_not_disturb_each_other(excerpt_build: Path) -> None:
    def find(code: str) -> set[str]:
        with open_build(excerpt_build) as build:
            return {each.code for each in look_up(build, [code])[0].reading.episodes}

    codes = ["E119", "25000", "J1440", "0010"] * 5
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(find, codes)) == [{code} for code in codes]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"PAR1")])
def test_tables_are_shown_to_another_connection_and_damage_is_named(
    copied: Path, damage: Callable[[Path], object]
) -> None:
    with duckdb.connect() as connection:
        with open_build(copied) as build:
            build.show_to(connection, ["codes", "systems"], "of_build_")
        assert connection.execute("select count(*) > 100 from of_build_codes").fetchall() == [(True,)]
        damage(copied / "parquet" / "codes.parquet")
        with open_build(copied) as build, pytest.raises(UnreadableBuild, match=r"codes\.parquet"):
            build.show_to(connection, ["codes", "systems"], "of_build_")


def test_a_build_without_a_table_that_is_to_be_shown_is_one_of_an_older_version() -> None:
    with (
        open_arrow({"codes": pa.table({"code": ["E119"]})}) as build,
        duckdb.connect() as connection,
        pytest.raises(UnreadableBuild, match="no table systems"),
    ):
        build.show_to(connection, ["systems"], "of_build_")


def test_a_mistaken_question_is_no_older_build(opened: Build) -> None:
    with pytest.raises(duckdb.BinderException):
        opened.rows("select no_such_column from codes")
    with pytest.raises(duckdb.CatalogException):
        opened.rows("from no_such_table")


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("crosswalks", "relation", ("translate", "0010", "--to", "ICD10CM")),
        ("systems", "written_as", ("translate", "0010", "--to", "ICD10CM")),
        ("systems", "written_as", ("lookup", "E11.9")),
        ("crosswalks", "relation", ("compare", "ICD9CM", "ICD10CM")),
    ],
)
def test_a_build_of_an_older_version_is_wrong_usage(
    changed: ChangeTable, table: str, column: str, words: tuple[str, ...]
) -> None:
    folder = changed(table, lambda rows: rows.drop_columns([column]))
    result = run(*words, "--output", str(folder.parent))
    assert result.exit_code == 2
    assert f"made by an older version: it has no column {table}.{column}\n  next:     build again" in result.stderr


def test_tables_of_an_older_version_are_exported_by_a_build_of_this_one(changed: ChangeTable, tmp_path: Path) -> None:
    folder = changed("mappings", lambda rows: rows.drop_columns(["newest"]))
    result = run("export", str(tmp_path / "new"), "--format", "sqlite", "--output", str(folder.parent))
    assert result.exit_code == 2
    assert "made by an older version: it has no column mappings.newest\n  next:     build again" in result.stderr
    assert [*tmp_path.glob("*new*")] == []


def test_a_build_that_never_had_a_table_is_one_of_an_older_version(copied: Path) -> None:
    package = json.loads((copied / PACKAGE).read_text("utf-8"))
    package["resources"] = [each for each in package["resources"] if each["name"] != "categories"]
    (copied / PACKAGE).write_text(json.dumps(package), "utf-8")
    (copied / "parquet" / "categories.parquet").unlink()
    result = run("translate", "0010", "--to", "ICD10CM", "--system", "ICD9CM", "--output", str(copied.parent))
    assert result.exit_code == 2
    assert "made by an older version: it has no table categories" in result.stderr


# Damaged builds

QUESTIONS = {
    "codes": ("lookup", "E11.9"),
    "code_history": ("diff", "ICD10CM", "2020-10-01", "2021-01-01"),
    "mappings": ("translate", "250.00", "--to", "ICD10CM"),
    "categories": ("translate", "0010", "--to", "ICD10CM", "--system", "ICD9CM"),
    "systems": ("systems",),
    "crosswalk_quality": ("compare", "ICD9CM", "ICD10CM"),
    "releases": ("status",),
    "crosswalks": ("export-xlsx", "--crosswalk", "gem_icd9cm_icd10cm"),
}
DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: os.truncate(path, 0),
    "without its end": lambda path: os.truncate(path, path.stat().st_size - 1),
    "overwritten": lambda path: path.write_bytes(b"PAR1" + bytes(path.stat().st_size - 8) + b"PAR1"),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
@pytest.mark.parametrize("table", QUESTIONS, ids=str)
def test_a_damaged_file_is_named_and_what_to_do(copied: Path, table: str, damage: str) -> None:
    DAMAGES[damage](copied / "parquet" / f"{table}.parquet")
    result = run(*QUESTIONS[table], "--output", str(copied.parent))
    assert result.exit_code == 2, result.output
    assert f"this build is damaged: {copied}/parquet/{table}.parquet: " in result.stderr
    assert "next:     build again: `crosswalk build`, or go back: `crosswalk rollback`" in result.stderr


def test_pages_of_a_table_that_were_overwritten_are_damage(copied: Path) -> None:
    path = copied / "parquet" / "code_history.parquet"
    content = bytearray(path.read_bytes())
    content[4 : len(content) // 2] = bytes(len(content) // 2 - 4)  # the foot, which is read first, is sound
    path.write_bytes(content)
    result = run("lookup", "E11.9", "--output", str(copied.parent))
    assert result.exit_code == 2
    assert f"this build is damaged: {path}: other bytes than it was written with" in result.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"id": "x", "resources": 1}', '{"id": "x", "resources": [1]}'])
def test_a_damaged_description_of_a_build_is_named(copied: Path, tmp_path: Path, text: str) -> None:
    (copied / PACKAGE).write_text(text, "utf-8")
    words = ("--crosswalk", "gem_icd9cm_icd10cm", "--to", str(tmp_path / "x.xlsx"))
    result = run("export-xlsx", *words, "--output", str(copied.parent))
    assert result.exit_code == 2
    assert f"this build is damaged: {copied}/{PACKAGE}: " in result.stderr
    assert run("status", "--output", str(copied.parent)).exit_code == 2
    assert run("lookup", "E11.9", "--system", "ICD10CM", "--output", str(copied.parent)).exit_code == 0


def test_where_the_description_and_a_table_are_damaged_the_build_is(copied: Path) -> None:
    (copied / PACKAGE).write_text("{", "utf-8")
    (copied / "parquet" / "systems.parquet").unlink()
    result = run("systems", "--output", str(copied.parent))
    assert result.exit_code == 2
    assert "this build is damaged" in result.stderr


def test_a_link_that_leads_to_itself_is_damage(tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to("latest")
    result = run("lookup", "E11.9", "--output", str(tmp_path))
    assert result.exit_code == 2
    assert "latest: a link that leads to itself\n  next:     build again" in result.stderr


def test_one_of_two_builds_that_is_damaged_or_older_is_named(copied: Path, excerpt_build: Path) -> None:
    rows = pq.read_table(copied / "parquet" / "systems.parquet").drop_columns(["written_as"])
    pq.write_table(rows, copied / "parquet" / "systems.parquet")
    (copied / "parquet" / "codes.parquet").unlink()
    with open_two(copied, excerpt_build) as both:
        with pytest.raises(UnreadableBuild, match=r"damaged: .*codes\.parquet: the file is gone"):
            both.rows("from before.codes")
        with pytest.raises(UnreadableBuild, match=r"older version: it has no column before\.systems\.written_as"):
            both.rows("select written_as from before.systems")
        assert both.rows("from after.codes")


def test_every_relation_has_a_meaning_and_an_unknown_one_translates_nothing() -> None:
    assert set(RELATION_MEANINGS) == set(CROSSWALK_RELATIONS)
    assert not meaning_of("of a later version").translates
