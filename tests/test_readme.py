"""The README's lines do what it says, on the built tables."""

import re
from datetime import date
from pathlib import Path

import duckdb
import pandas
import pytest

from pipeline import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
ASKED_BY_DAY = README.split("## What was valid on the day?")[1].split("\n## ")[0]
SQL = re.findall(r"```sql\n(.*?)```", ASKED_BY_DAY, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", ASKED_BY_DAY, re.DOTALL)
CLAIMS = pandas.DataFrame(
    {
        "system": ["ICD10CM", "ICD10CM", "HCPCS", "HCPCS", "ICD9CM", "ICD10CM"],
        "code": ["U071", "U071", "J1440", "J1440", "25000", "I602"],
        "day": pandas.to_datetime(["2020-03-31", "2020-04-01", "2013-12-31", "2014-01-01", "2015-10-01", "2016-10-01"]),
    }
)
VALID = [False, True, True, False, False, True]


def at(build: Path, text: str) -> str:
    return text.replace("output/latest", str(build))


def test_the_codes_valid_on_a_day_are_asked_in_sql(excerpt_build):
    found = {code for code, _ in duckdb.sql(at(excerpt_build, SQL[0])).fetchall()}
    history = pandas.read_parquet(excerpt_build / "parquet" / "code_history.parquet", dtype_backend="pyarrow")
    day = date(2020, 5, 1)
    own = history[(history["system"] == "ICD10CM") & history["billable"] & (history["valid_from"] <= day)]
    assert found == set(own.loc[own["valid_to"].isna() | (own["valid_to"] >= day), "code"])
    assert "U071" in found


@pytest.mark.parametrize("question", SQL[1:])
def test_claims_are_joined_to_the_meaning_on_the_date_of_service_in_sql(excerpt_build, question):
    connection = duckdb.connect()
    connection.register("claims", CLAIMS.assign(number=range(len(CLAIMS))))
    rows = connection.execute(at(excerpt_build, question)).fetch_df().sort_values("number")
    assert list(rows["description"].notna()) == VALID


def test_claims_are_joined_to_the_meaning_on_the_date_of_service_in_pandas(excerpt_build):
    names = {"pandas": pandas, "claims": CLAIMS}
    exec(at(excerpt_build, PYTHON[0]), names)
    joined = names["joined"]
    assert len(joined) == len(CLAIMS)
    expected = CLAIMS[VALID]
    found = set(joined.loc[joined["description"].notna(), ["system", "code", "day"]].itertuples(index=False, name=None))
    assert found == set(expected.itertuples(index=False, name=None))
