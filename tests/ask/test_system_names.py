"""Systems by the names that people type."""

import pytest

from pipeline.ask.build import Build
from pipeline.ask.claims.claim_categories import read_with
from pipeline.ask.system_names import find_named, taken_for, typed_names
from pipeline.ask.translate.choose import known_target
from pipeline.errors import UsageError


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("icd10cm", "ICD10CM"),
        ("ICD-10-CM", "ICD10CM"),
        ("ICD10", "ICD10"),
        ("ICD9", "ICD9"),
        ("hcpcs", "HCPCS"),
        ("ICD-9-CM", "ICD9CM"),
        ("ICD-9-CM volume 3", "ICD9Proc"),
        ("icd-10-pcs", "ICD10PCS"),
        ("CPT", "CPT4"),
        ("HCPCS Level II", "HCPCS"),
    ],
)
def test_an_id_is_itself_and_a_usual_name_stands_for_one(opened: Build, name: str, system: str) -> None:
    assert opened.system_called(name) == system


@pytest.mark.parametrize("name", ["ICD-10", "icd10", "ICD-9", "icd9", "ICD"])
def test_a_name_that_may_mean_several_systems_says_so(opened: Build, name: str) -> None:
    """Who types icd9 means ICD-9-CM nearly always, and hardly ever the causes of death whose id is ICD9."""
    with pytest.raises(UsageError, match=f"{name}: may be any system of ICD.*CM, ICD.*, ICD"):
        opened.system_called(name)


def test_a_system_may_be_taken_for_those_of_the_narrowest_name_that_it_shares() -> None:
    assert taken_for("ICD9") == ["ICD9CM", "ICD9Proc"]
    assert taken_for("HCPCS") == []


def test_every_name_stands_for_systems_or_targets_that_are_spelt_like_those_of_the_catalogue(opened: Build) -> None:
    targets = {"CMS-HCC V22", "CMS-HCC V24", "CMS-HCC V28", "ESRD V21", "ESRD V24", "RxHCC V08"}
    targets |= {"CCI", "CCS", "CCSProc", "CCSR", "Elixhauser", "Elixhauser Refined", "MDC", "Procedure Class"}
    meant = {each for means in typed_names().values() for each in means}
    assert meant - targets <= {*opened.systems}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("elixhauser refined", "Elixhauser Refined"),
        ("CMR", "Elixhauser Refined"),
        ("elixhauser_refined", "Elixhauser Refined"),
        ("chronic condition indicator", "CCI"),
        ("Procedure Classes", "Procedure Class"),
        ("CCS procedures", "CCSProc"),
        ("procedureclass", "Procedure Class"),
    ],
)
def test_a_grouping_goes_by_usual_names_with_blanks_or_without(opened: Build, name: str, target: str) -> None:
    assert known_target(opened, name) == target


def test_blanks_and_hyphens_of_a_usual_name_may_be_left_out() -> None:
    targets = ["CMS-HCC V24", "CMS-HCC V28", "ESRD V24"]
    assert [find_named(name, targets) for name in ("HCCV28", "hcc v28", "HCC-V28")] == ["CMS-HCC V28"] * 3


def test_a_target_that_is_misspelt_is_told_with_what_was_meant(opened: Build) -> None:
    with pytest.raises(UsageError, match="CCPSroc: no crosswalk leads there\n  next:     did you mean CCSProc"):
        known_target(opened, "CCPSroc")
    with pytest.raises(UsageError, match="--with CCPSroc: no grouping of this build\n  next:     did you mean CCSProc"):
        read_with(opened, ["CCPSroc"])


@pytest.mark.parametrize("name", ["icd10", "ICD-10", "icd9", "ICD-9"])
def test_a_target_that_may_be_any_of_a_revision_names_them(opened: Build, name: str) -> None:
    revision = name.upper().replace("-", "")
    with pytest.raises(UsageError, match=f"{name}: may be any target of {revision}CM, {revision}P"):
        known_target(opened, name)
