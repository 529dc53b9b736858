"""The pages of docs/ that follow from the code, and the queries of docs/coverage.md."""

import re
import runpy
from pathlib import Path

import duckdb
import pandas
import pytest

from pipeline import PROJECT
from pipeline.catalogue.sources import read_catalogue
from pipeline.export.formats import FORMATS

COVERAGE = (PROJECT / "docs" / "coverage.md").read_text(encoding="utf-8")
QUERIES = {
    text.split("\n")[0].partition(": ")[2]: text for text in re.findall(r"```sql\n(.*?)```", COVERAGE, re.DOTALL)
}
LINES = pandas.DataFrame(
    [
        ("84153", "C61", "2022-04-15"),
        ("84153", "I10", "2022-04-15"),
        ("84153", "R972", "2016-09-30"),
        ("84153", "R972", "2016-10-01"),
        ("85004", "I10", "2022-04-15"),
        ("85004", "Z23", "2022-04-15"),
        ("84153", "C61", "2022-07-01"),
        ("85004", "E11", "2022-04-15"),
        ("85004", "ZZZ", "2022-04-15"),
        ("84153", "K3520", "2022-04-15"),
        ("99213", "C61", "2022-04-15"),
    ],
    columns=["procedure", "diagnosis", "day"],
).assign(day=lambda rows: pandas.to_datetime(rows["day"]))


def ask(build: Path, start: str, claims: pandas.DataFrame = LINES) -> pandas.DataFrame:
    """The answer to the query of docs/coverage.md whose first line begins so, of a build and some claim lines."""
    (question,) = [text for name, text in QUERIES.items() if name.startswith(start)]
    connection = duckdb.connect()
    connection.register("claims", claims)
    return connection.execute(question.replace("output/latest", str(build))).fetch_df()


GENERATE = runpy.run_path(str(PROJECT / "docs" / "generate.py"))


def test_generated_pages_are_not_stale() -> None:
    for name, render in GENERATE["PAGES"].items():
        assert (PROJECT / "docs" / name).read_text(encoding="utf-8") == render(), "run `make dictionary` and commit it"


def test_every_format_and_every_source_has_a_row() -> None:
    formats, sources = GENERATE["render_formats"](), GENERATE["render_sources"]()
    assert [name for name, each in FORMATS.items() if GENERATE["format_row"](each) not in formats] == []
    assert [name for name in read_catalogue() if f"| `{name}` |" not in sources] == []


def test_a_source_without_a_reader_is_said_to_be_unread() -> None:
    (row,) = [line for line in GENERATE["render_sources"]().splitlines() if line.startswith("| `elixhauser_icd9cm` |")]
    assert row.endswith("| not read yet |")


def test_claim_lines_are_answered_by_policy(excerpt_build: Path) -> None:
    rows = ask(excerpt_build, "what every policy says of claim lines").sort_values(["procedure", "diagnosis", "day"])
    found = [(row.procedure, row.diagnosis, f"{row.day:%Y}", row.answer) for row in rows.itertuples()]
    assert found == [
        ("84153", "C61", "2022", "covered"),
        ("84153", "I10", "2022", "not_supporting"),
        ("84153", "K3520", "2022", "not known"),
        ("84153", "R972", "2016", "covered"),
        ("84153", "R972", "2016", "not valid"),
        ("85004", "E11", "2022", "heading"),
        ("85004", "I10", "2022", "covered"),
        ("85004", "Z23", "2022", "not_supporting"),
        ("85004", "ZZZ", "2022", "not valid"),
    ]


def test_pairs_are_counted_over_every_valid_code(excerpt_build: Path) -> None:
    rows = ask(excerpt_build, "pairs of a procedure and a valid diagnosis")
    pairs = {(row.answer, bool(row.by_default)): int(row.pairs) for row in rows.itertuples()}
    assert pairs == {
        ("covered", False): 3,
        ("denied", False): 5,
        ("not_supporting", False): 8,
        ("not_supporting", True): 68,
        ("covered", True): 62,
    }
    assert len(QUERIES) == 3


@pytest.mark.parametrize("policy", ["NCD 190.15", "NCD 190.31"])
def test_each_policy_of_the_excerpt_says_what_holds_of_every_other_code(excerpt_build: Path, policy: str) -> None:
    rows = ask(excerpt_build, "by policy").set_index("policy")
    assert rows.loc[policy, "procedures"] == 1
    assert rows.loc[policy, "every_other_code"] == {"NCD 190.15": "covered"}.get(policy, "not_supporting")
