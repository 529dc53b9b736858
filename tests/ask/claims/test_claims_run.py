"""Claims from files and tables to results: every written code has one row, whatever the form and order of claims."""

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ask.build import Build
from pipeline.ask.claims.claims_run import ClaimsResult
from pipeline.ask.claims.code_columns import ClaimRoles
from pipeline.errors import TooManyFaults, UnreadableClaims, UsageError
from tests.ask.claims.claim_files import LONG_HEAD, WIDE, long_roles, rows_of, run, status_of, write_rows, write_text

LONG = [
    ("C1", "2010-03-04", "dx", "9", "250.00"),
    ("C2", "2016-03-04", "dx", "0", "E11.9"),
    ("C3", "2016-03-04", "dx", "", "e11.9"),
    ("C4", "2010-03-04", "px", "", "00.66"),
    ("C5", "", "dx", "", "25000"),
    ("C6", "2010-03-04", "dx", "9", "QQQQQ"),
    ("C7", "2010-03-04", "hcpcs", "", "A0425"),
    ("C8", "2010-03-04", "dx", "9", ""),
]


def wide_result(build: Build, tmp_path: Path, **asked: object) -> ClaimsResult:
    return run(build, write_text(tmp_path / "wide.csv", WIDE), tmp_path / "out", **asked)


def told(result: ClaimsResult, key: str = "claim") -> list[tuple[object, ...]]:
    """What is said of each code, whatever the numbers of the answers are."""
    said = {row["answer"]: (row["repairs"], row["basis"], row["candidates"]) for row in rows_of(result.answers)}
    rows = rows_of(result.codes)
    return sorted(
        (row[key], row["column"], str(row["day"]), row["text"], row["status"], str(row["system"]), str(row["code"]),
         *map(str, said[row["answer"]]))
        for row in rows
    )  # fmt: skip


def test_wide_claims_give_a_row_for_each_code_of_each_column(opened: Build, tmp_path: Path) -> None:
    result = wide_result(opened, tmp_path)
    status = status_of(result)
    assert len(status) == 4 * 4
    assert status["W1", "dx1"] == "valid"
    assert status["W1", "dx2"] == "empty"
    assert status["W2", "dx2"] == "unknown"
    assert status["W3", "dx1"] == "no_day"
    rows = {(row["id"], row["column"]): row for row in rows_of(result.codes)}
    assert (rows["W1", "px1"]["text"], rows["W1", "px1"]["code"]) == (" 00.66 ", "0066")
    assert rows["W1", "dx1"]["day"] == date(2010, 3, 4)


def test_an_answer_says_everything_of_a_text(opened: Build, tmp_path: Path) -> None:
    answers = {row["text"]: row for row in rows_of(wide_result(opened, tmp_path).answers)}
    own = answers["e11.9"]
    assert (own["system"], own["code"], own["code_dotted"], own["repairs"]) == ("ICD10CM", "E119", "E11.9", "case")
    assert own["meaning"] == "Type 2 diabetes mellitus without complications"
    assert own["rows"] == 1


def test_every_row_has_the_answer_that_is_named(opened: Build, tmp_path: Path) -> None:
    result = wide_result(opened, tmp_path)
    answers = {row["answer"]: row for row in rows_of(result.answers)}
    for row in rows_of(result.codes):
        own = answers[row["answer"]]
        assert (row["text"], row["status"], row["system"], row["code"]) == tuple(
            own[name] for name in ("text", "status", "system", "code")
        )
    assert sum(each["rows"] for each in answers.values()) == len(rows_of(result.codes))


def test_other_columns_go_through_untouched_where_that_is_asked(opened: Build, tmp_path: Path) -> None:
    without, kept = wide_result(opened, tmp_path), run(opened, tmp_path / "wide.csv", tmp_path / "kept", keep=True)
    assert without.codes.columns == ["id", "amount", "column", "day", "text", "status", "system", "code", "answer"]
    assert kept.codes.columns[:4] == ["id", "amount", "input_day", "dxver"]
    assert {row["amount"] for row in rows_of(kept.codes)} == {"007", "1.50", None, "0"}
    keyed = run(opened, tmp_path / "wide.csv", tmp_path / "keyed", roles=ClaimRoles(keys=("id",)))
    assert keyed.codes.columns[:2] == ["id", "column"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(LONG))), at=st.integers(1, len(LONG) - 1))
def test_neither_the_order_of_rows_nor_splitting_a_file_changes_anything(
    opened: Build, tmp_path: Path, order: list[int], at: int
) -> None:
    whole = write_rows(tmp_path / "whole.csv", LONG_HEAD, LONG)
    shuffled = [LONG[each] for each in order]
    parts = [
        write_rows(tmp_path / "part1.csv", LONG_HEAD, shuffled[:at]),
        write_rows(tmp_path / "part2.csv", LONG_HEAD, shuffled[at:], delimiter="|"),
    ]
    first, second = run(opened, whole, roles=long_roles()), run(opened, parts, roles=long_roles())
    assert told(first) == told(second)
    assert rows_of(first.answers) == rows_of(second.answers)
    assert rows_of(first.report) == rows_of(second.report)


def test_claims_are_the_same_from_every_kind_of_source(opened: Build, tmp_path: Path) -> None:
    frame = pandas.DataFrame(LONG, columns=list(LONG_HEAD))
    table = pa.Table.from_pandas(frame)
    plain = write_rows(tmp_path / "plain.csv", LONG_HEAD, LONG)
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    pq.write_table(table, tmp_path / "columns.parquet")
    with duckdb.connect() as connection:
        sources = [
            plain, packed, tmp_path / "columns.parquet", str(tmp_path / "col*.parquet"), [str(plain)], frame, table,
            connection.from_arrow(table),
        ]  # fmt: skip
        results = [told(run(opened, each, roles=long_roles())) for each in sources]
    assert len(results[0]) == len(LONG)
    assert [each == results[0] for each in results] == [True] * len(sources)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2016-03-04", date(2016, 3, 4)),
        ("2016-03-04T10:11:12", date(2016, 3, 4)),
        ("20160304", date(2016, 3, 4)),
        ("04-Mar-2016", date(2016, 3, 4)),
        ("3/4/2016", date(2016, 3, 4)),
        (" 2016-03-04 ", date(2016, 3, 4)),
        ("2016-02-30", None),
    ],
)
def test_days_are_read_in_every_form(opened: Build, tmp_path: Path, written: str, day: date | None) -> None:
    source = write_rows(
        tmp_path / "days.csv", ("id", "day", "dx"), [("1", written, "E119"), ("2", "2016-01-01", "E119")]
    )
    (row, _) = rows_of(run(opened, source).codes, "id", "day")
    assert row["day"] == day


@pytest.mark.parametrize("kind", [pa.int64(), pa.date32(), pa.timestamp("us")])
def test_days_of_every_type_are_read(opened: Build, kind: pa.DataType) -> None:
    value = 20160304 if kind == pa.int64() else date(2016, 3, 4)
    table = pa.table({"id": ["1"], "day": pa.array([value]).cast(kind), "dx": ["E119"]})
    assert rows_of(run(opened, table).codes, "day") == [{"day": date(2016, 3, 4)}]


def test_the_first_day_that_is_filled_decides(opened: Build, tmp_path: Path) -> None:
    head = ("id", "discharge", "through", "dx")
    rows = [("1", "2016-03-04", "2016-03-01", "E119"), ("2", "", "2016-03-01", "E119")]
    roles = ClaimRoles(codes={"dx": ("dx",)}, day=("discharge", "through"))
    result = run(opened, write_rows(tmp_path / "stays.csv", head, rows), roles=roles)
    assert [row["day"] for row in rows_of(result.codes, "id", "day")] == [date(2016, 3, 4), date(2016, 3, 1)]


def test_days_that_cannot_be_read_are_counted_and_refused_where_they_are_most(opened: Build, tmp_path: Path) -> None:
    rows = [("1", "2016-01-01", "E119"), ("2", "soon", "E119"), ("3", "2016-01-02", "E119")]
    result = run(opened, write_rows(tmp_path / "days.csv", ("id", "day", "dx"), rows))
    (found,) = [row for row in rows_of(result.report) if row["finding"] == "day_not_read"]
    assert (found["column"], found["rows"]) == ("day", 1)
    most = write_rows(tmp_path / "most.csv", ("id", "day", "dx"), [*rows, ("4", "later", "E119"), ("5", "never", "A")])
    with pytest.raises(UsageError, match="day: 3 of 5 are no day"):
        run(opened, most)
    assert status_of(run(opened, most, roles=ClaimRoles(no_days=True)))["4", "dx"] == "no_day"


def test_columns_that_differ_in_capitals_alone_are_refused(opened: Build) -> None:
    with pytest.raises(UsageError, match="dx1, DX1"):
        run(opened, pa.table({"dx1": ["250.00"], "DX1": ["4019"]}))


def test_numeric_columns_went_through_a_number(opened: Build) -> None:
    days = pa.array([date(2010, 5, 1)] * 2)
    fractions = pa.table({"id": [1, 2], "day": days, "dx": pa.array([38.11, None])})
    (row, nothing) = rows_of(run(opened, fractions).codes, "id", "code", "status")
    assert (row["code"], nothing["status"]) == ("03811", "empty")
    whole = pa.table({"id": [1, 2], "day": days, "px": pa.array([66.0, None])})
    assert rows_of(run(opened, whole).codes, "id", "code")[0]["code"] == "0066"
    text = pa.table({"id": [1], "day": days[:1], "dx": ["38.11"]})
    roles = ClaimRoles(numbers={"dx": "dotted"})
    assert rows_of(run(opened, text, roles=roles).codes, "code") == [{"code": "03811"}]


def test_only_plain_repairs_or_none_are_made_where_that_is_asked(opened: Build, tmp_path: Path) -> None:
    rows = [("1", "2016-03-04", "0DTJ4ZZ"), ("2", "2016-03-04", " 0dtj4zz"), ("3", "2016-03-04", "ODTJ4ZZ")]
    source = write_rows(tmp_path / "px.csv", ("id", "day", "px"), rows)
    found = {
        kind: [row["status"] for row in rows_of(run(opened, source, repairs=kind).codes, "id", "status")]
        for kind in ("all", "plain", "none")
    }
    assert found["plain"][2] == found["none"][1] == found["none"][2] == "unknown"
    assert found["all"][0] == found["plain"][0] == found["plain"][1] == found["none"][0] != "unknown"
    assert found["all"] == [found["all"][0]] * 3


def test_what_a_repair_would_have_made_of_a_text_is_not_told_where_it_is_not_allowed(
    opened: Build, tmp_path: Path
) -> None:
    texts = [
        "4011.0",
        "I10X",
        "e11.9",
        "4011",
    ]  # the first may be two codes without its zero; the last is two as written
    source = write_rows(tmp_path / "dx.csv", ("id", "dx"), [(str(at), text) for at, text in enumerate(texts)])
    found = {
        kind: {
            row["text"]: (row["status"], row["code"], row["candidates"])
            for row in rows_of(run(opened, source, roles=ClaimRoles({"any": ["dx"]}), repairs=kind).answers)
        }
        for kind in ("all", "plain", "none")
    }
    assert found["all"]["4011.0"][0] == "ambiguous"
    assert found["plain"]["4011.0"] == found["none"]["4011.0"] == ("unknown", None, None)
    assert found["plain"]["I10X"] == ("unknown", None, None)
    assert found["plain"]["e11.9"] == found["all"]["e11.9"] != found["none"]["e11.9"] == ("unknown", None, None)
    assert found["all"]["4011"] == found["plain"]["4011"] == found["none"]["4011"] != ("unknown", None, None)


def test_files_of_several_layouts_are_refused_and_named(opened: Build, tmp_path: Path) -> None:
    procedures = write_rows(
        tmp_path / "procedures_icd.csv", ("hadm_id", "seq_num", "chartdate", "icd_code", "icd_version"), []
    )
    diagnoses = write_rows(tmp_path / "diagnoses_icd.csv", ("hadm_id", "seq_num", "icd_code", "icd_version"), [])
    with pytest.raises(UsageError, match=r"mimic_procedures: procedures_icd.csv\n  mimic_diagnoses: diagnoses_icd.csv"):
        run(opened, [procedures, diagnoses])
    assert run(opened, [diagnoses, diagnoses]).codes.fetchall() == []


@pytest.mark.parametrize("asked", [{"repairs": "some"}, {"shape": "table"}])
def test_a_word_that_is_none_of_those_allowed_is_said(opened: Build, tmp_path: Path, asked: dict[str, Any]) -> None:
    source = write_rows(tmp_path / "dx.csv", ("id", "dx"), [("1", "I10")])
    with pytest.raises(UsageError, match="next: "):
        run(opened, source, **asked)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cut.parquet", b"PAR1 and no more", "cut.parquet"),
        ("latin.csv", b"id,day,dx\n1,2016-01-01,caf\xe9\n", "latin.csv"),
        ("packed.csv.gz", b"not packed at all", "packed.csv.gz"),
        ("empty.csv", b"", "empty.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    opened: Build, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableClaims, match=said) as raised:
        run(opened, tmp_path / name, tmp_path / "out")
    assert raised.value.exit_code == 3
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.incoming").exists()


def test_a_file_that_is_not_there_and_one_of_another_kind_are_said(opened: Build, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        run(opened, tmp_path / "nothing*.csv")
    with pytest.raises(UsageError, match="no file of claims"):
        run(opened, write_text(tmp_path / "claims.xlsx", ""))
    with pytest.raises(UsageError, match="int: no claims"):
        run(opened, 7)


def test_too_many_faults_are_said_once_the_results_are_written(opened: Build, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "long.csv", LONG_HEAD, LONG)
    with pytest.raises(TooManyFaults, match=r"unknown: 1 of 7 written codes \(14.29%\), over unknown=5") as raised:
        run(opened, source, tmp_path / "out", roles=long_roles(), fail_on=["unknown=5%", "ambiguous=3"])
    assert raised.value.exit_code == 4
    assert (tmp_path / "out" / "codes.parquet").is_file()
    run(opened, source, tmp_path / "out", roles=long_roles(), fail_on=["unknown=20%", "unknown=1"])


@pytest.mark.parametrize("limit", ["unknown", "unknown=many", "wrong=5%", "unknown=5.5"])
def test_a_limit_that_is_none_is_refused_before_anything_is_read(opened: Build, limit: str) -> None:
    with pytest.raises(UsageError, match="no limit"):
        run(opened, "nowhere.csv", fail_on=[limit])


@pytest.mark.parametrize("memory", ["lots", "512", "-1GB", "99999999999999GB"])
def test_an_amount_of_memory_that_is_none_is_refused(opened: Build, tmp_path: Path, memory: str) -> None:
    with pytest.raises(UsageError, match="no amount of memory"):
        wide_result(opened, tmp_path, memory=memory)


@pytest.mark.slow
def test_a_million_faults_give_a_report(opened: Build, tmp_path: Path) -> None:
    numbers = pa.array(range(1_000_000)).cast(pa.string())
    table = pa.table({
        "id": numbers, "day": pa.array(["2016-01-01"] * 1_000_000),
        "dx": pa.array([f"\x00{each}?<img>\n\t{chr(0x4E00 + each % 9)}" for each in range(1_000_000)]),
    })  # fmt: skip
    result = run(opened, table, tmp_path / "out")
    (found,) = [row for row in rows_of(result.report) if row["finding"] == "status"]
    assert (found["status"], found["rows"], found["distinct"]) == ("unknown", 1_000_000, 1_000_000)
    assert "<img" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8").partition("</style>")[2]
