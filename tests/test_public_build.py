"""A public build: no number of CPT in any column of any table, nor in any file, and no licensed text."""

import gzip
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline.build import build
from pipeline.build_options import BuildOptions
from pipeline.catalogue.sources import read_catalogue
from pipeline.cli import app
from pipeline.publish.comparison import compare_builds
from pipeline.publish.report import changes_as_json, changes_as_markdown
from pipeline.publish.told_changes import without_licensed_changes
from pipeline.run.progress import Progress
from schemas import TABLES

# Digits that are none: counts in the flags of packages, and product numbers, whose parts are of unequal length, where
# the ends of a range of CPT have five characters each.
NO_NUMBERS = re.compile(
    r"(?:quantity|package size|billing units|units per package) [0-9.]+"
    r"|\b[0-9]{5}-[0-9]{3,4}(?:-[0-9]{1,2})?\b|\b[0-9A-Z]{3,4}-[0-9]{5}\b"
)
TOKEN = re.compile(rb"(?<![0-9A-Za-z.])[0-9]{4}[0-9AFMTU](?![0-9A-Za-z.])")
# A number of CPT can be a code of another system, or a count: a file is searched for those that nothing else is.
NUMBERS = """
    select code from (
        select code from codes where system = 'CPT4' union select code from policy_codes where system = 'CPT4'
        union select source_code from mappings where source_system = 'CPT4'
        union select target_code from mappings where target_system = 'CPT4'
    ) where length(code) = 5
    except select code from code_history where system <> 'CPT4'
"""


def public_build(raw: Path, output: Path) -> Path:
    """The folder of a public build."""
    build(raw, output, read_catalogue(), Progress(print), BuildOptions(public=True))
    return (output / "latest").resolve()


@pytest.fixture(scope="module")
def public_excerpt(excerpt_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public build of the excerpt."""
    return public_build(excerpt_raw, tmp_path_factory.mktemp("public"))


@pytest.fixture(scope="module")
def public_official(official_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public build of the full files."""
    return public_build(official_raw, tmp_path_factory.mktemp("public"))


def columns_of_texts(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Each column that holds texts: its table, its name, and SQL for its texts."""
    for table in TABLES:
        path = folder / "parquet" / f"{table}.parquet"
        for name, kind, *_ in duckdb.execute(f"describe from '{path}'").fetchall():
            if kind.startswith(("VARCHAR", "ENUM")):
                yield table, name, f'unnest("{name}")' if kind.endswith("[]") else f'"{name}"::varchar'


def require_no_row_of_cpt(folder: Path) -> None:
    """No column says CPT4 but the register of systems, where it is told that no listing of it is here."""
    for table, name, text in columns_of_texts(folder):
        found = duckdb.execute(
            f"select distinct value from (select {text} as value from '{folder}/parquet/{table}.parquet') "
            "where value = 'CPT4'"
        ).fetchall()
        assert table == "systems" or not found, (table, name)
    ((known,),) = duckdb.execute(
        f"select known_through from '{folder}/parquet/systems.parquet' where system = 'CPT4'"
    ).fetchall()
    assert known is None


def numbers_of(whole: Path) -> set[bytes]:
    """The numbers of CPT in a build that leaves none out, which no other system has as a code."""
    with duckdb.connect() as database:
        for name in ("codes", "code_history", "policy_codes", "mappings"):
            database.execute(f"create view {name} as from '{whole}/parquet/{name}.parquet'")
        return {code.encode() for (code,) in database.execute(NUMBERS).fetchall()}


GEM_FLAGS = re.compile(r"[01]{3}[0-9]{2}")  # approximate, no map, combination, scenario, choice list: in `flags` alone


def numbers_in(text: str) -> list[bytes]:
    """What could be numbers of CPT in a text."""
    return TOKEN.findall(NO_NUMBERS.sub(" ", text).encode())


def require_no_number_in_columns(folder: Path, numbers: set[bytes]) -> None:
    """No text of any column has one of the numbers as a word, ranges of other systems' digits apart."""
    for table, name, text in columns_of_texts(folder):
        rows = duckdb.execute(
            f"select distinct {text} from '{folder}/parquet/{table}.parquet' where \"{name}\" is not null"
        ).fetchall()
        texts = [value or "" for (value,) in rows if name != "flags" or not GEM_FLAGS.fullmatch(value or "")]
        found = {number for value in texts for number in numbers_in(value)} & numbers
        assert found == set(), (table, name, sorted(found)[:5])


def texts_in(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of a build that holds text, unpacked."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in {".parquet", ".duckdb"}:
            raw = path.read_bytes()
            yield path, gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def test_no_table_of_a_public_excerpt_has_a_code_of_cpt(public_excerpt: Path) -> None:
    require_no_row_of_cpt(public_excerpt)


def test_no_column_and_no_file_of_a_public_excerpt_has_a_number_of_cpt(
    public_excerpt: Path, excerpt_build: Path
) -> None:
    numbers = numbers_of(excerpt_build)
    assert len(numbers) > 10
    require_no_number_in_columns(public_excerpt, numbers)
    for path, text in texts_in(public_excerpt):
        assert {*TOKEN.findall(text)} & numbers == set(), path.name


def test_a_count_and_a_product_number_are_no_number_of_cpt_and_a_range_is_two() -> None:
    assert numbers_in("dosage 1 MG; quantity 24000; units per package 24000") == []
    assert numbers_in("00172-6406-49, 5116-61020 and ACT-27246") == []
    assert numbers_in("99213-99215, 0001F-0010F") == [b"99213", b"99215", b"0001F", b"0010F"]


@pytest.mark.parametrize("format_of_demand", ["fhir", "sqlite"])
def test_an_export_of_a_public_excerpt_has_no_number_of_cpt(
    public_excerpt: Path, excerpt_build: Path, tmp_path: Path, format_of_demand: str
) -> None:
    folder = tmp_path / "exported"
    options = ["--format", format_of_demand, "--output", str(public_excerpt.parent)]
    assert CliRunner().invoke(app, ["export", str(folder), *options]).exit_code == 0
    texts = [
        b"\n".join(line.encode() for line in sqlite3.connect(each).iterdump())
        if each.suffix == ".sqlite"
        else each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    ]
    assert len(texts) > 1
    numbers = numbers_of(excerpt_build)
    assert {
        number for text in texts for number in TOKEN.findall(NO_NUMBERS.sub(" ", text.decode()).encode())
    } & numbers == set()


def test_changes_since_a_build_that_is_not_public_name_no_number_of_cpt(
    public_excerpt: Path, excerpt_build: Path
) -> None:
    comparison = compare_builds(excerpt_build, public_excerpt, "public")
    numbers, told = numbers_of(excerpt_build), without_licensed_changes(comparison)
    assert {*TOKEN.findall(changes_as_json(comparison, "public").encode())} & numbers
    for text in (changes_as_json(told, "public"), changes_as_markdown(told, "public")):
        assert {*TOKEN.findall(text.encode())} & numbers == set()
    assert told.tables == comparison.tables


def test_the_usual_build_would_not_pass(excerpt_build: Path) -> None:
    with pytest.raises(AssertionError):
        require_no_row_of_cpt(excerpt_build)
    with pytest.raises(AssertionError):
        require_no_number_in_columns(excerpt_build, numbers_of(excerpt_build))


def test_a_public_build_has_another_id_and_says_so(public_excerpt: Path, excerpt_build: Path) -> None:
    assert public_excerpt.name != excerpt_build.name
    assert '"public": true' in (public_excerpt / "datapackage.json").read_text()
    assert '"public"' not in (excerpt_build / "datapackage.json").read_text()


def test_it_is_public_or_for_licensees(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["build", "--public", "--with-licensed-text", "--output", str(tmp_path)])
    assert run.exit_code == 2
    assert "one keeps what the other leaves out" in run.output


def test_no_column_of_a_public_full_build_has_a_number_of_cpt(public_official: Path, official_build: Path) -> None:
    numbers = numbers_of(official_build)
    assert len(numbers) > 30  # of cross references: the pinned files list no numbers
    require_no_row_of_cpt(public_official)
    require_no_number_in_columns(public_official, numbers)
    named = f"from '{public_official}/parquet/code_history.parquet' where system = 'HCPCS' and code in ('G2212', 'AT')"
    ((without,),) = duckdb.execute(f"select count(*) filter (description is null) {named}").fetchall()
    assert without > 0
