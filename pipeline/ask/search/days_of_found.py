"""What is said on a day of codes that a search finds: the same as a look-up says."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Final

from pipeline.ask.build import Build, Row
from pipeline.ask.build_files import parquet_path
from pipeline.ask.code_episodes import find_episodes
from pipeline.ask.known_days import read_known_days
from pipeline.ask.resolve_codes import RESOLVED, judge_episodes

VALID: Final = "valid"
NUMBERS_ON_A_DAY: Final = """
    select c.file_row_number from '{path}' c semi join validity v
        on v.system = c.system and v.code = c.code and $on between v.valid_from and v.valid_through
"""


def path_of_codes(build: Build) -> str:
    """The file of `codes`, as questions in SQL name it where they ask for the numbers of its rows."""
    return str(build.folder / parquet_path("codes")).replace("'", "''")


def numbers_on(build: Build, on: date) -> frozenset[int]:
    """The numbers of the rows of `codes` whose codes a day falls into, in any of their lives."""
    rows = build.ask(NUMBERS_ON_A_DAY.format(path=path_of_codes(build)), on=on).records
    return frozenset(number for (number,) in rows)


def statuses_on(build: Build, rows: Sequence[Row], on: date) -> dict[tuple[str, str], str]:
    """Of each of some codes what is said of it on a day: valid, heading, invalid or not_known."""
    asked, known = {(row["system"], row["code"]) for row in rows}, read_known_days(build)
    episodes = find_episodes(build, [code for _, code in asked]) if asked else []
    found = {}
    for (code, system), own in groupby(episodes, key=lambda each: (each.code, each.system)):
        if (system, code) in asked:
            status = judge_episodes(list(own), known[system], on).status
            found[system, code] = VALID if status == RESOLVED else status
    return found
