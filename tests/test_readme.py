"""The lines of README.md and docs/recipes.md do what they say, on the built tables."""

import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pandas
import pytest

from pipeline import PROJECT
from pipeline.ask.build import open_build
from pipeline.ask.resolve_codes import resolve_codes

README = (PROJECT / "README.md").read_text(encoding="utf-8")
RECIPES = (PROJECT / "docs" / "recipes.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> dict[str, str]:
    """The code blocks of a text by their first line, which says what they do."""
    found = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return {block.split("\n")[0].split(": ", 1)[-1]: block for block in found}


SQL, PYTHON = blocks(RECIPES, "sql"), blocks(RECIPES, "python")
CLAIMS = pandas.DataFrame(
    {
        "system": ["ICD10CM", "ICD10CM", "HCPCS", "HCPCS", "ICD9CM", "ICD10CM"],
        "code": ["U071", "U071", "J1440", "J1440", "25000", "I602"],
        "day": pandas.to_datetime(["2020-03-31", "2020-04-01", "2013-12-31", "2014-01-01", "2015-10-01", "2016-10-01"]),
    }
)
STATUS = ["not valid", "valid", "valid", "not valid", "not valid", "valid"]
BEYOND = pandas.DataFrame(
    {
        "system": ["ICD10CM", "ICD10CM", "ICD10CM", "ICD9CM", "ICD10CM", "NDC"],
        "code": ["U071", "U071", "E11", "25000", "Z9999", "1"],
        "day": pandas.to_datetime(["2026-03-31", "2026-04-01", "2021-01-01", "2000-01-01", "2021-01-01", "2021-01-01"]),
    }
)
STATUS_BEYOND = ["valid", "not known", "heading", "not known", "not valid", "not known"]
OLD_CLAIMS = pandas.DataFrame(
    {
        "system": "ICD10CM",
        "code": ["I6020", "E119", "I10", "F89"],
        "day": pandas.to_datetime(["2016-01-01", "2021-03-01", "2021-03-01", "2021-03-01"]),
    }
)


def at(build: Path, text: str) -> str:
    return text.replace("output/latest", str(build)).replace("'lists/", f"'{PROJECT / 'lists'}/")


def ask(build: Path, question: str, claims: pandas.DataFrame = CLAIMS) -> pandas.DataFrame:
    connection = duckdb.connect()
    numbered = claims.assign(number=range(len(claims)))
    connection.register("claims", numbered if "person" in claims else numbered.assign(person="somebody"))
    return connection.execute(at(build, question)).fetch_df()


def test_every_query_of_the_readme_and_the_recipes_runs(excerpt_build):
    questions = [*blocks(README, "sql").values(), *SQL.values()]
    assert len(questions) >= 8
    for question in questions:
        ask(excerpt_build, question)


def test_the_codes_valid_on_a_day_are_asked_in_sql(excerpt_build):
    found = set(ask(excerpt_build, SQL["the codes valid on a day"])["code"])
    history = pandas.read_parquet(excerpt_build / "parquet" / "code_history.parquet", dtype_backend="pyarrow")
    day = date(2020, 5, 1)
    own = history[(history["system"] == "ICD10CM") & history["billable"] & (history["valid_from"] <= day)]
    last = own["valid_to_earliest"].fillna(own["valid_to"])
    assert found == set(own.loc[last.isna() | (last >= day), "code"])
    assert "U071" in found
    assert "K352" not in found  # it may have ended with any edition since that of October 2016, which are not here


ALL_SQL = [*blocks(README, "sql").values(), *SQL.values()]
JOINS = [each for each in ALL_SQL if "as status" in each or "claims_with_meaning" in each]
EVERY_KIND = {  # what is asked of each system, on every kind of day, and what the joins say
    "before the first release": ("ICD9CM", "25000", "1999-01-01", "not known"),
    "before the system": ("ICD10CM", "E119", "2011-01-01", "not valid"),
    "on a release": ("ICD10CM", "E119", "2025-10-01", "valid"),
    "on the last day that is known": ("ICD10CM", "E119", "2026-03-31", "valid"),
    "beyond the horizon": ("ICD10CM", "E119", "2026-04-01", "not known"),
    "beyond the use of a system": ("ICD9CM", "25000", "2016-01-01", "not valid"),
    "no such system": ("CDT", "D0120", "2021-01-01", "not known"),
    "unknown code": ("ICD10CM", "ZZZ9", "2021-01-01", "not valid"),
    "unknown code, beyond": ("ICD10CM", "ZZZ9", "2030-01-01", "not known"),
    "heading": ("ICD10CM", "E11", "2021-01-01", "heading"),
    "on the last day of a code": ("ICD10CM", "M358", "2020-12-31", "valid"),
    "became a heading": ("ICD10CM", "M358", "2021-01-01", "heading"),
    "ended code": ("HCPCS", "M0064", "2024-01-01", "not valid"),
    "ended code, beyond": ("HCPCS", "M0064", "2030-01-01", "not valid"),
    "before a recorded start": ("HCPCS", "J1440", "1985-01-01", "not valid"),
    "before a start that only releases show": ("ICD9CM", "17330", "2003-05-01", "not known"),
    "on the last day that is sure": ("CPT4", "0001A", "2022-12-31", "valid"),
    "on a day on which it may have ended": ("CPT4", "0001A", "2023-01-01", "not known"),
    "on the last such day": ("CPT4", "0001A", "2025-12-31", "not known"),
    "after it": ("CPT4", "0001A", "2026-01-01", "not valid"),
    "while it may have become a heading": ("ICD10CM", "K352", "2019-01-01", "not known"),
}
KINDS = pandas.DataFrame([row[:3] for row in EVERY_KIND.values()], columns=["system", "code", "day"]).assign(
    day=lambda rows: pandas.to_datetime(rows["day"])
)
# Where every claim matches a join has no gaps, and where none does only gaps: a column has another type then.
ALL_VALID = pandas.DataFrame(
    {
        "system": ["ICD10CM", "ICD10CM", "HCPCS", "ICD9CM"],
        "code": ["U071", "E119", "J1440", "25000"],
        "day": pandas.to_datetime(["2020-04-01", "2021-05-01", "2013-12-31", "2014-05-01"]),
    }
)
NONE_VALID = ALL_VALID.assign(
    code=["ZZZ", "E1190", "J144", "ZZZ"],
    day=pandas.to_datetime(["2020-04-01", "2021-05-01", "2025-02-01", "2014-05-01"]),
)
CASES = [
    (CLAIMS, STATUS),
    (BEYOND, STATUS_BEYOND),
    (KINDS, [row[3] for row in EVERY_KIND.values()]),
    (ALL_VALID, ["valid"] * 4),
    (NONE_VALID, ["not valid"] * 4),
]
NAMES_OF_CASES = ["known", "beyond", "every kind", "all match", "none matches"]


@pytest.mark.parametrize(("claims", "status"), CASES, ids=NAMES_OF_CASES)
@pytest.mark.parametrize("question", JOINS, ids=["README", "recipe", "database"])
def test_claims_are_told_to_be_valid_or_not_or_not_known_in_sql(excerpt_build, question, claims, status):
    assert told(excerpt_build, question, claims) == status


def told(build: Path, question: str, claims: pandas.DataFrame) -> list[str]:
    """What a query says of each claim; that a system has no listing here is a way of not knowing."""
    rows = ask(build, question, claims).sort_values("number")
    return [str(each).replace("_", " ").replace("no listing", "not known") for each in rows["status"]]


@pytest.fixture(scope="module")
def build_with_every_class(excerpt_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The excerpt with what only the files of all years have: U07.1, and J9380 in its later life, began between two
    files. The first life of J9380, of which a list tells the end alone, is in the excerpt."""
    folder = tmp_path_factory.mktemp("every_class") / "latest"
    shutil.copytree(excerpt_build, folder)
    with duckdb.connect(str(folder / "crosswalk.duckdb")) as database:
        database.execute("create table changed as from code_history")
        database.execute(
            "update changed set valid_from_earliest = valid_from - 90 "
            "where code in ('U071', 'J9380') and valid_from > date '2012-01-01'"
        )
        database.execute("drop view code_history")
        database.execute("alter table changed rename to code_history")
        target = folder / "parquet" / "code_history.parquet"
        database.execute(f"copy (from code_history order by system, code, valid_from) to '{target}' (format parquet)")
    return folder


LOOKED_UP = {"resolved": "valid", "invalid": "not valid", "unknown": "not valid", "not_known": "not known"}


def days_of_every_kind(build: Path) -> pandas.DataFrame:
    """Claims of every class of code on the days around each of its bounds: up to three codes of each system, basis of
    the first day, with or without a day that is not known exactly, number of episodes, ended or going on."""
    question = """
        with lives as (
            select system, code, min_by(valid_from_basis, valid_from) as basis,
                count(valid_from_earliest) + count(valid_to_earliest) * 2 as windows,
                count(*) as episodes, max(valid_to) is null as goes_on
            from code_history group by system, code
        ), sample as (
            from lives qualify row_number() over (
                partition by system, basis, windows, least(episodes, 3), goes_on order by code
            ) <= 3
        ), bounds as (
            select system, code, unnest([valid_from, valid_from_earliest, valid_to_earliest, valid_to]) as bound
            from code_history join sample using (system, code)
            union all select system, code, unnest([known_from, known_through, in_use_from, in_use_to])
            from systems join sample using (system)
        )
        select distinct system, code, bound + step::int as day
        from bounds, (select unnest([-200, -1, 0, 1, 200]) as step) where bound is not null order by all
    """
    with duckdb.connect(str(build / "crosswalk.duckdb"), read_only=True) as database:
        return database.execute(question).fetch_df().astype({"day": "datetime64[s]"})


def looked_up(build: Path, claims: pandas.DataFrame) -> list[str]:
    """What `lookup` says of each claim, in the words of the queries."""
    found = pandas.Series("", claims.index)
    with open_build(build) as opened:
        for system, own in claims.groupby("system"):
            readings = resolve_codes(opened, list(own["code"]), system, [each.date() for each in own["day"]])
            found[own.index] = [LOOKED_UP.get(each.status, each.status) for each in readings]
    return list(found)


@pytest.mark.parametrize("question", JOINS, ids=["README", "recipe", "database"])
def test_sql_says_of_every_class_of_code_what_lookup_says(build_with_every_class, question):
    claims = days_of_every_kind(build_with_every_class)
    expected = looked_up(build_with_every_class, claims)
    assert set(expected) == {"valid", "not valid", "not known", "heading"}
    assert {"U071", "J9380"} <= set(claims["code"])
    differs = claims.assign(lookup=expected, sql=told(build_with_every_class, question, claims)).query("lookup != sql")
    assert differs.empty, differs.to_string()


def test_pandas_says_of_every_class_of_code_what_lookup_says(build_with_every_class):
    claims = days_of_every_kind(build_with_every_class)
    names = {"pandas": pandas, "claims": claims.assign(number=range(len(claims)))}
    exec(at(build_with_every_class, PYTHON["the same with merge_asof"]), names)
    found = names["joined"].sort_values("number")["status"].tolist()
    differs = claims.assign(lookup=looked_up(build_with_every_class, claims), pandas=found).query("lookup != pandas")
    assert differs.empty, differs.to_string()


def test_claims_get_their_meaning_and_a_status_in_the_database(excerpt_build):
    (question,) = (each for each in SQL.values() if "claims_with_meaning" in each)
    rows = ask(excerpt_build, question, BEYOND).sort_values("number")
    assert list(rows["status"]) == ["valid", "not_known", "heading", "not_known", "not_valid", "no_listing"]
    assert list(rows["description"].notna()) == [True, False, True, False, False, False]


@pytest.mark.parametrize(("claims", "status"), CASES, ids=NAMES_OF_CASES)
def test_claims_are_told_to_be_valid_or_not_or_not_known_in_pandas(excerpt_build, claims, status):
    names = {"pandas": pandas, "claims": claims.assign(number=range(len(claims)))}
    exec(at(excerpt_build, PYTHON["the same with merge_asof"]), names)
    assert list(names["joined"].sort_values("number")["status"]) == status


@pytest.mark.parametrize("kind", ["object", "string", "string[pyarrow]", "category"])
def test_claims_in_pandas_may_have_any_type_of_text(excerpt_build, kind):
    claims = ALL_VALID.astype({"system": kind, "code": kind, "day": "datetime64[ns]"})
    names = {"pandas": pandas, "claims": claims}
    exec(at(excerpt_build, PYTHON["the same with merge_asof"]), names)
    assert list(names["joined"]["status"]) == ["valid"] * 4


@pytest.mark.parametrize(("claims", "status"), CASES[3:], ids=NAMES_OF_CASES[3:])
def test_claims_that_all_match_or_none_are_told_so_by_every_way_on_the_full_files(official_build, claims, status):
    for question in JOINS:
        assert told(official_build, question, claims) == status
    names = {"pandas": pandas, "claims": claims.assign(number=range(len(claims)))}
    exec(at(official_build, PYTHON["the same with merge_asof"]), names)
    assert list(names["joined"].sort_values("number")["status"]) == status


@pytest.mark.parametrize("text", [README, RECIPES], ids=["README", "recipes"])
def test_claims_are_translated_in_sql(excerpt_build, text):
    (question,) = (each for each in blocks(text, "sql").values() if "icd9cm_icd10cm_current' and m.source" in each)
    assert set(ask(excerpt_build, question)["target_code"]) == {"E119", "E11A"}


def test_complete_alternatives_are_lists(excerpt_build):
    claims = pandas.DataFrame({"system": ["ICD9CM"], "code": ["24951"], "day": pandas.to_datetime(["2014-01-01"])})
    question = next(each for name, each in SQL.items() if "complete alternatives" in name)
    together = {tuple(each) for each in ask(excerpt_build, question, claims)["together"]}
    assert ("E0839",) in together
    assert ("E0836", "E0865") in together


def test_claims_are_translated_in_pandas(excerpt_build):
    names = {"pandas": pandas, "claims": CLAIMS}
    exec(at(excerpt_build, PYTHON["every target of an ICD-9-CM claim in the newest ICD-10-CM"]), names)
    assert set(names["joined"]["target_code"]) == {"E119", "E11A"}


def test_claims_of_any_day_are_brought_to_one_release(excerpt_build):
    """I60.20 became I60.2; E11.9 stayed, and E11.A was carved out of it; I10 stayed; F89 stayed, and QA0 left it."""
    question = next(each for name, each in SQL.items() if "in force on 2025-10-01" in name)
    rows = ask(excerpt_build, question, OLD_CLAIMS)
    found = {code: set(own["code_of_2026"]) for code, own in rows.groupby("code")}
    assert found["I6020"] == {"I602"}
    assert found["E119"] == {"E119", "E11A"}
    assert "I10" in found["I10"]


def test_a_code_that_was_not_valid_on_the_day_is_brought_to_no_release(excerpt_build):
    """U07.1 began on 2020-04-01, ICD-10-CM in October 2015, and nobody knows November 2026 yet."""
    days = ["2020-03-31", "2020-04-01", "2014-01-01", "2026-11-01"]
    claims = pandas.DataFrame({"system": "ICD10CM", "code": ["U071", "U071", "E119", "I10"], "day": days})
    question = next(each for name, each in SQL.items() if "in force on 2025-10-01" in name)
    rows = ask(excerpt_build, question, claims.astype({"day": "datetime64[s]"})).sort_values("number")
    assert list(rows["code_of_2026"].fillna("none")) == ["none", "U071", "none", "none"]
    assert list(rows["billable"].notna()) == [False, True, False, False]


def test_categories_have_titles(excerpt_build):
    question = next(each for name, each in SQL.items() if "113 selected" in name)
    assert ask(excerpt_build, question)["title"].notna().all()


def test_codes_of_one_category_have_the_days_on_which_they_are_in_it(excerpt_build):
    """36.10 ended with ICD-9-CM; on a day after that the query has nothing of it."""
    question = next(each for name, each in SQL.items() if "in the categories of an ICD-9-CM procedure" in name)
    rows = ask(excerpt_build, question)
    codes = ["0210083", "0210088", "0210093", "021009C", "021009W", "0210493"]
    assert sorted(rows["icd10_code"]) == codes
    assert {*rows["category"]} == {"44"}
    assert {f"{day:%Y-%m-%d}" for day in rows["target_valid_from"]} == {"2019-10-01"}
    assert rows["target_valid_to"].isna().all()
    assert ask(excerpt_build, question.replace("2014-05-01", "2015-10-01")).empty


ILLNESSES = pandas.DataFrame(
    [
        # Diabetes without a complication counts nothing beside one with.
        ("A", "ICD10CM", "E119", "2020-05-01"),
        ("A", "ICD10CM", "E11311", "2020-05-01"),
        ("A", "ICD10CM", "E11311", "2021-05-01"),
        # Dementia and heart failure in the one system, a lung disease in the other.
        ("B", "ICD10CM", "F0390", "2020-05-01"),
        ("B", "ICD10CM", "I110", "2020-05-01"),
        ("B", "ICD9CM", "49390", "2014-05-01"),
        # Uncomplicated hypertension alone; nothing; and a code on a day on which it was none.
        ("C", "ICD9CM", "4019", "2014-05-01"),
        ("D", "ICD10CM", "U071", "2021-05-01"),
        ("E", "ICD9CM", "042", "2016-05-01"),
        ("F", "ICD9CM", "042", "2014-05-01"),
        ("F", "ICD10CM", "C50011", "2019-05-01"),
    ],
    columns=["person", "system", "code", "day"],
).astype({"day": "datetime64[s]"})


def index_of(build: Path, name: str, *columns: str) -> dict[str, tuple[int, ...]]:
    question = next(each for head, each in SQL.items() if name in head)
    rows = ask(build, question, ILLNESSES)
    return {row["person"]: tuple(int(row[column]) for column in columns) for _, row in rows.iterrows()}


def test_the_charlson_index_counts_each_illness_once_by_the_weights_of_2011(excerpt_build):
    """1 for diabetes with a complication; 2 dementia, 2 heart failure, 1 lung disease; 4 AIDS and 2 cancer."""
    found = index_of(excerpt_build, "Charlson index", "charlson")
    assert found == {"A": (1,), "B": (5,), "C": (0,), "D": (0,), "E": (0,), "F": (6,)}


def test_the_elixhauser_comorbidities_are_counted_and_scored(excerpt_build):
    """B: heart failure 7, lung disease 3, complicated hypertension 0; F: AIDS 0, solid tumour 4."""
    found = index_of(excerpt_build, "Elixhauser", "elixhauser", "van_walraven")
    assert found == {"A": (1, 0), "B": (3, 10), "C": (1, 0), "D": (0, 0), "E": (0, 0), "F": (2, 4)}
