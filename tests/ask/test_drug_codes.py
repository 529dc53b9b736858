"""National drug codes, in every form that they are written in, and the codes that they are billed by."""

import json
from pathlib import Path

import pytest

from tests.samples import run


def translated(build: Path, *words: str) -> list[dict]:
    return json.loads(run("translate", *words, "--format", "json", "--output", str(build.parent)).output)


FORMS = ["57894-0030-01", "57894003001", "57894-030-01", "57894-0030-1", " 57894-0030-01 "]


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
    for written in ("2025-10-01", "578940-30-01", "57894-0030", "A7894-0030-01"):
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
