"""The lines of docs/codelists.md do what they say, and it names every finding."""

import re
from pathlib import Path

import duckdb
import pandas

from pipeline import PROJECT
from pipeline.ask.codelist.list_findings import finding_kinds
from pipeline.ask.codelist.list_text import LIST_COLUMNS

PAGE = (PROJECT / "docs" / "codelists.md").read_text(encoding="utf-8")


def block(language: str, build: Path) -> str:
    """The block of a language that is about expansion, of a build."""
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return next(each for each in found if "expand_" in each).replace("output/latest", str(build))


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
