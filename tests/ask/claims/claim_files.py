"""Small claims for tests, and runs of them on the build of the excerpt."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.ask.build import Build
from pipeline.ask.claims.claims_function import claims
from pipeline.ask.claims.claims_run import ClaimsResult
from pipeline.ask.claims.code_columns import ClaimRoles

Rows = list[dict[str, Any]]
# Wide, as many people keep claims; every code is in the excerpt. The heading 250 is none that can be billed.
WIDE = """id,day,dxver,dx1,dx2,px1,hcpcs1,amount
W1,2010-03-04,9,250.00,, 00.66 ,99213,007
W2,2016-02-10,0,e11.9,ZZZ,0DTJ4ZZ,A0425,1.50
W3,,,25000,I10,,,
W4,2012-07-01,9,250,0389,ODTJ4ZZ,J1885,0
"""
LONG_HEAD = ("claim", "day", "field", "flag", "text")


def write_text(path: Path, text: str) -> Path:
    """A file with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_rows(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    """A file of text with these rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(head)
        writer.writerows(rows)
    return path


def run(build: Build, source: Any, out: Path | None = None, **asked: Any) -> ClaimsResult:
    """The results of a run."""
    return claims(source, out, build=build, **asked)


def rows_of(relation: Any, *columns: str, order: str = "") -> Rows:
    """The rows of a result as dicts, of some columns, in the order of all of these or of those named."""
    names = [f'"{each}"' for each in columns or relation.columns]
    picked = relation.order(order or ", ".join(names)).project(", ".join(names))
    return [dict(zip(picked.columns, row, strict=True)) for row in picked.fetchall()]


def long_roles(**others: Any) -> ClaimRoles:
    """The roles of claims with one code a row."""
    return ClaimRoles(codes={"": ("text",)}, field_in="field", flag="flag", day=("day",), keys=("claim",), **others)


def status_of(result: ClaimsResult, key: str = "id") -> Mapping[tuple[str, str], str]:
    """The status of each written code, by key and column."""
    return {(row[key], row["column"]): row["status"] for row in rows_of(result.codes)}
