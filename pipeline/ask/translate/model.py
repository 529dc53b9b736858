"""What is asked of a translation, and what is answered."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.ask.code_episodes import LEFT_CENSORED, Episode
from pipeline.ask.resolve_codes import DayOrDays, Reading, Suggestion


@dataclass(frozen=True)
class Question:
    """What to translate to, and how.

    `system` is that of the codes, where it is known; `on` the day that decides, or a list with that of each code;
    `release` a day of the release to arrive at (the newest one where none is named), or, of a grouping, a day of its
    version or the name of that; `crosswalk` the one to use.
    """

    to: str
    system: str | None = None
    on: DayOrDays = None
    release: date | str | None = None
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
class CategoryMember:
    """A code of a category, with its meaning where a listing here has it."""

    code: str
    code_dotted: str
    meaning: str | None


@dataclass(frozen=True)
class SharedCategory:
    """A category of a grouping that a code shares with codes of another system: how many, and the first of them."""

    grouping: str
    category: str
    title: str | None
    system: str
    of_members: int
    members: list[CategoryMember]


@dataclass(frozen=True)
class Translation:
    """The answer for one code that was asked, whose `reading` says which one is meant, or why none is.

    `status` is translated, no_map (the publisher says that there is no equivalent) or not_assigned (the publisher's
    list leaves it out); newer_than_map or older_than_map (the crosswalk speaks of other days), not_bridged (nobody says
    what it is there, or what became of it); other_field (a procedure is no diagnosis: nothing there stands for it);
    same_category (nothing there stands for it, and `categories` are those that it shares with codes there); and
    where no code could be looked up, that of the reading: unknown, invalid (on that day), heading, ambiguous (several
    systems have it) or not_known. `note` is why, or what is to be known beside it. Each of `alternatives` is a complete
    answer whose members stand together; `parts` take in the code only together with others. The categories of a
    grouping hold together: they are one alternative. `of_alternatives` counts them all, also where they are too many to
    be spelt out. `version` is that of the grouping.
    """

    reading: Reading
    status: str
    note: str = ""
    crosswalk: str | None = None
    target_system: str | None = None
    relation: str | None = None
    alternatives: list[tuple[Target, ...]] = field(default_factory=list)
    parts: list[Target] = field(default_factory=list)
    of_alternatives: int = 0
    categories: list[SharedCategory] = field(default_factory=list)
    version: str | None = None

    @property
    def reason(self) -> str:
        """What is said of the reading, and of the translation."""
        return "; ".join(dict.fromkeys(each for each in (self.reading.reason, self.note) if each))

    @property
    def did_you_mean(self) -> list[Suggestion]:
        """What may have been meant."""
        return self.reading.did_you_mean


def life_of(reading: Reading) -> list[Episode]:
    """The episodes of the code that is meant, without a day between them: numbers are used again for something else.

    One that may have ended earlier is followed by another code where neither is a heading. They are those of the day in
    question, else the last in which the code could be reported.
    """
    lives: list[list[Episode]] = []
    for each in reading.episodes:
        if each.system == reading.system:
            if lives and _is_same_life(lives[-1][-1], each):
                lives[-1].append(each)
            else:
                lives.append([each])
    on_day = [life for life in lives if reading.on and any(each.is_valid_on(reading.on) for each in life)]
    reported = [life for life in lives if any(each.billable for each in life)]
    return (on_day or reported or lives or [[]])[-1]


def _is_same_life(before: Episode, each: Episode) -> bool:
    is_next = before.valid_to is not None and before.valid_to + timedelta(days=1) == each.valid_from
    return is_next and (before.valid_to_earliest is None or before.billable != each.billable)


def days_of_meant_life(reading: Reading) -> tuple[date | None, date | None]:
    """From when to when the code that is meant was listed; None where no listing has it, or there is no end."""
    life = life_of(reading)
    return (life[0].valid_from, life[-1].valid_to) if life else (None, None)


def reported_episodes(reading: Reading) -> list[Episode]:
    """The episodes in which the code that is meant could be reported."""
    return [each for each in life_of(reading) if each.billable]


def first_and_last_day(reading: Reading) -> tuple[date | None, date | None]:
    """From when to when the code that is meant could be reported; None where it is not known, or has no end."""
    own = reported_episodes(reading)
    return (own[0].valid_from, own[-1].valid_to) if own else (None, None)


def starts_unknown(reading: Reading) -> bool:
    """Whether nobody knows more of the first day of a code than that it was not later: the oldest listing has it."""
    return any(each.valid_from_basis == LEFT_CENSORED for each in reported_episodes(reading)[:1])
