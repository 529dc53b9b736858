"""What every code was on every day, against the table of days on which it could be reported."""

from pathlib import Path

import duckdb
import pytest

from pipeline.ask.build import open_build
from pipeline.ask.claims.judged import judged

# Zeros alone are nothing on a claim, also where they are a heading of procedures. P1 to P6 are modifiers of HCPCS, and
# by their form of CPT.
EVERY_CODE = """
    create temp table written_keys as
    select code as text, if(kind = 'modifier', 'modifier', 'any') as field, system as flag, null::varchar as numbers,
        date '1900-01-01' as first_day, date '2100-12-31' as last_day, 1::bigint as rows, false as no_day
    from '{path}/parquet/codes.parquet'
    where system not in ('ICD10', 'ICD9') and ltrim(code, '0') <> '' and not regexp_full_match(code, 'P[1-6]')
"""
TOLD = """
    select system::varchar as system, code, day_from, day_to, status = 'valid' as billable from answers
    where status in ('valid', 'heading')
"""
LISTED = """
    select v.system, v.code, v.valid_from, v.valid_through, v.billable from '{path}/parquet/validity.parquet' as v
    semi join written_keys as k on k.flag = v.system and k.text = v.code
"""


def differences(build: Path) -> tuple[int, list[tuple[object, ...]]]:
    """How many runs of days there are, and those that only one of the two has."""
    with open_build(build) as opened, duckdb.connect() as connection:
        connection.execute(EVERY_CODE.format(path=build))
        judged(connection, opened, "written_keys")
        listed = LISTED.format(path=build)
        differing = f"(({TOLD}) except ({listed})) union all (({listed}) except ({TOLD})) order by all"
        return len(connection.execute(TOLD).fetchall()), connection.execute(differing).fetchall()


def test_a_code_is_valid_or_a_heading_on_the_days_that_the_build_says(excerpt_build: Path) -> None:
    runs, found = differences(excerpt_build)
    assert runs > 500
    assert found == []


@pytest.mark.official
def test_every_code_of_the_official_files_is_valid_on_the_days_that_the_build_says(official_build: Path) -> None:
    runs, found = differences(official_build)
    assert runs > 200_000
    assert found == []
