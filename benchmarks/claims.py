"""Times `crosswalk claims` in CPU seconds against a copy of the same Parquet file in the same run, as Markdown.

    python benchmarks/claims.py --build output/latest [--rows 10000000] [--distinct 350000] [--spark]

CPU seconds, since wall seconds depend on what else a machine does. Limits: distinct and join together 2.7 times the
copy; the whole run 6 times, 3.2 with 20,000 distinct written codes; 0.7 million rows a CPU second; 600 MB under a limit
of 512; on Spark the join 2.2 times its own copy.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import psutil

from pipeline import PROJECT
from pipeline.ask.build import open_build
from pipeline.ask.claims import claims_steps as steps
from pipeline.ask.claims.claims_database import MEMORY, open_database
from pipeline.ask.claims.claims_engine import DuckEngine
from pipeline.ask.claims.claims_sql import ClaimsTable, distinct_sql, joined_sql
from pipeline.ask.claims.code_columns import ClaimRoles, find_columns

MEGABYTE = 1_000_000
ROLES = ClaimRoles(codes={"": ("text",)}, field_in="field", flag="flag", day=("day",), keys=("claim",))
# Written forms of the codes that could be billed: as they are, with dots, in small letters, with blanks, cut short.
POOL = """
    create table pool as
    select row_number() over (order by hash(text, field), text, field) - 1 as n, *
    from (
        select distinct field, was_from, was_to,
            unnest([code, code_dotted, lower(code), ' ' || code, code[:-2] || '?']) as text
        from (
            select c.code, c.code_dotted, f.field, f.was_from, f.was_to
            from codes as c
            join (
                values ('ICD10CM', 'dx', date '2015-10-01', date '2026-03-31'),
                    ('ICD9CM', 'dx', date '2008-01-01', date '2015-09-30'),
                    ('ICD10PCS', 'px', date '2015-10-01', date '2025-03-31'),
                    ('ICD9Proc', 'px', date '2008-01-01', date '2015-09-30'),
                    ('HCPCS', 'hcpcs', date '2008-01-01', date '2026-03-31')
            ) as f (system, field, was_from, was_to) on f.system = c.system
            where c.billable
        )
    )
    qualify n < {distinct}
"""
# Every fifth row takes the texts in turn, so that each is there; the others by their rank, as codes are used. A text
# has a flag always or never: there are as many distinct written codes as texts.
CLAIMS = """
    select
        i // 5 as claim, 1000000000 + (hash(i, 3) % 8999999999)::bigint as provider,
        (hash(i, 4) % 100000000 / 100)::decimal(9, 2) as amount,
        p.was_from + (hash(i, 1) % (p.was_to - p.was_from + 1)::ubigint)::int as day, p.field,
        case
            when p.field = 'hcpcs' or hash(p.text) % 2 = 0 then null
            when p.was_to = date '2015-09-30' then '9' else '0'
        end as flag,
        p.text
    from (
        select
            i,
            if(
                i % 5 = 0, i // 5 % pool_size,
                least((10 * pow((pool_size + 10) / 10.0, (hash(i) % 1000000) / 1e6) - 10)::bigint, pool_size - 1)
            ) as n
        from (select range as i from range({rows})), (select count(*) as pool_size from pool)
    ) as drawn
    join pool as p using (n)
"""


def make_claims(build: Path, rows: int, distinct: int, path: Path) -> None:
    """Writes claims with so many rows and distinct texts; the same for the same build."""
    with duckdb.connect() as database:
        database.execute(f"create view codes as from '{build}/parquet/codes.parquet'")
        database.execute(POOL.format(distinct=distinct))
        database.execute(f"copy ({CLAIMS.format(rows=rows)}) to '{path}' (format parquet)")


def cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds of this process for some work."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def time_steps(build: Path, claims: Path, folder: Path) -> tuple[float, float, float]:
    """CPU seconds of copying the claims, of the distinct written codes, and of the join with its five columns."""
    with open_build(build) as opened, open_database(folder) as database:
        copy = f"copy (from '{claims}') to '{folder}/copy.parquet' (format parquet)"
        floor = cpu_of(lambda: database.execute(copy))
        engine = DuckEngine(database, claims, folder, lambda done, total: None)
        columns = find_columns(engine.types, engine.files, ROLES)
        rows = engine.stage(["claim", "day", "field", "flag", "text"])
        table = ClaimsTable("source_claims", engine.types, {})
        distinct = cpu_of(lambda: engine.store_keys(distinct_sql(table, columns), rows))
        steps.make_answers(database, opened)
        question = joined_sql(table, columns, ["claim"], steps.JOINED_ANSWERS)
        five = f"select claim, day, status, system, code from ({question})"
        return floor, distinct, cpu_of(lambda: engine.write_codes(five, folder / "joined.parquet", rows))


def time_run(build: Path, claims: Path, folder: Path) -> tuple[float, int]:
    """CPU seconds and peak bytes of the command on some claims."""
    command = [
        sys.executable, "-m", "pipeline", "claims", str(claims), "--out", str(folder / "results"), "--code", "text",
        "--field", "field", "--flag", "flag", "--day", "day", "--key", "claim", "--output", str(build.parent),
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the run failed: run `crosswalk claims` to see why")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def time_spark(build: Path, claims: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds of Spark for a copy of the claims, and for the join with its five columns, as it writes them."""
    from pipeline.ask.claims.spark_engine import SparkEngine, open_spark  # noqa: PLC0415  # an extra

    session = open_spark()
    frame = session.read.parquet(str(claims))

    def cpu(work: Callable[[], object]) -> float:
        own = psutil.Process().children(recursive=True)
        before = sum(each.cpu_times().user + each.cpu_times().system for each in own)
        work()
        return sum(each.cpu_times().user + each.cpu_times().system for each in own) - before

    frame.limit(100_000).write.parquet(f"{folder}/warm")
    floor = cpu(lambda: frame.write.parquet(f"{folder}/spark_copy"))
    with open_build(build) as opened, open_database(folder) as database:
        engine = SparkEngine(database, frame)
        columns = find_columns(engine.types, engine.files, ROLES)
        rows = engine.stage(["claim", "day", "field", "flag", "text"])
        table = ClaimsTable("source_claims", engine.types, {})
        engine.store_keys(distinct_sql(table, columns), rows)
        steps.make_answers(database, opened)
        question = joined_sql(table, columns, ["claim"], steps.JOINED_ANSWERS)
        joined = engine.codes(question).select("claim", "day", "status", "system", "code")
        return floor, cpu(lambda: joined.write.parquet(f"{folder}/spark_joined"))


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, default=PROJECT / "output" / "latest")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--distinct", type=int, action="append")
    parser.add_argument("--spark", action="store_true")
    asked = parser.parse_args()
    print(f"Machine: {os.cpu_count()} cores, Python {platform.python_version()}; {asked.rows:,} rows, limit {MEMORY}\n")
    print("| distinct texts | copy, CPU s | distinct | join | both | whole run | rows a CPU s | memory |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for wanted in asked.distinct or [350_000, 20_000]:
        with tempfile.TemporaryDirectory() as name:
            folder, claims = Path(name), Path(name) / "claims.parquet"
            make_claims(asked.build, asked.rows, wanted, claims)
            floor, distinct, join = time_steps(asked.build, claims, folder)
            whole, peak = time_run(asked.build, claims, folder)
            print(
                f"| {wanted:,} | {floor:.2f} | {distinct / floor:.2f} | {join / floor:.2f} | "
                f"{(distinct + join) / floor:.2f} | {whole / floor:.2f} | {asked.rows / whole:,.0f} | "
                f"{peak / MEGABYTE:,.0f} MB |"
            )
            if asked.spark:
                copy, joined = time_spark(asked.build, claims, folder)
                print(f"\nSpark, {wanted:,} distinct texts: copy {copy:.1f} CPU s, join {joined / copy:.2f} times\n")


if __name__ == "__main__":
    main()
