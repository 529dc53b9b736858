"""Groupings are asked by version: the newest by default, the one of the day of service, or the one that is named."""

import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipeline.ask.build import open_arrow
from pipeline.ask.grouping_versions import GroupingVersion, spans_of, version_called, version_for, version_on
from pipeline.ask.translate import Question, translate
from pipeline.cli import app
from pipeline.errors import NotKnown, UsageError

NEW_CODE, PATH = "X27P3TA", "X27P3TA conversion@2020-10-01 X27P3T9 ccs_icd10pcs 61"
BOTH = "newer than the grouping; it was X27P3T9 (61), X27P3T8 (63)"
VERSIONS = [
    GroupingVersion("2019-1", date(2018, 10, 1), date(2015, 10, 1), date(2019, 9, 30), newest=False),
    GroupingVersion("2023-1", date(2022, 10, 1), date(2015, 10, 1), date(2023, 9, 30), newest=True),
]


@pytest.fixture
def ask(excerpt_build):
    """The answer of `translate` as objects, and the exit code."""

    def run(*words):
        words = ("translate", *words, "--format", "json", "--output", str(excerpt_build.parent))
        result = CliRunner().invoke(app, words)
        return (json.loads(result.stdout) if result.stdout.startswith("[") else result.output), result.exit_code

    return run


def categories_of(answer):
    return [target["code"] for members in answer["alternatives"] for target in members]


@pytest.mark.parametrize("name", ["2019-1", "v2019.1", "V2019-1", "2018-10-01", "2019-09-30"])
def test_a_version_is_named_as_its_publisher_does_or_by_a_day_on_which_it_was_in_effect(name):
    assert version_called("ccsr_icd10cm", VERSIONS, name).release == "2019-1"


@pytest.mark.parametrize("day", ["2018-09-30", "2021-05-01", "2023-10-01"])
def test_of_a_day_whose_version_is_not_here_nothing_is_known(day):
    with pytest.raises(NotKnown, match="2019-1"):
        version_called("ccsr_icd10cm", VERSIONS, day)
    assert version_on(VERSIONS, date.fromisoformat(day)) is None


def test_a_version_that_is_not_here_is_wrong_usage():
    with pytest.raises(UsageError, match="2023-1"):
        version_called("ccsr_icd10cm", VERSIONS, "2020-1")


def test_of_each_day_the_version_in_effect_tells_else_the_newest_that_speaks_of_it():
    spans = [(each.version.release, str(each.first), str(each.last)) for each in spans_of(VERSIONS)]
    assert spans == [
        ("2023-1", "2015-10-01", "2018-09-30"), ("2019-1", "2018-10-01", "2019-09-30"),
        ("2023-1", "2019-10-01", "2023-09-30"),
    ]  # fmt: skip
    for day in ("2015-09-30", "2023-10-01"):
        assert version_for(VERSIONS, date.fromisoformat(day)) is None
    assert version_for(VERSIONS, None).release == "2023-1"


def test_without_a_version_the_newest_is_taken_and_said(ask):
    (answer,), exit_code = ask("99213", "--to", "BETOS")
    assert (exit_code, answer["version"], categories_of(answer)) == (0, "2014-01-01", ["M1B"])


def test_no_category_is_told_twice_where_several_versions_have_it(ask):
    for release in ((), ("--release", "2010-01-01"), ("--release", "2014-01-01")):
        (answer,), _ = ask("99213", "--to", "BETOS", *release)
        assert categories_of(answer) == ["M1B"]


def test_the_version_of_a_day_is_taken_where_it_is_here(ask):
    (answer,), exit_code = ask("99213", "--to", "BETOS", "--on", "2011-05-05")
    assert (exit_code, answer["version"]) == (0, "2011-01-01")
    assert "by version 2011-01-01" in answer["reason"]


def test_of_a_day_between_two_versions_the_newest_is_told_with_a_word(ask):
    """The one of 2012 is not in the excerpt."""
    (answer,), exit_code = ask("99213", "--to", "BETOS", "--on", "2012-05-05")
    assert (exit_code, answer["version"]) == (0, "2014-01-01")
    assert "that of 2012-05-05 is not here" in answer["reason"]


def test_a_release_whose_version_is_not_here_is_not_known(ask):
    output, exit_code = ask("99213", "--to", "BETOS", "--release", "2012-05-05")
    assert exit_code == 8
    assert "2011-01-01" in output and "next:" in output


def test_a_name_that_no_version_has_is_wrong_usage(ask):
    output, exit_code = ask("99213", "--to", "BETOS", "--release", "v9")
    assert exit_code == 2
    assert "no version v9" in output


def test_a_text_that_is_no_day_is_wrong_usage_of_a_release_of_a_system(ask):
    output, exit_code = ask("E11.9", "--to", "ICD10CM", "--release", "newest")
    assert exit_code == 2
    assert "no day" in output


@pytest.fixture
def with_carried(excerpt_build):
    """The excerpt's build with the category of a code that is newer than CCS, as the full files would carry it."""
    tables = {path.stem: pq.read_table(path) for path in (excerpt_build / "parquet").glob("*.parquet")}
    mappings = tables["mappings"].to_pylist()
    (row,) = (each for each in mappings if (each["crosswalk"], each["source_code"]) == ("ccs_icd10pcs", NEW_CODE))
    assert row["status"] == "newer_than_map"
    row |= {"status": None, "target_code": "61", "predicate": "broadMatch", "path": PATH, "hops": 2}
    return open_arrow(tables | {"mappings": pa.Table.from_pylist(mappings, tables["mappings"].schema)})


def test_a_code_that_is_newer_than_its_grouping_has_the_categories_of_what_it_was(with_carried):
    (answer,) = translate(with_carried, [NEW_CODE], Question("CCSProc", "ICD10PCS"))
    ((target,),) = answer.alternatives
    assert (answer.status, target.code, target.origin, target.path) == ("translated", "61", "derived", PATH)
    assert "is newer than version 2019-1" in answer.reason


def test_a_version_that_is_named_has_no_code_that_we_carried_to_it(with_carried):
    (answer,) = translate(with_carried, [NEW_CODE], Question("CCSProc", "ICD10PCS", release="2019-1"))
    assert (answer.status, answer.alternatives) == ("newer_than_map", [])


def test_on_a_day_of_its_own_a_newer_code_has_the_categories_of_what_it_was(with_carried):
    """The grouping speaks of no day of it: what it was is all that can be said, on any of its days."""
    (answer,) = translate(with_carried, [NEW_CODE], Question("CCSProc", "ICD10PCS", on=date(2024, 12, 1)))
    ((target,),) = answer.alternatives
    assert (answer.status, target.code, target.origin, target.path) == ("translated", "61", "derived", PATH)


@pytest.fixture
def with_candidates(excerpt_build):
    """The excerpt's build with a code that is newer than CCS and was two things, as the full files would name them."""
    tables = {path.stem: pq.read_table(path) for path in (excerpt_build / "parquet").glob("*.parquet")}
    exceptions = tables["crosswalk_exceptions"]
    row = {"crosswalk": "ccs_icd10pcs", "exception": "candidate", "source_code": NEW_CODE, "reason": BOTH, "rows": 1}
    rows = [row | {"target_code": each} for each in ("61", "63")]
    added = pa.Table.from_pylist(rows, exceptions.schema)
    return open_arrow(tables | {"crosswalk_exceptions": pa.concat_tables([exceptions, added])})


@pytest.mark.parametrize("day", [None, date(2024, 12, 1)])
def test_of_a_newer_code_that_was_several_things_the_categories_of_each_are_named(with_candidates, day):
    (answer,) = translate(with_candidates, [NEW_CODE], Question("CCSProc", "ICD10PCS", on=day))
    assert (answer.status, answer.alternatives) == ("newer_than_map", [])
    assert answer.reason == f"{BOTH}, and nobody says which"


def test_a_version_that_is_named_has_no_candidates(with_candidates):
    (answer,) = translate(with_candidates, [NEW_CODE], Question("CCSProc", "ICD10PCS", release="2019-1"))
    assert "it was" not in answer.reason


def test_a_code_of_the_days_of_a_grouping_is_not_known_on_a_day_beyond_them(ask):
    (answer,), exit_code = ask("99213", "--to", "BETOS", "--on", "2015-05-05")
    assert (exit_code, answer["status"]) == (8, "not_known")
