"""The package of dbt: what it names is in it, and `dbt build` makes of it what the script makes (make dbt)."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline import PROJECT
from pipeline.cli import app
from pipeline.warehouse.views import TABLES_OF_USERS, WAREHOUSE_VIEWS, columns_said, definition_of
from schemas import TABLES
from schemas.arrow import arrow_schema
from tests.warehouse.engines import answer_in_duckdb, rows_of
from tests.warehouse.questions import QUESTIONS, write_questions

OWN_DBT = PROJECT / ".venv/dbt/bin/dbt"  # where `make dbt` installs it: its pins are not those of the project
DBT = str(OWN_DBT) if OWN_DBT.is_file() else shutil.which("dbt")
needs_dbt = pytest.mark.skipif(DBT is None, reason="NOT TESTED BY DBT: it is missing (make dbt)")


def write_package(folder: Path, *options: str) -> Path:
    """A package in a new folder, by the command."""
    run = CliRunner().invoke(app, ["sql", *options, "--dbt", str(folder)])
    assert run.exit_code == 0
    return folder


@pytest.mark.parametrize("dialect", ["duckdb", "snowflake"])
def test_every_relation_that_a_model_names_is_a_model_or_a_variable(tmp_path: Path, dialect: str) -> None:
    package = write_package(tmp_path / "package", "--dialect", dialect)
    models = {path.stem: path.read_text() for path in package.glob("models/*/*.sql")}
    assert models.keys() == {f"crosswalk_{each}" for each in [*TABLES, *(view.name for view in WAREHOUSE_VIEWS)]}
    named = {name for text in models.values() for name in re.findall(r"ref\('(\w+)'\)", text)}
    assert named < models.keys()
    assert not any("relation_" in text for text in models.values())
    described = json.loads((package / "models/crosswalk.yml").read_text())["models"]
    assert {each["name"] for each in described} == models.keys()


def test_every_column_of_a_view_says_what_it_is_and_of_a_table_what_the_schema_says(tmp_path: Path) -> None:
    with duckdb.connect() as database:
        for name, table in {**{each: arrow_schema(TABLES[each]) for each in TABLES}, **TABLES_OF_USERS}.items():
            database.register(name, table.empty_table())
        for view in WAREHOUSE_VIEWS:
            database.execute(f"create view {view.name} as {definition_of(view)}")
            columns = database.sql(f"select * from {view.name}").columns
            assert list(columns_said(view)) == columns, view.name
    package = write_package(tmp_path / "package", "--dialect", "duckdb")
    models = {each["name"]: each for each in json.loads((package / "models/crosswalk.yml").read_text())["models"]}
    said = {each["name"]: each["description"] for each in models["crosswalk_translations"]["columns"]}
    assert said["predicate"] == description_of("mappings", "predicate")
    assert said["source_title"].startswith("What source_code stands for today")
    words = [each["description"] for model in models.values() for each in model["columns"]]
    assert [each for each in words if re.fullmatch(r"\w*\.\w*|", each)] == [], "a table's column that there is not"


def description_of(table: str, column: str) -> str:
    return str(arrow_schema(TABLES[table]).field(column).metadata[b"description"], "utf-8")


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("mine")
    run = CliRunner().invoke(app, ["sql", "--dialect", "duckdb", "--dbt", str(tmp_path)])
    assert run.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["own.txt"]


@pytest.mark.slow
@needs_dbt
def test_dbt_builds_what_the_script_builds(tmp_path: Path, excerpt_build: Path) -> None:
    write_questions(excerpt_build, tmp_path)
    answer_in_duckdb(excerpt_build, tmp_path)
    package = write_package(tmp_path / "package", "--dialect", "duckdb", "--files", str(excerpt_build))
    database = tmp_path / "dbt.duckdb"
    with duckdb.connect(str(database)) as own:
        for name in ("claims", "code_lists"):
            own.execute(f"create table {name}_of_mine as from '{tmp_path}/{name}.parquet'")
    target = {"type": "duckdb", "path": str(database), "threads": 2}
    (package / "profiles.yml").write_text(json.dumps({"crosswalk": {"target": "own", "outputs": {"own": target}}}))
    named = json.dumps({f"crosswalk_{each}": f"{each}_of_mine" for each in ("claims", "code_lists")})
    command = [str(DBT), "build", "--vars", named]
    quiet = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    run = subprocess.run(command, cwd=package, env=quiet, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    with duckdb.connect(str(database)) as own:
        for name, query in QUESTIONS.items():
            of_dbt = query.replace("from claims ", "from claims_of_mine ")
            own.execute(f"copy ({of_dbt}) to '{tmp_path}/{name}.parquet'")
            assert rows_of(f"{tmp_path}/{name}.parquet") == rows_of(f"{tmp_path}/duckdb/{name}.parquet")
