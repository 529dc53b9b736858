"""The oracles see errors in a build, excuse nothing that no reason covers, and need no package for it."""

import re
import tomllib
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from pipeline import PROJECT
from tests.oracles.comparison import (
    OURS,
    SEEDED,
    THEIRS,
    Comparison,
    Reason,
    differences_of,
    draw_rows,
    explain,
    judge,
    seed_errors,
)
from tests.oracles.editor import ask_editor, state_valid_codes
from tests.oracles.lists import PAIR, read_ccs, read_titles, state_columns, state_titles
from tests.oracles.published import read_history, read_published
from tests.oracles.tree import bare, wordings
from tests.oracles.truth import details, summary

DAYS = tuple(date.fromisoformat(day) for day in ("2016-10-01", "2020-04-01", "2023-10-01"))


class Editor:
    """Stands for the Medicare Code Editor: knows the codes of each day, and counts the others of a claim."""

    def __init__(self, valid: pd.DataFrame) -> None:
        self.valid = {day: set(rows["code"]) for day, rows in valid.groupby("day")}

    def edit(self, claim: dict) -> dict:
        day = f"{pd.Timestamp(str(claim['discharge_date'])):%Y-%m-%d}"
        if day not in self.valid:
            return {"edit_type": "INVALID_DISCHARGE_DATE", "edits": []}
        wrong = [each for each in claim["sdx"] if each["code"] not in self.valid[day]]
        edits = [{"name": "INVALID_CODE", "count": len(wrong)}] if wrong else []
        return {"edit_type": "PREPAYMENT", "edits": edits}


@pytest.fixture(scope="module")
def validity(excerpt_build: Path) -> Comparison:
    """The codes of ICD-10-CM on three days, with the build itself for the other side."""
    table = read_history(excerpt_build, "ICD10CM", DAYS)
    state = partial(state_valid_codes, days=DAYS)
    return Comparison("valid?", "itself", table, state, state(table), "billable")


def with_theirs(comparison: Comparison, theirs: pd.DataFrame, *reasons: Reason) -> Comparison:
    return Comparison("valid?", "other", comparison.table, comparison.state, theirs, comparison.changed, reasons)


def test_two_equal_sides_agree_and_every_seeded_error_is_seen(validity: Comparison) -> None:
    verdict = judge(validity)
    assert verdict.differences.empty
    assert (verdict.ours, verdict.seeded, verdict.seen) == (verdict.agreed, SEEDED, SEEDED)
    assert verdict.is_sound


@pytest.mark.parametrize(
    ("table", "filters", "changed", "columns"),
    [
        ("mappings", {"crosswalk": "gem_icd9cm_icd10cm"}, "target_code", [*PAIR, "flags"]),
        ("mappings", {"crosswalk": "causes_113_icd10"}, "target_code", PAIR),
        ("codes", {"system": "ICD10CM"}, "parent_code", ["code", "parent_code"]),
        ("codes", {"system": "HCPCS"}, "description", ["code", "description"]),
    ],
)
def test_errors_in_maps_trees_and_titles_are_seen(excerpt_build: Path, table, filters, changed, columns) -> None:
    rows = read_published(excerpt_build, table, **filters)
    state = partial(state_columns, columns=columns)
    verdict = judge(Comparison("same?", "itself", rows, state, state(rows), changed))
    assert verdict.differences.empty
    assert verdict.seen == verdict.seeded == SEEDED


def test_seeded_errors_are_the_same_each_time_and_each_differs(validity: Comparison) -> None:
    rows = draw_rows(validity.table)
    assert list(rows) == list(draw_rows(validity.table))
    wrong = seed_errors(validity.table, "description", rows)
    assert wrong.equals(seed_errors(validity.table, "description", rows))
    assert list(wrong.index[wrong["description"] != validity.table["description"]]) == sorted(rows)


def test_an_error_that_makes_no_difference_is_not_counted_as_seen(validity: Comparison) -> None:
    blind = Comparison("?", "blind", validity.table, validity.state, validity.theirs, "description")
    verdict = judge(blind)
    assert (verdict.seeded, verdict.seen, verdict.is_sound) == (SEEDED, 0, False)


def test_facts_of_one_side_are_differences_with_their_side() -> None:
    ours, theirs = (pd.DataFrame({"code": codes}, dtype=object) for codes in (["A00", "A01"], ["A01", "A02"]))
    assert list(differences_of(ours, theirs).itertuples(index=False, name=None)) == [("A00", OURS), ("A02", THEIRS)]


def test_a_difference_without_a_reason_is_not_sound(validity: Comparison) -> None:
    verdict = judge(with_theirs(validity, validity.theirs.iloc[1:]))
    assert (len(verdict.unexplained), verdict.is_sound) == (1, False)
    excuse = Reason("they lack it", lambda rows: rows["side"] == OURS)
    assert judge(with_theirs(validity, validity.theirs.iloc[1:], excuse)).is_sound
    other = Reason("we lack it", lambda rows: rows["side"] == THEIRS)
    assert not judge(with_theirs(validity, validity.theirs.iloc[1:], other)).is_sound


def test_the_first_reason_that_holds_is_the_reason() -> None:
    rows = pd.DataFrame({"code": ["000", "001"], "side": [THEIRS, OURS]}, dtype=object)
    zeros = Reason("zeros", lambda rows: rows["code"] == "000")
    anything = Reason("anything", lambda rows: rows["side"].notna())
    assert list(explain(rows, (zeros, anything))["reason"]) == ["zeros", "anything"]
    assert list(explain(rows, (zeros,))["reason"].isna()) == [False, True]


def test_invalid_codes_are_found_by_counts_alone(excerpt_build: Path, validity: Comparison) -> None:
    answer = ask_editor(Editor(validity.theirs), excerpt_build, "ICD10CM", DAYS)
    assert differences_of(answer, validity.theirs).empty
    assert len(answer) == len(validity.theirs)


def test_a_day_that_the_editor_does_not_know_stops_the_run(excerpt_build: Path, validity: Comparison) -> None:
    with pytest.raises(ValueError, match="discharges on 20301001"):
        ask_editor(Editor(validity.theirs), excerpt_build, "ICD10CM", (date(2030, 10, 1),))


def test_titles_are_read_by_the_width_of_the_code(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("0010  Cholera d/t vib cholerae\n\nV9199 Mult gest-plac\n", encoding="latin-1")
    facts = read_titles(tmp_path / "x.txt", 6)
    assert list(facts.itertuples(index=False, name=None)) == [
        ("0010", "Cholera d/t vib cholerae"),
        ("V9199", "Mult gest-plac"),
    ]
    episodes = pd.DataFrame({"code": ["0010"], "short_description": ["Cholera d/t vib cholerae"]})
    assert state_titles(episodes, "short_description").equals(facts.iloc[:1])


def test_codes_of_ccs_belong_to_the_category_above_them() -> None:
    text = (
        "Appendix A\n\nRevised 03/24/2016\n\n1    Tuberculosis\n     01000 01001\n     01002\n2    Sepsis\n     0031\n"
    )
    assert list(read_ccs(text).itertuples(index=False, name=None)) == [
        ("01000", "1"),
        ("01001", "1"),
        ("01002", "1"),
        ("0031", "2"),
    ]


def test_other_words_of_a_title_are_told_from_another_title() -> None:
    ours = pd.DataFrame(
        {"code": ["A", "B", "C"], "description": ["Sezary disease", "Eye, stable", "Lip"]}, dtype=object
    )
    words = ["Sézary disease", "Eye, stable/Old occlusion", "Tongue"]
    theirs = ours.assign(description=words)
    reasons = explain(differences_of(ours, theirs), wordings(ours, theirs)).drop_duplicates("code").set_index("code")
    assert ["accents" in str(reasons.loc["A", "reason"]), "slash" in str(reasons.loc["B", "reason"])] == [True, True]
    assert reasons["reason"].isna().to_dict() == {"A": False, "B": False, "C": True}
    assert bare("Charcôt") == "Charcot"


def test_the_document_counts_and_shows_every_difference(validity: Comparison) -> None:
    excuse = Reason("they lack it", lambda rows: rows["side"] == OURS, assumed=True)
    verdict = judge(with_theirs(validity, validity.theirs.iloc[1:], excuse))
    assert summary([verdict])[2].endswith(f"| 1 | 0 | {SEEDED} of {SEEDED} |")
    shown = "\n".join(details([verdict]))
    assert "- 1: they lack it (assumed). Such as: 2016-10-01" in shown
    unexcused = judge(with_theirs(validity, validity.theirs.iloc[1:]))
    assert "- 1: NOT EXPLAINED" in "\n".join(details([unexcused]))


def test_the_document_that_is_here_leaves_nothing_open() -> None:
    text = (PROJECT / "docs" / "TRUTH.md").read_text(encoding="utf-8")
    compared = text.partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in compared.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 15
    assert {row[-2] for row in rows} == {"0"}
    assert {tuple(row[-1].split(" of ")) for row in rows} == {(str(SEEDED), str(SEEDED))}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = dict(each.split("==") for each in project["optional-dependencies"]["oracles"])
    assert [name for name, version in versions.items() if f"{name} {version}" not in text] == []


def test_packages_of_the_oracles_are_locked_with_hashes_and_name_no_host() -> None:
    text = (PROJECT / "oracles.lock").read_text(encoding="utf-8")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [each for each in project["optional-dependencies"]["oracles"] if f"\n{each} " not in f"\n{text}"] == []
    assert "://" not in text
    assert "--index-url" not in text
    entries = re.findall(r"^[a-z0-9].*?==\S+.*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert [each.split()[0] for each in entries if "--hash=sha256:" not in each] == []


def test_both_lock_files_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (PROJECT / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)(?: \\)?$", text, re.MULTILINE))

    dev, oracles = pins("requirements.lock"), pins("oracles.lock")
    assert {name for name in dev.keys() & oracles.keys() if dev[name] != oracles[name]} == set()
