"""The DuckDB file: the rows of the Parquet tables, described, with the joins that most people want."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline.export import DATABASE as FILE
from pipeline.export import database as database_file
from pipeline.export.database import MACROS, VIEWS, is_same_database
from pipeline.export.macro_tables import ABOUT_CATALOG
from pipeline.export.stored_tables import VIEWED
from pipeline.export.table_columns import COMPRESSED_TITLES, WITHOUT_INDEX
from schemas import TABLES
from schemas.arrow import arrow_schema, key_of

AGREES = """
import duckdb, json, pathlib, sys
database = duckdb.connect(sys.argv[1] + "/crosswalk.duckdb", read_only=True)
database.execute("set enable_progress_bar = false")
differences = {}
for table in sorted(path.stem for path in pathlib.Path(sys.argv[1], "parquet").iterdir()):
    parquet = f"'{sys.argv[1]}/parquet/{table}.parquet'"
    ours, theirs = f"select *, count(*) from {table} group by all", f"select *, count(*) from {parquet} group by all"
    one, other = f"({ours}) except all ({theirs})", f"({theirs}) except all ({ours})"
    counts = [database.execute(f"select count(*) from ({question})").fetchone()[0] for question in (one, other)]
    differences[table] = counts
print(json.dumps(differences))
"""


def differences(build: Path) -> dict[str, list[int]]:
    """Rows of each table that the file has and the Parquet table lacks, and the other way, seen by another process."""
    command = [sys.executable, "-c", AGREES, str(build)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, list[int]] = json.loads(done.stdout)
    return found


def ask(build: Path, question: str) -> list[Any]:
    with duckdb.connect(str(build / FILE), read_only=True) as database:
        return database.execute(question).fetchall()


def test_rows_are_those_of_the_parquet_tables(excerpt_build: Path) -> None:
    assert differences(excerpt_build) == {name: [0, 0] for name in TABLES}


def test_rows_are_those_of_the_parquet_tables_in_full(official_build: Path) -> None:
    assert set(map(tuple, differences(official_build).values())) == {(0, 0)}


def test_a_row_that_differs_is_found(excerpt_build: Path, tmp_path: Path) -> None:
    """The tests above can fail."""
    copy = shutil.copytree(excerpt_build, tmp_path / "build")
    with duckdb.connect(str(copy / FILE)) as database:
        database.execute("update stored.codes set description = 'x' where system = 'ICD10CM' and code = 'E119'")
    assert differences(copy)["codes"] == [1, 1]
    assert not is_same_database(copy / FILE, excerpt_build / FILE)


def test_rows_of_tables_stand_in_the_order_of_their_key(excerpt_build: Path) -> None:
    rows = ask(excerpt_build, "select system, code from codes")
    assert rows == sorted(rows)


@pytest.mark.parametrize("table", TABLES)
def test_tables_and_columns_have_the_comments_of_their_model(excerpt_build: Path, table: str) -> None:
    columns = "select column_name, comment, is_nullable from duckdb_columns() where schema_name = 'main' and table_name"
    found = {name: (comment, nullable) for name, comment, nullable in ask(excerpt_build, f"{columns} = '{table}'")}
    fields = arrow_schema(TABLES[table])
    is_view = table in VIEWED  # of which DuckDB does not say what may be missing
    assert found == {each.name: (each.metadata[b"description"].decode(), is_view or each.nullable) for each in fields}
    named = f"schema_name = 'main' and {'view' if is_view else 'table'}_name = '{table}'"
    ((comment,),) = ask(excerpt_build, f"select comment from duckdb_{'views' if is_view else 'tables'}() where {named}")
    assert comment.endswith(f"Key: {', '.join(key_of(TABLES[table]))}.")


def test_small_tables_have_their_key_as_primary_key(excerpt_build: Path) -> None:
    found = ask(
        excerpt_build, "select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY' order by all"
    )
    with_gaps = {"crosswalk_exceptions", "policy_codes"}  # whose key has columns that may be missing
    wanted = {*TABLES} - WITHOUT_INDEX - {*VIEWED} - with_gaps
    assert {name for (name,) in found} == wanted


def test_views_and_macros_say_what_they_are(excerpt_build: Path) -> None:
    views = dict(ask(excerpt_build, "select view_name, comment from duckdb_views() where not internal"))
    assert {name: views[name] for name in views if name not in VIEWED} == {
        name: comment for name, (comment, _) in VIEWS.items()
    }
    macros = dict(ask(excerpt_build, "select function_name, comment from duckdb_functions() where not internal"))
    own = {call.split("(")[0]: comment for call, (comment, _) in MACROS.items()}
    assert macros == {name: comment + ABOUT_CATALOG.format(name=name) for name, comment in own.items()}


def test_codes_on_a_day_are_those_valid_then(excerpt_build: Path) -> None:
    valid = "select code from codes_on(date '{}') where system = 'ICD10CM' and code = 'U071'"
    assert ask(excerpt_build, valid.format("2020-03-31")) == []
    assert ask(excerpt_build, valid.format("2020-04-01")) == [("U071",)]


def test_no_codes_are_given_of_a_day_beyond_what_is_known(excerpt_build: Path) -> None:
    counts = "select system, count(*) from codes_on(date '{}') group by system"
    assert ask(excerpt_build, counts.format("2035-01-01")) == []
    assert dict(ask(excerpt_build, counts.format("2026-03-31"))).keys() == {"CPT4", "ICD10CM"}
    assert dict(ask(excerpt_build, counts.format("2026-04-01"))) == {}


@pytest.mark.parametrize(
    ("system", "code", "day", "status"),
    [
        ("ICD10CM", "U071", "2020-03-31", "not_valid"),
        ("ICD10CM", "U071", "2020-04-01", "valid"),
        ("ICD10CM", "U071", "2026-03-31", "valid"),
        ("ICD10CM", "U071", "2026-04-01", "not_known"),
        ("ICD10CM", "I6020", "2026-04-01", "not_valid"),  # it ended, and stays ended
        ("ICD10CM", "E11", "2020-04-01", "heading"),
        ("ICD10CM", "Z9999", "2020-04-01", "not_valid"),
        ("ICD10CM", "Z9999", "2026-04-01", "not_known"),
        ("ICD10CM", "E119", "2015-09-30", "not_valid"),
        ("ICD9CM", "25000", "2005-10-01", "valid"),
        ("ICD9CM", "25000", "2005-09-30", "not_known"),
        ("ICD9CM", "25000", "1978-12-31", "not_valid"),
        ("ICD9CM", "25000", "2015-10-01", "not_valid"),
        ("HCPCS", "J1440", "2013-12-31", "valid"),  # before the oldest file, told by a record
        ("HCPCS", "J1440", "2014-01-01", "not_valid"),
        ("HCPCS", "J9998", "2009-01-01", "not_known"),
        ("HCPCS", "J9998", "2010-01-01", "not_valid"),
        ("HCPCS", "ZZ", "2016-12-31", "not_known"),  # the lists of before 2017 have no modifiers
        ("HCPCS", "ZZ", "2017-01-01", "not_valid"),
        ("CPT4", "25", "2012-01-01", "not_known"),
        ("CPT4", "ZZ", "2012-01-01", "not_known"),
        ("NDC", "00002", "2020-01-01", "no_listing"),
    ],
)
def test_claims_are_told_to_be_valid_or_not_or_not_known(
    excerpt_build: Path, system: str, code: str, day: str, status: str
) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{excerpt_build / FILE}' as crosswalk (read_only)")
        connection.execute("use crosswalk")
        connection.execute(
            f"create temp table claims as select '{system}' as system, '{code}' as code, date '{day}' as day"
        )
        rows = connection.execute("select status, billable, description from claims_with_meaning('claims')").fetchall()
    ((found, billable, description),) = rows
    assert found == status
    assert (billable, description is not None) == {"valid": (True, True), "heading": (False, True)}.get(
        status, (None, False)
    )


def test_icd9_is_translated_to_the_current_icd10(excerpt_build: Path) -> None:
    rows = ask(
        excerpt_build, "select icd10_dotted, icd10_title from icd9_to_icd10_current where icd9_dotted = '250.00'"
    )
    assert ("E11.9", "Type 2 diabetes mellitus without complications") in rows


def test_claims_get_the_meaning_of_their_day(excerpt_build: Path) -> None:
    template = ask(excerpt_build, "select system, description is null from claims_with_meaning('claims_template')")
    assert len(template) > 5
    with duckdb.connect() as connection:
        connection.execute(f"attach '{excerpt_build / FILE}' as crosswalk (read_only)")
        connection.execute("use crosswalk")
        connection.execute(
            "create temp table claims as select * from (values ('ICD10CM', 'U071', date '2020-03-31'), "
            "('ICD10CM', 'U071', date '2020-04-01')) rows(system, code, day)"
        )
        rows = connection.execute("select day, description from claims_with_meaning('claims') order by day").fetchall()
    assert rows == [(date(2020, 3, 31), None), (date(2020, 4, 1), "COVID-19")]


CALLS = {
    "codes_on": "date '2020-05-01'",
    "claims_with_meaning": "'mine'",
    "expand_list": "'my_list', date '2020-05-01', date '2020-05-01'",
    "convert_list": "'my_list', 'ICD9CM', 'ICD10CM', date '2015-09-30', date '2025-10-01'",
}
MINE = """
    create table mine as select 'ICD10CM' as system, 'E119' as code, date '2021-05-01' as day;
    create table my_list as select '' as concept, 'ICD9CM' as system, '25000' as code, '' as role;
"""


@pytest.mark.parametrize(
    ("attach", "call"),
    [
        ("attach '{}' as xw (read_only)", "xw.{}({}, catalog := 'xw')"),
        ("attach '{}' as xw (read_only); use xw", "{}({})"),
        ("attach '{}' (read_only)", "crosswalk.{}({})"),
        ("attach ':memory:' as own; use own; attach '{}' as xw (read_only)", "xw.{}({}, catalog := 'xw')"),
    ],
    ids=["under a name", "in use", "by its own name", "beside a database of one's own"],
)
def test_macros_find_their_tables_wherever_the_file_is_attached(excerpt_build: Path, attach: str, call: str) -> None:
    assert CALLS.keys() <= {each.split("(")[0] for each in MACROS}
    with duckdb.connect() as session:
        session.execute(MINE)
        session.execute(attach.format(excerpt_build / FILE))
        for name, arguments in CALLS.items():
            own = arguments.replace("'mine'", "'memory.mine'").replace("'my_list'", "'memory.my_list'")
            asked = session.execute(f"from {call.format(name, own)}")
            assert asked.description
            assert asked.fetchall() or name == "expand_list"  # ICD-9-CM had ended in 2020


def test_a_file_of_another_name_finds_its_own_tables(excerpt_build: Path, tmp_path: Path) -> None:
    shutil.copy(excerpt_build / FILE, tmp_path / "my codes-2.duckdb")
    with duckdb.connect(str(tmp_path / "my codes-2.duckdb"), read_only=True) as session:
        assert session.execute("from codes_on(date '2020-05-01')").fetchall()


def test_macros_have_no_function_that_older_versions_lack(excerpt_build: Path) -> None:
    """DuckDB 1.4 reads the file, and does not know `if` as a function, which is what a macro keeps of it."""
    bodies = ask(excerpt_build, "select function_name, macro_definition from duckdb_functions() where not internal")
    assert len(bodies) == len(MACROS)
    assert [name for name, body in bodies if "main." not in body] == []  # each says which database has its tables
    assert [name for name, body in bodies if re.search(r"\bif\(", body, re.IGNORECASE)] == []


def test_a_spoilt_file_is_like_no_other(excerpt_build: Path, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes((excerpt_build / FILE).read_bytes()[:5000])
    assert not is_same_database(tmp_path / FILE, excerpt_build / FILE)
    assert is_same_database(excerpt_build / FILE, excerpt_build / FILE)


def test_older_versions_of_duckdb_can_read_it(excerpt_build: Path) -> None:
    """Those that BI tools bring with them."""
    ((tags,),) = ask(excerpt_build, "select tags from duckdb_databases() where database_name = 'crosswalk'")
    assert tags["storage_version"].startswith("v1.4")


def test_rows_stand_in_groups_of_which_one_is_soon_read(tmp_path: Path) -> None:
    """Over http the look-up of a code reads the groups of rows in which it may be."""
    tables = {name: arrow_schema(model).empty_table() for name, model in TABLES.items()}
    rows = pa.table({"code": [f"{each:06}" for each in range(100_000)]})
    for field in tables["validity"].schema:
        if field.name != "code":
            one = {pa.string(): "x", pa.date32(): date(2020, 1, 1), pa.bool_(): True}[field.type]
            rows = rows.append_column(field.name, pa.repeat(pa.scalar(one, field.type), len(rows)))
    database_file.write_database({**tables, "validity": rows.select(tables["validity"].column_names)}, tmp_path / FILE)
    with duckdb.connect(str(tmp_path / FILE), read_only=True) as session:
        groups = (
            "select row_group_id, sum(count) from pragma_storage_info('stored.validity') where column_name = 'code' "
        )
        counted = session.execute(groups + "and segment_type = 'INTEGER' group by all order by all").fetchall()
    assert counted == [*((group, 24_576) for group in range(4)), (4, 100_000 - 4 * 24_576)]


@pytest.mark.parametrize("table", ["stored.codes", "stored.code_history"])
def test_titles_are_compressed_as_asked(excerpt_build: Path, table: str) -> None:
    """A storage version that does not know a compression takes another without a word."""
    stored = f"select distinct compression from pragma_storage_info('{table}') where segment_type = 'VARCHAR'"
    for column in COMPRESSED_TITLES:
        assert ask(excerpt_build, f"{stored} and column_name = '{column}'") == [("ZSTD",)]


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("kind", [duckdb.IOException, duckdb.TransactionException, duckdb.FatalException])
def test_a_full_disk_is_said_as_one_whichever_error_duckdb_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[duckdb.Error], reason: int
) -> None:
    def fail(*_: object) -> None:
        raise kind(f'Failed to commit: Could not write file "x.wal": {os.strerror(reason)}')

    monkeypatch.setattr(database_file, "_write_whole", fail)
    with pytest.raises(OSError, match=os.strerror(reason)) as problem:
        database_file.write_database({}, tmp_path / "x.duckdb")
    assert problem.value.errno == reason


@pytest.mark.parametrize(
    ("pair", "source_days", "target_days"),
    [
        (("4701", "0DTJ4ZZ"), ("2005-10-01", "2015-09-30"), ("2019-10-01", None)),
        (("0DTJ4ZZ", "4701"), ("2019-10-01", None), ("2005-10-01", "2015-09-30")),
        (("J7302", "0075T"), ("2002-01-01", "2015-12-31"), ("2010-01-01", None)),
    ],
)
def test_each_side_of_a_category_has_the_days_of_its_own_code(
    excerpt_build: Path, pair: tuple[str, str], source_days: tuple[str, str | None], target_days: tuple[str, str | None]
) -> None:
    question = """
        select source_valid_from::text, source_valid_to::text, target_valid_from::text, target_valid_to::text
        from same_category where source_code = ? and target_code = ?
    """
    with duckdb.connect(str(excerpt_build / FILE), read_only=True) as database:
        assert database.execute(question, pair).fetchall() == [(*source_days, *target_days)]


def test_a_number_that_is_used_again_is_in_the_category_of_its_earlier_life_on_those_days(excerpt_build: Path) -> None:
    """J9380 was chemotherapy until 2010, as BETOS says, and has been another drug since 2023. A code that shares the
    category is not in the excerpt: 99213 is put into it."""
    with duckdb.connect(str(excerpt_build / FILE), read_only=True) as database:
        database.execute("create temp table mappings as from crosswalk.mappings")
        database.execute(
            "update mappings set target_code = 'O1D' where source_code = '99213' and target_system = 'BETOS'"
        )
        view = VIEWS["same_category"][1].replace("mappings", "temp.mappings")
        found = database.execute(f"select source_valid_to::text from ({view}) where source_code = 'J9380'").fetchall()
    assert found == [("2010-12-31",)]
