"""The queries of docs/omop.md, on a download of Athena that is made up: its ids are nobody's."""

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipeline import PROJECT

PAGE = (PROJECT / "docs" / "omop.md").read_text(encoding="utf-8")
QUERIES = {
    text.split("\n")[0].removeprefix("-- ").partition(":")[0]: text
    for text in re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
}
CONCEPT = ("concept_id", "concept_name", "domain_id", "vocabulary_id", "concept_class_id", "standard_concept",
           "concept_code", "valid_start_date", "valid_end_date", "invalid_reason")  # fmt: skip
CONCEPTS = (
    (
        "9000001",
        'Septicemia, of a 5" catheter',
        "Condition",
        "ICD9CM",
        "5-dig",
        "",
        "038.11",
        "19700101",
        "20991231",
        "",
    ),
    ("9000002", "Sepsis", "Condition", "ICD10CM", "5-char", "", "A41.01", "20070101", "20991231", ""),
    ("9000003", "Sepsis, standard", "Condition", "SNOMED", "Disorder", "S", "1", "20020131", "20991231", ""),
    ("9000004", "COVID-19", "Condition", "ICD10CM", "4-char", "", "U07.1", "20200401", "20201231", "D"),
    ("9000005", "Secondary diabetes", "Condition", "ICD9CM", "5-dig", "", "249.51", "19700101", "20991231", ""),
    ("9000006", "In both", "Condition", "ICD10CM", "6-char", "", "E08.311", "20070101", "20991231", ""),
    ("9000007", "Old standard", "Condition", "SNOMED", "Disorder", "S", "2", "20020131", "20991231", ""),
)
RELATIONSHIP = (
    "concept_id_1",
    "concept_id_2",
    "relationship_id",
    "valid_start_date",
    "valid_end_date",
    "invalid_reason",
)
RELATIONSHIPS = (
    ("9000002", "9000003", "Maps to", "20070101", "20991231", ""),
    ("9000002", "9000007", "Maps to", "20070101", "20151231", "D"),
    ("9000003", "9000002", "Mapped from", "20070101", "20991231", ""),
    ("9000006", "9000003", "Maps to", "20070101", "20991231", ""),
)


def write_tabs(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    path.write_text("".join("\t".join(each) + "\n" for each in [header, *rows]), encoding="utf-8")


def write_athena(folder: Path) -> None:
    """A download of Athena in a new folder."""
    folder.mkdir()
    write_tabs(folder / "CONCEPT.csv", CONCEPT, CONCEPTS)
    write_tabs(folder / "CONCEPT_RELATIONSHIP.csv", RELATIONSHIP, RELATIONSHIPS)


@pytest.fixture(scope="module")
def athena(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("downloaded") / "athena"
    write_athena(folder)
    return folder


def ask(build: Path, athena: Path, name: str) -> pd.DataFrame:
    question = QUERIES[name].replace("output/latest", str(build)).replace("'athena/", f"'{athena}/")
    return duckdb.connect().execute(question).fetch_df()


def test_every_query_of_the_page_is_asked_here() -> None:
    assert [*QUERIES] == ["Concepts", "Days", "Rows for source_to_concept_map"]


def test_codes_have_their_concept_by_dot_and_zero_and_else_the_reason(excerpt_build: Path, athena: Path) -> None:
    found = ask(excerpt_build, athena, "Concepts").set_index(["system", "code"])
    assert not found.index.duplicated().any()
    assert len(found) == len(pd.read_parquet(excerpt_build / "parquet" / "codes.parquet"))
    assert found.loc[("ICD9CM", "03811"), "concept_id"] == 9000001
    assert found.loc[("ICD10CM", "A4101"), "concept_id"] == 9000002
    assert (found["answer"] == "found").sum() == 5
    assert found.loc[("ICD10CM", "E119"), "answer"] == "not in this download"
    assert set(found.loc["ICD10PCS", "answer"]) == {"vocabulary not downloaded"}
    assert set(found.loc["ICD9", "answer"]) == {"no vocabulary of OMOP has the system"}


def test_codes_that_ended_on_one_side_alone_are_found(excerpt_build: Path, athena: Path) -> None:
    found = ask(excerpt_build, athena, "Days")
    assert found[["system", "code", "invalid_reason"]].to_numpy().tolist() == [["ICD10CM", "U071", "D"]]
    assert str(found["athena_ends"][0])[:10] == "2020-12-31"


def test_rows_are_of_codes_with_one_answer_and_of_relationships_that_hold(excerpt_build: Path, athena: Path) -> None:
    """249.51 stands for a combination, of which E08.311 is a half: no row."""
    found = ask(excerpt_build, athena, "Rows for source_to_concept_map")
    assert found[["source_code", "source_concept_id", "target_concept_id"]].to_numpy().tolist() == [
        ["038.11", 9000001, 9000003]
    ]
    (row,) = found.to_dict("records")
    assert (row["source_vocabulary_id"], row["target_vocabulary_id"]) == ("ICD9CM", "SNOMED")
    assert str(row["valid_end_date"])[:10] == "2015-09-30"
