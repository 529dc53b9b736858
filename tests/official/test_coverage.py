"""The policies of the Lab NCD list of April 2022, counted in the published tables by the queries of docs/."""

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pipeline.ingest.lab_ncd import read_lab_ncd
from tests.conftest import ReadTable
from tests.official.conftest import Catalogued
from tests.official.corpus import facts_of
from tests.samples import run
from tests.test_documents import ask

(FACTS,) = facts_of("lab_ncd").values()
LAST_DAY = pd.Timestamp("2022-04-01").date()


@pytest.fixture(scope="module")
def on_day(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    """The rows of `policy_codes` that hold on the day of the list."""
    rows = read_table(official_build, "policy_codes")
    begun = rows["valid_from"].isna() | (rows["valid_from"] <= LAST_DAY)
    return rows[begun.astype(bool) & (rows["valid_to"].isna() | (rows["valid_to"] >= LAST_DAY)).astype(bool)]


@pytest.fixture(scope="module")
def diagnoses(on_day: pd.DataFrame) -> pd.DataFrame:
    """The diagnoses listed on the day, without the defaults."""
    return on_day[(on_day["role"] == "diagnosis") & (on_day["code"] != "*")]


def test_pairs_by_answer_listed_and_by_default(official_build: Path) -> None:
    rows = ask(official_build, "pairs of a procedure and a valid diagnosis")
    pairs = {f"{row.answer}{'_by_default' if row.by_default else ''}": int(row.pairs) for row in rows.itertuples()}
    assert pairs == FACTS["pairs"]
    assert sum(pairs.values()) == FACTS["procedures"] * FACTS["valid_diagnoses"]


def test_the_excerpt_answers_as_the_whole_list_for_every_code_of_it(
    official_build: Path, excerpt_build: Path, read_table: ReadTable
) -> None:
    validity = read_table(excerpt_build, "validity")
    own = validity[(validity["system"] == "ICD10CM") & validity["billable"] & (validity["valid_from"] <= LAST_DAY)]
    codes = own.loc[own["valid_through"] >= LAST_DAY, "code"]
    lines = [(procedure, code, pd.Timestamp(LAST_DAY)) for procedure in ("84153", "85004") for code in codes]
    claims = pd.DataFrame(lines, columns=["procedure", "diagnosis", "day"])
    asked = [ask(build, "what every policy says", claims) for build in (excerpt_build, official_build)]
    told = [{(row.procedure, row.diagnosis): row.answer for row in rows.itertuples()} for rows in asked]
    assert len(told[0]) == len(claims) > 140
    assert set(told[0].values()) == {"covered", "denied", "not_supporting"}
    different = {line: told[1][line] for line, answer in told[0].items() if told[1][line] != answer}
    # Z28.3 was subdivided on this day; of ICD-10-CM the excerpt has the lists of October alone: it does not know.
    assert different == {}
    assert "Z283" not in {*codes}


def test_lists_by_answer(official_build: Path) -> None:
    rows = ask(official_build, "by policy").set_index("policy")
    assert len(rows) == 25
    covered = {f"NCD {number}": count for number, count in FACTS["covered_by_list"].items()}
    assert rows.loc[rows["covered"] > 0, "covered"].to_dict() == covered
    assert set(rows["denied"]) == {FACTS["denied_in_every_list"]}
    assert rows.loc["NCD 190.15", "not_supporting"] == FACTS["not_supporting_in_190_15"]
    several = {f"NCD {number}": count for number, count in FACTS["procedures_by_list"].items()}
    assert rows.loc[rows["procedures"] > 1, "procedures"].to_dict() == several
    defaults = rows["every_other_code"]
    assert defaults[defaults == "covered"].index.tolist() == ["NCD 190.15"]


def test_codes_listed_on_the_day(on_day: pd.DataFrame, diagnoses: pd.DataFrame) -> None:
    assert len(diagnoses) == FACTS["listed"]
    assert diagnoses.loc[diagnoses["answer"] == "covered", "code"].nunique() == FACTS["different_covered"]
    procedures = on_day.loc[on_day["role"] == "procedure", "code"]
    assert len(procedures) == procedures.nunique() == FACTS["procedures"]


def test_every_listed_code_could_be_reported_on_the_day(
    official_build: Path, diagnoses: pd.DataFrame, read_table: ReadTable
) -> None:
    validity = read_table(official_build, "validity")
    own = validity[(validity["system"] == "ICD10CM") & validity["billable"] & (validity["valid_from"] <= LAST_DAY)]
    valid = set(own.loc[own["valid_through"] >= LAST_DAY, "code"])
    assert len(valid) == FACTS["valid_diagnoses"]
    assert set(diagnoses["code"]) <= valid
    assert "N0620" not in set(diagnoses["code"])  # born in October 2022, inside the range N060-N069


def test_both_workbooks_of_the_archive_say_the_same(catalogued: Catalogued) -> None:
    """The copy marked -508 has this quarter's changes as text with an asterisk."""
    delivery = catalogued("lab_ncd", "2022-04-01")
    with zipfile.ZipFile(delivery.paths[0]) as archive:
        tables = [read_lab_ncd(name, archive.read(name)) for name in archive.namelist()]
    assert [len(table) for table in tables] == [FACTS["rows"]] * 2
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize(
    ("policy", "code", "told"),
    [
        ("NCD 190.12", "N390", ("covered", None, None)),
        ("NCD 190.12", "R3915", ("covered", "R3911-R3916", 262)),
        ("NCD 190.12", "Z586", ("denied", None, None)),
        ("NCD 190.13", "B20", ("covered", None, 557)),
        ("NCD 190.15", "Z0000", ("denied", "Z0000-Z0001", 1331)),
        ("NCD 190.17", "Z7901", ("covered", None, None)),
        ("NCD 190.20A", "E119", ("covered", None, None)),
        ("NCD 190.22", "E039", ("covered", "E038-E039", None)),
        ("NCD 190.23A", "E785", ("covered", None, None)),
        ("NCD 190.31", "C61", ("covered", None, 42542)),
    ],
)
def test_known_rows(diagnoses: pd.DataFrame, policy: str, code: str, told: tuple[str, str | None, int | None]) -> None:
    (row,) = diagnoses[(diagnoses["policy"] == policy) & (diagnoses["code"] == code)].itertuples()
    answer, printed, line = told
    assert row.answer == answer
    assert printed in {None, row.printed}
    assert line in {None, row.line}


@pytest.mark.parametrize(
    ("codes", "day", "told", "exit_code"),
    [
        ("84153 C61", "2022-04-15", ("covered", 42542), 0),
        ("84153 R97.2", "2016-09-30", ("covered", 42574), 0),
        ("84153 R97.2", "2016-10-01", ("heading", None), 1),
        ("84153 I10", "2022-04-15", ("not_supporting", 42704), 1),
        ("85004 I10", "2022-04-15", ("covered", 21831), 0),
        ("85004 Z00.00", "2022-04-15", ("denied", 1331), 1),
        ("84153 C61", "2022-07-01", ("not_known", None), 8),
    ],
)
def test_known_answers(
    official_build: Path, codes: str, day: str, told: tuple[str, int | None], exit_code: int
) -> None:
    output = str(official_build.parent)
    result = run("supports", *codes.split(), "--on", day, "--format", "json", "--output", output)
    (answer,) = json.loads(result.stdout)
    assert (answer["status"], answer["line"]) == told
    assert result.exit_code == exit_code
