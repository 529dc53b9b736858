"""What is asked of a translation, and what is answered."""

from dataclasses import dataclass, field, replace
from datetime import date

RESOLVED = "resolved"


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

    `status` is translated, no_map (the publisher says that there is no equivalent), not_bridged (nobody says what
    became of it) or not_in_crosswalk; and where no code could be looked up unknown, invalid (on that day), heading, or
    ambiguous (several systems have it). Each of `alternatives` is a complete answer whose members stand together;
    `parts` take in the code only together with others. The categories of a grouping hold together: they are one
    alternative. `of_alternatives` counts them all, also where they are too many to be spelt out.
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
    alternatives: list[tuple[Target, ...]] = field(default_factory=list)
    parts: list[Target] = field(default_factory=list)
    of_alternatives: int = 0

    @property
    def is_answered(self) -> bool:
        """Whether the code could be looked up at all."""
        return self.status not in {"unknown", "invalid", "heading", "ambiguous"}

    @property
    def is_resolved(self) -> bool:
        """Whether it is known which code is meant, and not yet what stands for it."""
        return self.status == RESOLVED

    def asked_as(self, asked: str) -> "Translation":
        """The same answer to the same code, written in another way."""
        return replace(self, asked=asked)
