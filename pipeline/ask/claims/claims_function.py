"""Claims as a function: from any source to codes, answers, targets and a report."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pipeline import PROJECT
from pipeline.ask.build import Build, open_build
from pipeline.ask.claims.claim_targets import Shape
from pipeline.ask.claims.claims_database import MEMORY
from pipeline.ask.claims.claims_run import ClaimsQuestion, ClaimsResult, run_claims
from pipeline.ask.claims.claims_steps import REPAIRS_ALLOWED
from pipeline.ask.claims.code_columns import ClaimRoles
from pipeline.errors import UsageError
from pipeline.run.progress import Progress


def claims(
    source: Any,
    out: str | Path | None = None,
    *,
    roles: ClaimRoles | None = None,
    to: str | None = None,
    shape: str = Shape.SETS,
    with_: Sequence[str] = (),
    keep: bool = False,
    repairs: str = "all",
    memory: str = MEMORY,
    fail_on: Sequence[str] = (),
    on_spark: bool = False,
    build: Build | str | Path | None = None,
    progress: Progress | None = None,
) -> ClaimsResult:
    """Judges the codes of claims, and writes codes, answers, targets and report into a folder.

    `source` is a path, a pattern or a list of them (csv, csv.gz, Parquet), or a table of Arrow, pandas, Polars, DuckDB
    or Spark; files are read by Spark where `on_spark` says so. Without `out` the results go with the object that is
    returned. `build` is an open build or its folder, `output/latest` where none is named; the other arguments are those
    of ClaimsQuestion.

    Raises UsageError for an argument that is none of its words, where no column has a role, or the days cannot be read;
    UnreadableClaims for a file that is not what its name says; TooManyFaults, once the results are written, where
    `fail_on` says so.
    """
    _require_word("shape", shape, [each.value for each in Shape])
    _require_word("repairs", repairs, REPAIRS_ALLOWED)
    question = ClaimsQuestion(roles or ClaimRoles(), to, Shape(shape), with_, keep, repairs, memory, fail_on)
    with ExitStack() as stack:
        if not isinstance(build, Build):
            build = stack.enter_context(open_build(Path(build or PROJECT / "output" / "latest")))
        told = progress or Progress(lambda _: None)
        place = Path(out) if out is not None else None
        return run_claims(source, place, build, question, told, on_spark=on_spark)


def _require_word(argument: str, word: str, allowed: Sequence[str]) -> None:
    if word not in allowed:
        raise UsageError(f"{argument}={word}: no such word\n  next:     one of {', '.join(allowed)}")
