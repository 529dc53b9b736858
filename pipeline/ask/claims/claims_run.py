"""Claims from end to end: what is asked of them, the three steps, and the results that are written."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pipeline import PROJECT
from pipeline.ask.build import Build, open_build
from pipeline.ask.claims import claims_steps as steps
from pipeline.ask.claims.claim_categories import category_columns, category_joins, make_categories, read_groupings
from pipeline.ask.claims.claim_targets import IN_ANSWERS, Shape, make_targets, read_target
from pipeline.ask.claims.claims_database import (
    MEMORY,
    Database,
    Relation,
    database_problems_said,
    open_database,
    open_relation,
    read_question,
    rows_ticked,
    view_build,
    write_table,
)
from pipeline.ask.claims.claims_output import SCRATCH, new_output
from pipeline.ask.claims.claims_report import make_findings, read_limit, require_limits, write_report
from pipeline.ask.claims.claims_source import CLAIMS, ClaimsSource, open_source, stage
from pipeline.ask.claims.claims_sql import ClaimsTable
from pipeline.ask.claims.code_columns import ClaimColumns, Roles, find_columns
from pipeline.ask.claims.report_page import write_report_page
from pipeline.ask.claims.rules import statuses
from pipeline.ask.claims.scopes import flags_by_writing
from pipeline.run.progress import Progress

CODES, ANSWERS, TARGETS, REPORT, PAGE = (
    "codes.parquet", "answers.parquet", "targets.parquet", "report.csv", "report.html",
)  # fmt: skip
# What else a build says of a code, by the name of its column in `codes`.
MORE_OF_A_CODE: Final = ("section", "section_title", "setting", "maintainer", "parent_code", "billable")


@dataclass(frozen=True)
class ClaimsQuestion:
    """What is asked of claims, but for the claims themselves.

    `to` is SYSTEM or SYSTEM@DAY; `with_` names groupings, or columns of MORE_OF_A_CODE; `keep` lets all other columns
    through; `repairs` is all, plain or none; `fail_on` has limits such as unknown=5%.
    """

    roles: Roles = field(default_factory=Roles)
    to: str | None = None
    shape: Shape = Shape.SETS
    with_: Sequence[str] = ()
    keep: bool = False
    repairs: str = "all"
    memory: str = MEMORY
    fail_on: Sequence[str] = ()


class ClaimsResult:
    """The results as DuckDB relations (`.df()`, `.pl()`, `.arrow()`): codes, answers, targets (None without --to in
    rows), report; and the folder that they stand in, which goes with this object where nobody named one."""

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        self.folder = folder
        self._own = own

    @property
    def codes(self) -> Relation:
        """A row for each written code: what goes through, column, day, text, status, system, code, answer."""
        return open_relation(self.folder / CODES)

    @property
    def answers(self) -> Relation:
        """A row for each text, field, flag and run of days: all that is said of it."""
        return open_relation(self.folder / ANSWERS)

    @property
    def targets(self) -> Relation | None:
        """A row for each code of each alternative, where these were asked for as rows."""
        path = self.folder / TARGETS
        return open_relation(path) if path.is_file() else None

    @property
    def report(self) -> Relation:
        """A row for each finding."""
        return open_relation(self.folder / REPORT)


def run_claims(
    source: Any, out: Path | None, build: Build, question: ClaimsQuestion, progress: Progress
) -> ClaimsResult:
    """Reads claims, judges their codes, writes results into a folder; into one of its own where none is named.

    Raises UsageError, UnreadableClaims, and TooManyFaults once the results are written.
    """
    own = tempfile.TemporaryDirectory(prefix="claims-") if out is None else None
    place = Path(own.name) / "results" if own else Path(out or "")
    limits = [read_limit(each, [word.name for word in statuses()]) for each in question.fail_on]
    with new_output(place) as folder, open_database(folder / SCRATCH, question.memory) as database:
        with database_problems_said(question.memory):
            _write_results(source, folder, build, question, progress, database)
        too_many = _over(database, limits)
    if too_many:
        raise too_many
    return ClaimsResult(place, own)
