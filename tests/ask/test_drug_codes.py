"""National drug codes, in every form that they are written in, and the codes that they are billed by."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tests.ask.conftest import ChangeTable
from tests.samples import run


def translated(build: Path, *words: str) -> list[dict]:
    return json.loads(run("translate", *words, "--format", "json", "--output", str(build.parent)).output)


FORMS = [
    *("57894-0030-01", "57894003001", "57894-030-01", "57894-0030-1", " 57894-0030-01 "),
    *("57894.0030.01", "57894.030.01", "57894.0030.1"),
]


@pytest.mark.parametrize("written", FORMS)
def test_every_form_of_an_ndc_is_billed_by_the_same_code_with_its_units(excerpt_build: Path, written: str) -> None:
    (answer,) = translated(excerpt_build, written, "--to", "HCPCS")
    ((target,),) = answer["alternatives"]
    assert (answer["status"], answer["relation"], target["code"]) == ("translated", "packaging", "J1745")
    assert target["flags"].endswith("billing units 10; units per package 10")


def test_a_labeler_of_four_digits_lacks_a_zero_in_front(excerpt_build: Path) -> None:
    (answer,) = translated(excerpt_build, "0069-1305-10", "--to", "HCPCS")
    assert [[each["code"] for each in members] for members in answer["alternatives"]] == [["Q5105"], ["Q5106"]]


def test_a_date_or_another_code_with_hyphens_is_no_ndc(excerpt_build: Path) -> None:
    for written in ("2025-10-01", "2025.10.01", "57894.0030-01", "578940-30-01", "57894-0030", "A7894-0030-01"):
        (answer,) = translated(excerpt_build, written, "--to", "HCPCS")
        assert answer["status"] == "unknown"


def test_a_day_outside_of_the_quarter_is_not_known(excerpt_build: Path) -> None:
    (within,) = translated(excerpt_build, "57894-0030-01", "--to", "HCPCS", "--on", "2025-12-31")
    (outside,) = translated(excerpt_build, "57894-0030-01", "--to", "HCPCS", "--on", "2026-01-01")
    assert (within["status"], outside["status"]) == ("translated", "not_known")
    assert "asp_ndc_hcpcs speaks of codes of 2025-10-01 to 2025-12-31" in outside["reason"]


def test_lookup_tells_what_a_package_is_billed_as(excerpt_build: Path) -> None:
    result = run("lookup", "00069-1305-10", "--output", str(excerpt_build.parent))
    assert result.exit_code == 0
    assert "not known" not in result.output
    assert "Retacrit (Pfizer Inc) is billed as Q5105 (HCPCS): 100 UNITS a unit, 200 units in a package" in result.output
    assert "is billed as Q5106 (HCPCS): 1000 UNITS a unit, 20 units in a package" in result.output


@pytest.mark.parametrize("written", ["57894.0030.01", "888867413689"])
def test_lookup_never_says_that_a_package_is_unknown(excerpt_build: Path, written: str) -> None:
    result = run("lookup", written, "--output", str(excerpt_build.parent))
    assert "is billed as J" in result.output
    assert "unknown" not in result.output
    assert result.exit_code == 0


def test_lookup_says_of_a_product_number_that_it_is_no_ndc(excerpt_build: Path) -> None:
    result = run("lookup", "888867413689", "--output", str(excerpt_build.parent))
    assert "888867413689, a product number that is no NDC, SynoJoynt" in result.output


def test_lookup_tells_no_package_on_a_day_outside_of_its_quarter_but_the_days(excerpt_build: Path) -> None:
    on = ("lookup", "57894-0030-01", "--output", str(excerpt_build.parent), "--on")
    assert "is billed as" in run(*on, "2025-10-01").output
    result = run(*on, "2025-09-30")
    assert "is billed as" not in result.output
    assert "a package of the lists of 2025-10-01 to 2025-12-31, and not known on other days" in result.output
    assert result.exit_code == 8


def test_ten_digits_without_hyphens_may_be_several_packages(excerpt_build: Path) -> None:
    result = run("lookup", "5789403001", "--output", str(excerpt_build.parent))
    assert "ambiguous: a code of NDC (XXXXX-XXXX-XX) without a character" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize("written", ["57894 0030 01", "57894 030 01", "00069 1305 10"])
def test_blanks_between_the_parts_of_an_ndc_are_its_own_where_the_system_is_named(
    excerpt_build: Path, written: str
) -> None:
    named = run("lookup", written, "--system", "NDC", "--output", str(excerpt_build.parent))
    assert named.output.count("is billed as") == (2 if written.startswith("00069") else 1)
    assert named.exit_code == 0
    parted = run("lookup", written, "--format", "json", "--output", str(excerpt_build.parent))
    assert [each["asked"] for each in json.loads(parted.stdout)] == written.split()


def test_a_package_needs_no_note_that_there_is_no_listing_of_packages(excerpt_build: Path) -> None:
    (answer,) = translated(excerpt_build, "57894-0030-01", "--to", "HCPCS")
    assert answer["reason"] == ""


def test_a_code_leads_back_to_the_packages_that_it_bills(excerpt_build: Path) -> None:
    (answer,) = translated(excerpt_build, "J1745", "--to", "NDC")
    ((package,),) = answer["alternatives"]
    assert (answer["status"], answer["relation"], answer["crosswalk"]) == ("translated", "packaging", "asp_ndc_hcpcs")
    assert (package["code"], package["code_dotted"], package["predicate"]) == (
        "57894003001", "57894-0030-01", "narrowMatch",
    )  # fmt: skip
    assert package["meaning"].startswith("Remicade (Janssen")
    assert package["flags"].endswith("billing units 10; units per package 10")


@pytest.mark.parametrize(
    ("code", "day", "status", "exit_code"),
    [
        ("J1745", "2025-11-01", "translated", 0),  # beyond the list of HCPCS, within the quarter
        ("J1745", "2026-01-01", "not_known", 8),
        ("J1745", "2025-01-01", "unknown", 1),  # the listing of that day has no such code
        ("A0425", None, "not_assigned", 0),
        ("E11.9", None, "other_field", 1),
        ("0DTJ4ZZ", None, "not_bridged", 8),
    ],
)
def test_what_leads_to_no_package_says_why(
    excerpt_build: Path, code: str, day: str | None, status: str, exit_code: int
) -> None:
    words = [code, "--to", "NDC", *(["--on", day] if day else [])]
    (answer,) = translated(excerpt_build, *words)
    assert answer["status"] == status
    assert run("translate", *words, "--output", str(excerpt_build.parent)).exit_code == exit_code


def test_a_code_that_only_the_list_of_packages_has_says_so(excerpt_build: Path) -> None:
    """The listing of HCPCS is older than the quarter, as it is of every code that is new in one."""
    (answer,) = translated(excerpt_build, "J1745", "--to", "NDC")
    assert (answer["system"], answer["reason"]) == ("HCPCS", "in no listing of HCPCS that is here")
    (unknown,) = translated(excerpt_build, "J1746", "--to", "NDC")
    assert unknown["status"] == "unknown"


def test_products_without_an_ndc_are_no_packages_and_counted(excerpt_build: Path) -> None:
    (answer,) = translated(excerpt_build, "J7331", "--to", "NDC")
    assert (answer["status"], answer["alternatives"]) == ("not_assigned", [])
    assert "1 product under it has no NDC: table ndc_units has it" in answer["reason"]


@pytest.fixture
def two_quarters(changed: ChangeTable) -> Path:
    """The excerpt with the quarter before, in which Q5105 had another number of units, and one package more."""

    def add(rows: pa.Table) -> pa.Table:
        days = {"valid_from": date(2025, 7, 1), "valid_through": date(2025, 9, 30), "release": "2025-07-01"}
        before = [{**row, **days, "billing_units": 7.0} for row in rows.to_pylist() if row["code"] == "Q5105"]
        before += [
            {**before[0], "ndc": "00069000001", "product_number": "00069-0000-01"},
            {**before[0], "ndc": "00069000001", "product_number": "00069-0000-01", "code": "J3490"},
        ]
        return pa.concat_tables([rows, pa.Table.from_pylist(before, rows.schema)])

    return changed("ndc_units", add)


def test_a_day_of_an_older_quarter_is_answered_by_that(two_quarters: Path) -> None:
    (answer,) = translated(two_quarters, "00069-1305-10", "--to", "HCPCS", "--on", "2025-08-01")
    (target,) = answer["alternatives"][0]
    assert (answer["status"], target["code"]) == ("translated", "Q5105")
    assert "billing units 7;" in target["flags"]
    (older,) = translated(two_quarters, "00069-1305-10", "--to", "HCPCS", "--on", "2025-06-30")
    assert older["status"] == "not_known"


def test_of_any_day_each_package_is_told_once_as_the_newest_quarter_has_it(two_quarters: Path) -> None:
    (answer,) = translated(two_quarters, "Q5105", "--to", "NDC")
    units = {members[0]["code"]: "billing units 7;" in members[0]["flags"] for members in answer["alternatives"]}
    assert units == {"00069000001": True, "00069130510": False}
    (of_day,) = translated(two_quarters, "Q5105", "--to", "NDC", "--on", "2025-11-01")
    assert [members[0]["code"] for members in of_day["alternatives"]] == ["00069130510"]


def test_a_code_without_a_package_on_the_day_is_told_the_days_with_one(two_quarters: Path) -> None:
    (answer,) = translated(two_quarters, "J3490", "--to", "NDC", "--on", "2025-01-15")
    assert answer["status"] == "not_known"
    assert "the lists here with packages under it are of 2025-07-01 to 2025-09-30" in answer["reason"]


def test_a_package_that_only_an_older_quarter_has_is_translated_as_it_was_and_says_so(two_quarters: Path) -> None:
    (answer,) = translated(two_quarters, "00069-0000-01", "--to", "HCPCS")
    assert answer["status"] == "translated"
    assert [[each["code"] for each in members] for members in answer["alternatives"]] == [["J3490"], ["Q5105"]]
    assert answer["reason"] == "the newest list here with this package is of 2025-07-01 to 2025-09-30"
    (later,) = translated(two_quarters, "00069-0000-01", "--to", "HCPCS", "--on", "2025-11-01")
    assert later["status"] == "not_assigned"
    (unlisted,) = translated(two_quarters, "00069-0000-02", "--to", "HCPCS")
    assert (unlisted["status"], unlisted["alternatives"]) == ("not_known", [])
