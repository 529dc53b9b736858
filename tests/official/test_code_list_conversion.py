"""Conversion beside lists that people made twice: how near it comes, set by set and reason by reason."""

import subprocess
import sys
from operator import lt
from pathlib import Path

import pandas as pd
import pytest

from pipeline.ask.build import open_build
from tests.official.code_list_sets import SETS, propose_members, read_score, write_converted

pytestmark = [
    pytest.mark.official,
    pytest.mark.skipif(not SETS.is_dir(), reason=f"NO CODE LISTS TO SCORE WITH: {SETS} is not there"),
]
OTHER = {"ICD9CM": "ICD10CM", "ICD10CM": "ICD9CM", "ICD9Proc": "ICD10PCS", "ICD10PCS": "ICD9Proc"}
# Of the sets that count in means: macro P, macro F and micro F, by direction and kind.
MEANS = {
    ("9->10", "dx"): (0.88, 0.87, 0.90),
    ("9->10", "px"): (0.0, 0.725, 0.0),
    ("10->9", "dx"): (0.89, 0.885, 0.0),
    ("10->9", "px"): (0.0, 0.755, 0.0),
}
# Macro F to ICD-10-CM; of Quan's lists, which people made without a map, and of others that began with one.
FLOORS = {
    "charlson_quan2005": 0.90,
    "charlson_cdmf2019": 0.865,
    "elixhauser_quan2005": 0.90,
    "elixhauser_ahrq_beta": 0.92,
    "ccs_dx": 0.91,
    "ccw": 0.84,
    "pmca": 0.78,
    "pccc_v3_dx": 0.84,
}
PRECISION = {"exact": 0.93, "narrower": 0.87, "narrower_combination": 0.83}
NEW_MEMBERS = {"ccsr": 0.94, "hcc_v22": 0.97, "hcc_v24": 0.87, "cmr": 0.70}


@pytest.fixture(scope="module")
def converted(official_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The conversion of every set, as a file to score."""
    path = tmp_path_factory.mktemp("converted") / "CONVERTED.csv"
    with open_build(official_build) as build:
        write_converted(build, path)
    return path


@pytest.fixture(scope="module")
def scores(converted: Path) -> list[list[str]]:
    """The lines that `score.py` prints, in words."""
    return printed(SETS / "score.py", converted)


def printed(script: Path, scored: Path) -> list[list[str]]:
    """The lines that a script prints of a file, each as its words."""
    asked = [sys.executable, str(script), str(scored)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return [line.split() for line in told.splitlines()]


def test_means_over_the_sets(scores: list[list[str]]) -> None:
    """A line of means has the direction where it is another than that of the line before."""
    found: dict[tuple[str, str], tuple[float, ...]] = {}
    direction = ""
    for words in scores[scores.index(["means", "over", "sets"]) + 1 :]:
        direction = words[0] if words and "->" in words[0] else direction
        if len(words) >= 7 and words[-7] in ("dx", "px"):
            found[direction, words[-7]] = tuple(float(words[at]) for at in (-6, -4, -1))
    assert found.keys() == MEANS.keys()
    assert {key: found[key] for key, least in MEANS.items() if any(map(lt, found[key], least))} == {}


def test_no_set_is_below_its_floor(scores: list[list[str]]) -> None:
    found = {words[0]: float(words[6]) for words in scores if len(words) == 10 and words[1] == "ICD10CM"}
    assert {name: found[name] for name, least in FLOORS.items() if found[name] < least} == {}


def test_reasons_are_as_good_as_they_say(converted: Path) -> None:
    """Of everything; and of diagnoses without the set that was made by a map, which counts in no mean."""
    rows = judged(converted)
    for own in (rows, rows[rows.system.isin(["ICD9CM", "ICD10CM"]) & (rows.set != "phecode12")]):
        right = own.groupby("reason").right.mean()
        assert {reason: right[reason] for reason, least in PRECISION.items() if right[reason] < least} == {}
        assert own[own.status == "review"].right.mean() <= 0.30


def judged(converted: Path) -> pd.DataFrame:
    """The rows of a conversion that count in a score, `right` where people have the code too."""
    found = pd.read_csv(converted, dtype=str, keep_default_na=False)
    found = found[found.code != ""]
    keep, right = [], []
    loaded = read_score().load("dev")
    codes = {(name, system): {*own} for name, (_, _, known) in loaded.items() for system, own in known.items()}
    for name, concept, system, code, *_ in found.itertuples(index=False):
        lists = loaded[name][1]
        gold = lists.get((concept, system))
        keep.append(gold is not None and (concept, OTHER[system]) in lists and code in codes[name, system])
        right.append(gold is not None and code in gold)
    return found.assign(right=right)[keep]


def test_new_members_of_groupings_are_found(official_build: Path, tmp_path: Path) -> None:
    with open_build(official_build) as build:
        propose_members(build).to_csv(tmp_path / "proposed.csv", index=False)
    words = printed(SETS / "drift" / "score_drift.py", tmp_path / "proposed.csv")
    found = {each[0]: float(each[each.index("F") + 1]) for each in words if "F" in each}
    assert {name: found[name] for name, least in NEW_MEMBERS.items() if found[name] < least} == {}
