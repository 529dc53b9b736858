"""Claims from end to end: what is asked of them, the three steps, and the results that are written."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims import claims_steps as steps
from pipeline.ask.claims.claim_categories import (
    category_columns,
    category_joins,
    make_categories,
    read_with,
    versions_in_words,
)
from pipeline.ask.claims.claim_rules import make_rule_answers, rule_columns, rule_joins
from pipeline.ask.claims.claim_targets import IN_ANSWERS, Shape, make_targets, read_target
from pipeline.ask.claims.claims_database import (
    MEMORY,
    Relation,
    open_database,
    open_results,
    read_question,
    write_table,
)
from pipeline.ask.claims.claims_engine import SOURCE_CLAIMS, ClaimsEngine, DuckEngine
from pipeline.ask.claims.claims_output import SCRATCH, new_output
from pipeline.ask.claims.claims_report import find_too_many, make_findings, read_limit, write_report
from pipeline.ask.claims.claims_source import columns_of_file
from pipeline.ask.claims.claims_sql import ClaimsTable, distinct_sql, joined_sql
from pipeline.ask.claims.code_columns import ClaimRoles, describe_columns, find_columns, require_one_layout
from pipeline.ask.claims.report_page import write_report_page
from pipeline.ask.claims.rules import statuses
from pipeline.ask.claims.scopes import flags_by_writing
from pipeline.ask.claims.spark_engine import SparkEngine, is_spark_frame, read_frame
from pipeline.errors import CrosswalkError, UsageError
from pipeline.run.progress import Progress

CODES_FILE, ANSWERS_FILE, TARGETS_FILE, REPORT_FILE, PAGE_FILE = (
    "codes.parquet", "answers.parquet", "targets.parquet", "report.csv", "report.html",
)  # fmt: skip

# Distinct written codes as `distinct_sql` asks for them, brought from elsewhere: a layout of its own.
KEYS_LAYOUT: Final = "keys"
KEY_COLUMNS: Final = ("text", "field", "flag", "numbers", "first_day", "last_day", "rows", "no_day")
KEYS_SQL: Final = f"""
    select coalesce(text, '') as text, field, coalesce(flag, '') as flag, coalesce(numbers, '') as numbers,
        cast(first_day as date) as first_day, cast(last_day as date) as last_day, cast(rows as bigint) as rows,
        cast(no_day as boolean) as no_day
    from {SOURCE_CLAIMS}
"""


@dataclass(frozen=True)
class ClaimsQuestion:
    """What is asked of claims, but for the claims themselves.

    `to` is SYSTEM or SYSTEM@DAY; `with_` names groupings, rules of the day, or columns of `codes`; `keep` lets all
    other columns through; `repairs` is all, plain or none; `fail_on` has limits such as unknown=5%.
    """

    roles: ClaimRoles = field(default_factory=ClaimRoles)
    to: str | None = None
    shape: Shape = Shape.SETS
    with_: Sequence[str] = ()
    keep: bool = False
    repairs: str = "all"
    memory: str = MEMORY
    fail_on: Sequence[str] = ()


class ClaimsResult:
    """The results as DuckDB relations (`.df()`, `.pl()`, `.to_arrow_table()`): of the files in a folder, or, where none
    was named, of tables in memory."""

    def __init__(self, folder: Path, *, in_memory: bool = False) -> None:
        self._relations = open_results(
            {
                path.name.partition(".")[0]: path
                for path in sorted(folder.iterdir())
                if path.suffix in {".parquet", ".csv"}
            },
            in_memory=in_memory,
        )

    @property
    def codes(self) -> Relation:
        """A row for each written code: what goes through, column, day, text, status, system, code, answer."""
        return self._relations["codes"]

    @property
    def answers(self) -> Relation:
        """A row for each text, field, flag and run of days: all that is said of it."""
        return self._relations["answers"]

    @property
    def targets(self) -> Relation | None:
        """A row for each code of each alternative, where these were asked for as rows."""
        return self._relations.get("targets")

    @property
    def report(self) -> Relation:
        """A row for each finding."""
        return self._relations["report"]


def run_claims(
    source: Any, out: Path | None, build: Build, question: ClaimsQuestion, progress: Progress, *, on_spark: bool = False
) -> ClaimsResult:
    """Reads claims, judges their codes, writes results into a folder, or into memory where none is named.

    A frame of Spark, and files `on_spark`, are read and joined there.

    Raises UsageError, UnreadableClaims, and TooManyFaults once the results are written.
    """
    limits = [read_limit(each, [word.name for word in statuses()]) for each in question.fail_on]
    if out is None:
        with tempfile.TemporaryDirectory(prefix="claims-") as own:
            place = Path(own) / "results"
            run_claims(source, place, build, question, progress, on_spark=on_spark)
            return ClaimsResult(place, in_memory=True)
    with (
        new_output(out) as folder,
        open_database(folder / SCRATCH, question.memory) as database,
        build.shown_to_others(),
    ):
        run = ClaimsRun(database, build, question, progress, folder)
        if question.roles.layout == KEYS_LAYOUT:
            run.judge_keys(source)
        else:
            run.read(source, on_spark=on_spark)
            run.judge()
            run.write()
        too_many = find_too_many(database, limits) if limits else None
    if too_many:
        raise too_many
    return ClaimsResult(out)


class ClaimsRun:
    """One run: the claims as they were read, and the steps on them in their order."""

    def __init__(
        self, database: DuckConnection, build: Build, question: ClaimsQuestion, progress: Progress, folder: Path
    ) -> None:
        self._database = database
        self._build = build
        self._question = question
        self._progress = progress
        self._folder = folder
        self._to = read_target(build, question.to) if question.to else None
        self._beside = read_with(build, question.with_)

    def read(self, source: Any, *, on_spark: bool) -> None:
        """What each column is for, the claims as a table, and the forms of their days."""
        with self._progress.stage("claims") as done:
            self._engine = engine = self._open(source, on_spark)
            if len(engine.files) > 1:
                types_by_file = {each: columns_of_file(self._database, each) for each in engine.files}
                require_one_layout(types_by_file, self._question.roles)
            columns = find_columns(engine.types, engine.files, self._question.roles)
            self._kept = (*columns.keys, *(columns.others if self._question.keep else ()))
            needed = dict.fromkeys([*self._kept, *columns.used])
            rows = engine.stage([*needed])
            types = {name: engine.types[name] for name in needed}
            self._columns = steps.settle_numbers(engine, columns, types)
            forms, self._days_not_read = steps.read_day_forms(engine, columns, types)
            self._table = ClaimsTable(SOURCE_CLAIMS, types, forms)
            self._written = rows * len(columns.codes)
            done.append(f"{rows:,} rows of layout {columns.layout}: {describe_columns(columns)}")

    def _open(self, source: Any, on_spark: bool) -> ClaimsEngine:
        scratch = self._folder / SCRATCH
        if is_spark_frame(source):
            return SparkEngine(self._database, source)
        if on_spark:
            return SparkEngine(self._database, *read_frame(source, scratch))
        return DuckEngine(self._database, source, scratch, self._progress.tick)

    def judge(self) -> None:
        """Steps 1 and 2: the distinct written codes, and what they mean."""
        with self._progress.stage("distinct") as done:
            found = self._engine.store_keys(distinct_sql(self._table, self._columns), self._written)
            done.append(f"{found:,} distinct of {self._written:,} written codes")
        with self._progress.stage("rules") as done:
            answers = self._make_answers()
            done.append(f"{answers:,} answers")

    def judge_keys(self, source: Any) -> None:
        """Step 2 alone, on distinct written codes that another engine found: answers and targets, no codes and report.

        Raises UsageError where a column is missing.
        """
        engine = self._open(source, False)
        columns = {each.lower(): each for each in engine.types}
        if lacking := [each for each in KEY_COLUMNS if each not in columns]:
            raise UsageError(
                f"not of layout {KEYS_LAYOUT}: no column {', '.join(lacking)}\n  next:     --emit-sql DIALECT"
            )
        with self._progress.stage("rules") as done:
            rows = engine.stage([columns[each] for each in KEY_COLUMNS])
            engine.store_keys(KEYS_SQL, rows)
            answers = self._make_answers()
            done.append(f"{answers:,} answers to {rows:,} distinct written codes")
        self._database.execute("create table counted_rows (answer integer, rows bigint)")
        self._write_answers()

    def _make_answers(self) -> int:
        return steps.make_answers(self._database, self._build, self._question.repairs, self._beside)

    def write(self) -> None:
        """Step 3, and what is said of the answers. Raises CrosswalkError where rows went missing: that is our fault."""
        path = self._folder / CODES_FILE
        with self._progress.stage("codes") as done:
            question = joined_sql(self._table, self._columns, self._kept, steps.JOINED_ANSWERS)
            rows = self._engine.write_codes(question, path, self._written)
            done.append(f"{rows:,} rows")
        if rows != self._written:
            raise CrosswalkError(f"{self._written:,} codes were written, {rows:,} have an answer: please report this")
        with self._progress.stage("answers") as done:
            self._database.execute(f"drop table {steps.JOINED_ANSWERS}")
            self._engine.count_answers(path)
            self._write_answers()
            flags = [*flags_by_writing()]
            make_findings(self._database, self._build, flags, self._days_not_read)
            write_report(self._database, self._folder / REPORT_FILE)
            page = self._folder / PAGE_FILE
            write_report_page(
                self._database, self._build.id, self._columns, page, files=self._engine.files,
                groupings=versions_in_words(self._build, self._beside.groupings),
            )  # fmt: skip
            done.append("with the report")

    def _write_answers(self) -> None:
        database = self._database
        extra, joins = [f"c.{name}" for name in self._beside.more], []
        self._build.show_to(database, ("codes", "code_history"), "build_")
        if self._beside.more:
            joins.append("left join build_codes as c on c.system = d.system::varchar and c.code = d.code::varchar")
        if groupings := self._beside.groupings:
            make_categories(database, self._build, groupings)
            extra += category_columns(groupings)
            joins.append(category_joins(groupings, "d"))
        if rules := self._beside.rules:
            make_rule_answers(database)
            extra += rule_columns(rules)
            joins.append(rule_joins(rules, "d"))
        if self._to:
            systems = "select distinct system::varchar from judged_answers where system is not null"
            make_targets(database, self._build, [row[0] for row in database.execute(systems).fetchall()], self._to)
            extra.append(IN_ANSWERS[self._question.shape])
            joins.append("join answer_targets as t on t.answer = d.answer")
            if self._question.shape is Shape.ROWS:
                rows = read_question("target_rows.sql")
                write_table(database, rows, self._folder / TARGETS_FILE, {"target": self._to.system})
        told = ", ".join(["d.*", *extra])
        sql = f"select {told} from ({read_question('answers_described.sql')}) as d {' '.join(joins)} order by d.answer"
        write_table(database, sql, self._folder / ANSWERS_FILE)
