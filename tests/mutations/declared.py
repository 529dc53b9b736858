"""What is declared to be read without a word: a row of `visible.csv` for each, and why in `reasons.toml`."""

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
Key = tuple[str, str]  # a sample and a mutation, by their names


@dataclass(frozen=True)
class Reason:
    """Why nothing in the file tells; which other guard sees it, and the tests that show that."""

    why: str
    guard: str = ""
    tests: tuple[str, ...] = ()


def read_reasons() -> dict[str, Reason]:
    """The reasons by their keys."""
    entries = tomllib.loads((HERE / "reasons.toml").read_text(encoding="utf-8"))
    return {
        key: Reason(each["why"], each.get("guard", ""), tuple(each.get("tests", ()))) for key, each in entries.items()
    }


def read_visible() -> dict[Key, str]:
    """The key of the reason of each sample and mutation."""
    with (HERE / "visible.csv").open(encoding="utf-8", newline="") as file:
        return {(row["sample"], row["mutation"]): row["reason"] for row in csv.DictReader(file)}
