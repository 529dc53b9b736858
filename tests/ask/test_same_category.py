"""What is said of a code that nothing translates, and that shares a category with codes of another system."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tests.samples import run


def without_procedure_maps(changed) -> Path:
    """The build as it is without the maps between the two systems of hospital procedures."""

    def leave_out(rows: pa.Table) -> pa.Table:
        source, target = rows["source_system"], rows["target_system"]
        is_pair = pc.and_(pc.equal(source, "ICD9Proc"), pc.equal(target, "ICD10PCS"))
        return rows.filter(pc.or_(pc.invert(is_pair), pc.equal(rows["relation"], "same_category")))

    return changed("crosswalks", leave_out).parent


def test_a_code_is_told_with_its_category_and_the_members_of_the_target(changed) -> None:
    output = without_procedure_maps(changed)
    result = run("translate", "47.01", "--to", "ICD10PCS", "--format", "json", "--output", str(output))
    (answer,) = json.loads(result.output)
    assert result.exit_code == 1
    assert (answer["status"], answer["relation"], answer["alternatives"]) == ("same_category", "same_category", [])
    (category,) = answer["categories"]
    told = (category["grouping"], category["category"], category["title"], category["system"], category["of_members"])
    assert told == ("CCSProc", "80", "Appendectomy", "ICD10PCS", 4)
    assert [each["code"] for each in category["members"]] == ["0DTJ0ZZ", "0DTJ4ZZ", "0DTJ7ZZ", "0DTJ8ZZ"]
    assert "none is an equivalent" in answer["reason"]


def test_members_are_rows_of_the_csv_that_name_the_category(changed) -> None:
    output = without_procedure_maps(changed)
    lines = run(
        "translate", "47.01", "--to", "ICD10PCS", "--format", "csv", "--output", str(output)
    ).output.splitlines()
    assert len(lines) == 5
    assert all('"CCSProc 80"' in line and '"same_category"' in line for line in lines[1:])


def test_where_the_target_has_none_the_category_is_told_without_members_of_others_and_nothing_is_known(
    excerpt_build,
) -> None:
    words = ("translate", "47.01", "--to", "CPT4", "--output", str(excerpt_build.parent))
    result = run(*words)
    assert result.exit_code == 8
    assert "no crosswalk leads from ICD9Proc to CPT4; no code of CPT4" in result.output
    assert "no code of CPT4 is here in its category, CCSProc 80 (Appendectomy)" in result.output
    assert "0DTJ0ZZ" not in result.output
    (answer,) = json.loads(run(*words, "--format", "json").output)
    assert (answer["status"], answer["categories"]) == ("not_bridged", [])


def test_a_translation_is_preferred_to_a_category(excerpt_build) -> None:
    result = run("translate", "36.10", "--to", "ICD10PCS", "--format", "json", "--output", str(excerpt_build.parent))
    (answer,) = json.loads(result.output)
    assert (answer["status"], answer["relation"], answer["categories"]) == ("translated", "equivalence", [])
