"""What the first screen of the page shows beside the search: examples to try, and which system a claim carries."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.ask.build import Build
from pipeline.ask.claim_kinds import ClaimKind, claim_kinds
from pipeline.ask.compare.profiles import Profile

PICTURED_CLAIMS = ["professional claim", "hospital outpatient claim", "hospital inpatient claim"]
CHIPS = 6
MEANT = "select system || ' ' || code as key from codes where key in (select unnest($meant))"
QUESTION_WHY, WHAT_WAS_DONE, DIAGNOSIS = "why", "what was done or given", "diagnosis"


@dataclass(frozen=True)
class ClaimLane:
    """What says one thing on a kind of claim: its systems up to a day, and those since."""

    question: str
    before: list[str]
    since: list[str]


@dataclass(frozen=True)
class ClaimPicture:
    """Which systems say why and what was done on the claims of professionals and hospitals, before and since a day."""

    last_day: date
    first_day: date
    claims: list[tuple[ClaimKind, list[ClaimLane]]]


def picture_claims(profiles: dict[str, Profile]) -> ClaimPicture:
    """The picture of the change of codes: its day is that on which the last system of these claims was closed."""
    kinds = [each for each in claim_kinds() if each.claim in PICTURED_CLAIMS]
    carried = [profiles[system] for each in kinds for system in each.carries if system in profiles]
    last_day = max(each.in_use_to for each in carried if each.in_use_to)
    first_day = min(each.in_use_from for each in carried if each.in_use_from and each.in_use_from > last_day)
    return ClaimPicture(last_day, first_day, [(each, _lanes(each, profiles, last_day)) for each in kinds])


def _lanes(kind: ClaimKind, profiles: dict[str, Profile], last_day: date) -> list[ClaimLane]:
    own = [profiles[each] for each in kind.carries if each in profiles]
    lanes = []
    for question in (QUESTION_WHY, WHAT_WAS_DONE):
        sayers = [each for each in own if (DIAGNOSIS in each.kinds) == (question == QUESTION_WHY)]
        before = [each.system for each in sayers if not each.in_use_from or each.in_use_from <= last_day]
        since = [each.system for each in sayers if not each.in_use_to or each.in_use_to > last_day]
        lanes.append(ClaimLane(question, before, since))
    return lanes


def choose_chips(build: Build) -> list[str]:
    """The first examples of `chips.toml` of which the build has the code that is meant."""
    text = Path(__file__).with_name("chips.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["chip"]
    meant = [f"{row['system']} {row['code']}" for row in rows]
    known = {row["key"] for row in build.rows(MEANT, meant=meant)}
    return [row["asked"] for row, key in zip(rows, meant, strict=True) if key in known][:CHIPS]
