"""Systems by the names that people type."""

import pytest

from pipeline.ask.build import Build
from pipeline.ask.system_names import taken_for, typed_names
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
    meant = {each for means in typed_names().values() for each in means}
    assert meant - targets <= {*opened.systems}


@pytest.mark.parametrize("name", ["icd10", "ICD-10", "icd9", "ICD-9"])
def test_a_target_that_may_be_any_of_a_revision_names_them(opened: Build, name: str) -> None:
    revision = name.upper().replace("-", "")
    with pytest.raises(UsageError, match=f"{name}: may be any target of {revision}CM, {revision}P"):
        known_target(opened, name)
