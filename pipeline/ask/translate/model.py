"""What is asked of a translation, and what is answered."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from pipeline.ask.resolve_codes import NOT_KNOWN, Reading, Suggestion

TRANSLATED, HAS_NO_MAP, NOT_ASSIGNED, NOT_BRIDGED = "translated", "no_map", "not_assigned", "not_bridged"
NEWER, OLDER = "newer_than_map", "older_than_map"
UNANSWERED: Final = frozenset({NOT_KNOWN, NOT_BRIDGED, NEWER, OLDER})  # what this build, or anybody, does not know


@dataclass(frozen=True)
class Question:
    """What to translate to, and how.

    `system` is that of the codes, where it is known; `on` the day of service; `release` a day of the release to arrive
    at (the newest one where none is named); `crosswalk` the one to use.
    """

    to: str
    system: str | None = None
    on: date | None = None
    release: date | None = None
    crosswalk: str | None = None


@dataclass(frozen=True)
class Target:
    """A code, or a category, that stands for the source or for a part of it."""

    code: str
    code_dotted: str
    meaning: str | None
    predicate: str
    approximate: bool
    origin: str
    flags: str | None
    path: str | None


@dataclass(frozen=True)
class Translation:
    """The answer for one code that was asked.

    `status` is translated, no_map (the publisher says that there is no equivalent) or not_assigned (the publisher's
    list leaves it out); newer_than_map or older_than_map (the crosswalk speaks of other days), not_bridged (nobody says
    what it is there, or what became of it); and where no code could be looked up, that of the reading: unknown, invalid
    (on that day), heading, ambiguous (several systems have it) or not_known. Each of `alternatives` is a complete
    answer whose members stand together; `parts` take in the code only together with others. The categories of a
    grouping hold together: they are one alternative. `of_alternatives` counts them all, also where they are too many to
    be spelt out. `first_day` and `last_day` are those on which the code could be reported.
    """

    asked: str
    status: str
    reason: str = ""
    system: str | None = None
    code: str | None = None
    code_dotted: str | None = None
    meaning: str | None = None
    crosswalk: str | None = None
    target_system: str | None = None
    relation: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    did_you_mean: list[Suggestion] = field(default_factory=list)
    alternatives: list[tuple[Target, ...]] = field(default_factory=list)
    parts: list[Target] = field(default_factory=list)
    of_alternatives: int = 0

    def asked_as(self, reading: Reading) -> "Translation":
        """The same answer to the same code, written in another way."""
        if self.asked == reading.asked and not reading.reason:  # mostly: a million codes go through here
            return self
        reasons = dict.fromkeys(each for each in (reading.reason, self.reason) if each)
        return replace(self, asked=reading.asked, reason="; ".join(reasons))


def not_translated(reading: Reading) -> Translation:
    """What is known of a code before it is translated: which one is meant and when it was valid, or why none is."""
    name = (reading.system, reading.code, reading.code_dotted, reading.meaning)
    own = [each for each in reading.episodes if each.system == reading.system and each.billable]
    first, last = (own[0].valid_from, own[-1].valid_to) if own else (None, None)
    return Translation(
        reading.asked, reading.status, reading.reason, *name,
        first_day=first, last_day=last, did_you_mean=reading.did_you_mean,
    )  # fmt: skip
