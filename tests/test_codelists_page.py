"""The lines of docs/codelists.md do what they say, and it names every finding."""

import re
from pathlib import Path

import duckdb
import pandas

from pipeline import PROJECT
from pipeline.ask.codelist.converted_codes import CONVERSION_REASONS
from pipeline.ask.codelist.list_findings import finding_kinds
from pipeline.ask.codelist.list_text import LIST_COLUMNS

PAGE = (PROJECT / "docs" / "codelists.md").read_text(encoding="utf-8")


def block(language: str, build: Path, about: str = "expand_") -> str:
    """The first block of a language that has a word, of a build: about expansion, or conversion."""
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return next(each for each in found if about in each).replace("output/latest", str(build))


def test_python_and_sql_find_the_same_codes(excerpt_build: Path) -> None:
    names = {"pandas": pandas}
    exec(block("python", excerpt_build), names)
    with duckdb.connect() as database:
        of_sql = database.execute(block("sql", excerpt_build)).fetch_df()
    codes = names["codes"]
    assert "E11.9" in set(codes["code_dotted"])
    assert "E11.65" not in set(codes["code_dotted"])
    assert of_sql["code"].tolist() == codes["code"].tolist()
    assert names["findings"]["finding"].tolist() == []


def test_every_finding_and_every_kind_of_column_is_named() -> None:
    assert [each for each in finding_kinds() if f"`{each}`" not in PAGE] == []
    assert [field for field, names in LIST_COLUMNS.items() if f"`{names[0]}`" not in PAGE] == []


def test_python_and_sql_convert_the_same_codes(excerpt_build: Path) -> None:
    names = {"pandas": pandas}
    exec(block("python", excerpt_build, "convert_frame"), names)
    with duckdb.connect() as database:
        of_sql = database.execute(block("sql", excerpt_build, "convert_list")).fetchall()
    converted = names["converted"]
    assert {(row[0], row[1], row[2]) for row in of_sql} == {
        *zip(converted.code, converted.status, converted.reason, strict=True)
    }
    assert ("I10", "include", "broader") in {(row[0], row[1], row[2]) for row in of_sql}


def test_every_reason_of_a_conversion_is_named() -> None:
    assert [each for each in CONVERSION_REASONS if f"`{each}`" not in PAGE] == []
