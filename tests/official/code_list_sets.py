"""Lists that people made twice, once in each of two systems, and what converting the one side gives of the other.

The lists lie beside the repository (`../shared/bench/codelists`), none of them in it. `write_converted` writes what
their own `score.py` reads: `python -m tests.official.code_list_sets output/latest CONVERTED.csv`.
"""

import importlib.util
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline import PROJECT
from pipeline.ask.build import Build, open_build
from pipeline.ask.codelist.converted_codes import convert_codes, find_way

SETS = PROJECT.parent / "shared" / "bench" / "codelists"
DRIFT = SETS / "drift" / "lists_by_year.csv.gz"
COLUMNS = ["set", "concept", "system", "code", "status", "reason"]


def read_score() -> ModuleType:
    """The module that scores: it knows the sets, their days and the codes of each list on them."""
    spec = importlib.util.spec_from_file_location("score", SETS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def convert_sets(build: Build, loaded: dict[str, Any]) -> pd.DataFrame:
    """Every list of some sets (`score.load`) in the other system, each set by the encounters that it declares."""
    return pd.concat([found for name in loaded for found in _convert_set(build, name, *loaded[name][:2])])[COLUMNS]


def _convert_set(build: Build, name: str, row: Any, lists: dict[tuple[str, str], set[str]]) -> Iterator[pd.DataFrame]:
    days = {
        system: date.fromisoformat(row.icd9_day if system.startswith("ICD9") else row.icd10_day)
        for system in row.systems.split()
    }
    for listed, day in days.items():
        (target,) = days.keys() - {listed}
        pairs = [(concept, code) for (concept, system), own in lists.items() if system == listed for code in own]
        codes = pa.table({"concept": [pair[0] for pair in pairs], "code": [pair[1] for pair in pairs]})
        way = find_way(
            build, listed, target, list_day=day, target_day=days[target], encounters=row.encounters or "mapped"
        )
        yield convert_codes(build, codes, way).select(COLUMNS[1:]).to_pandas().assign(set=name)


def write_converted(build: Build, path: Path) -> pd.DataFrame:
    """Writes the conversion of every set of the part `dev`, and returns it."""
    found = convert_sets(build, read_score().load("dev"))
    found.to_csv(path, index=False)
    return found


def propose_members(build: Build) -> pd.DataFrame:
    """The codes that each grouping of two years has on its second day, by the rule, from those of its first."""
    found = []
    for name, lists in pd.read_csv(DRIFT, dtype=str).groupby("set"):
        first, last = sorted(lists.day.unique())
        own = pa.Table.from_pandas(lists.loc[lists.day == first, ["concept", "code"]], preserve_index=False)
        days = {"list_day": date.fromisoformat(first), "target_day": date.fromisoformat(last)}
        found.append(
            convert_codes(build, own, find_way(build, "ICD10CM", "ICD10CM", **days)).to_pandas().assign(set=name)
        )
    whole = pd.concat(found)
    return whole.loc[whole.status == "include", ["set", "concept", "code"]]


if __name__ == "__main__":
    with open_build(Path(sys.argv[1])) as opened:
        write_converted(opened, Path(sys.argv[2]))
