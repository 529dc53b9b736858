"""The macro that expands code lists finds what the command finds."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ask.build import open_build
from pipeline.ask.codelist.expand import ListDays, expand
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list, write_list
from pipeline.export import DATABASE

WRITTEN = {
    "ICD9CM": ["250.00", "250%", "2500", "401-402", "401.9", "E856-E888", "V%", "V58.67", "4%", "999.99", "249-250.0"],
    "ICD10CM": [
        "C43-C44",
        "E11%",
        "E11.321",
        "E11.32",
        "H81.4",
        "I21-I22",
        "W19.XXXA",
        "T40.1X",
        "M05-M14",
        "E11-E11A",
    ],
    "HCPCS": ["J9380", "J%", "A0425", "E1%"],
}
OF_SYSTEMS = st.sampled_from([(system, text) for system, texts in WRITTEN.items() for text in texts])
ROLES = st.sampled_from(["include", "include", "include", "exclude"])
ROWS = st.lists(
    st.tuples(st.sampled_from("AB"), OF_SYSTEMS, ROLES).map(lambda row: (row[0], *row[1], row[2])),
    min_size=1,
    max_size=8,
)
DAYS = st.sampled_from([
    (date(1, 1, 1), date(9999, 12, 31)), (date(2010, 5, 1), date(2010, 5, 1)), (date(2016, 1, 1), date(2018, 1, 1)),
    (date(2022, 5, 1), date(2022, 5, 1)), (date(2099, 1, 1), date(2099, 1, 1)),
])  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, DAYS)
def test_the_macro_finds_the_codes_of_the_command(excerpt_build: Path, rows, days: tuple[date, date]) -> None:
    text = "concept,system,code,role\n" + "".join(",".join(row) + "\n" for row in rows)
    with open_build(excerpt_build) as build:
        found = expand(build, resolve_list(build, read_list(text)), ListDays(*days))
    with duckdb.connect() as database:
        database.execute(f"attach '{excerpt_build / DATABASE}' as crosswalk (read_only)")
        database.execute("create temp table mine (concept varchar, system varchar, code varchar, role varchar)")
        database.executemany("insert into mine values (?, ?, ?, ?)", rows)
        database.execute("use crosswalk")
        of_macro = database.execute("from expand_list('temp.mine', ?, ?)", [*days]).fetchall()
    assert sorted(of_macro, key=str) == sorted((record[:9] for record in found.records), key=str)


def test_the_template_is_a_list_that_the_macro_takes(excerpt_build: Path) -> None:
    with duckdb.connect(str(excerpt_build / DATABASE), read_only=True) as database:
        days = "date '2020-01-01', date '2020-12-31'"
        codes = database.execute(f"select code_dotted from expand_list('code_list_template', {days})").fetchall()
    assert ("E11.9",) in codes
    assert ("E11.65",) not in codes


@pytest.mark.parametrize("text", ["E11.9\n!E11.65\n", "concept,code\nA,250.xx\n"])
def test_what_the_command_writes_has_the_columns_that_the_macro_takes(text: str) -> None:
    assert write_list(read_list(text)).splitlines()[0] == '"concept","system","code","role"'
