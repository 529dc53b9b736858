"""Every code has the form that the registry says codes of its system have."""

import pyarrow as pa
import pytest

from pipeline.gate.patterns import find_misfits
from tests.normalise.frames import PACKAGES, listings_of
from tests.samples import ORDER_LINES, order_line, text_of

SYSTEMS = [
    {"system": "ICD9CM", "code_pattern": r"^(?:\d{3}\d{0,2}|E\d{3}\d?)$", "written_as": ["XXX.XX", "EXXX.X"]},
    {"system": "NDC", "code_pattern": PACKAGES.code_pattern, "written_as": list(PACKAGES.written_as)},
]


def misfits(*codes: tuple[str | None, str, str | None]) -> list[str]:
    rows = [dict(zip(("code", "system", "code_dotted"), code, strict=True)) for code in codes]
    schema = pa.schema([(name, pa.string()) for name in ("code", "system", "code_dotted")])
    return find_misfits({"codes": pa.Table.from_pylist(rows, schema), "systems": pa.Table.from_pylist(SYSTEMS)}, [])


def test_codes_that_fit_are_no_finding() -> None:
    assert misfits(("0010", "ICD9CM", "001.0"), ("E8000", "ICD9CM", "E800.0"), ("001", "ICD9CM", "001")) == []
    assert misfits(("00002322730", "NDC", "00002-3227-30"), ("00002", "NDC", "00002")) == []
    assert misfits() == []


@pytest.mark.parametrize(
    ("code", "system"), [("E80000", "ICD9CM"), ("0010\n", "ICD9CM"), ("00002-3227-30", "NDC"), ("0010", "NoSystem")]
)
def test_code_outside_the_pattern_of_its_system_is_found(code: str, system: str) -> None:
    (finding,) = misfits(("0010", "ICD9CM", "001.0"), (code, system, code))
    head, row = finding.split("\n")
    assert head == "  table codes, column code: the code fits the pattern of its system: 1 rows"
    assert row == f"      code={code!r}, system={system!r}, code_dotted={code!r} from no raw file"


@pytest.mark.parametrize(
    ("code", "system", "written"),
    [("0010", "ICD9CM", "00.10"), ("0010", "ICD9CM", "0010"), ("001", "ICD9CM", "001."), ("00002", "NDC", "0000-2")],
)
def test_code_that_is_written_in_another_way_is_found(code: str, system: str, written: str) -> None:
    (finding,) = misfits((code, system, written))
    assert "table codes, column code_dotted: the code is written as its system writes codes: 1 rows" in finding
    assert f"code_dotted={written!r}" in finding


def test_what_is_missing_is_left_to_the_models() -> None:
    assert misfits((None, "ICD9CM", None)) == []
    assert find_misfits({}, []) == []
    assert find_misfits({"codes": pa.table({"code": ["x"]}), "systems": pa.Table.from_pylist(SYSTEMS)}, []) == []


def test_a_finding_shows_its_first_rows_with_file_and_line() -> None:
    wrong = [f"A0.{number}" for number in range(9)]
    lines = [*ORDER_LINES, *(order_line(10 + number, code, 1, "x") for number, code in enumerate(wrong))]
    systems = [{"system": "ICD10CM", "code_pattern": "^[A-Z][0-9]{2}$", "written_as": ["XXX"]}]
    codes = pa.table({"code": wrong, "system": ["ICD10CM"] * 9, "code_dotted": wrong})
    tables = {"codes": codes, "systems": pa.Table.from_pylist(systems)}
    (finding,) = find_misfits(tables, listings_of("icd10cm", {"order": text_of(lines)}))
    assert finding.splitlines()[0].endswith(": 9 rows")
    assert finding.splitlines()[1].endswith(" from order.txt, line 7")
    assert len(finding.splitlines()) == 6
