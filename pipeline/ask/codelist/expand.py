"""The codes of a list: what it names, begins with, spans and has below its headings, on a day, in a period, or ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from pipeline.ask.answers import ALL_ANSWERED, ANSWER_IS_NO
from pipeline.ask.build import Build
from pipeline.ask.codelist.code_list import CodeList, ListEntry
from pipeline.ask.codelist.matched import list_question, parameters
from pipeline.ask.known_days import KnownDays, read_known_days
from pipeline.ask.resolve_codes import NOT_KNOWN
from pipeline.errors import NotKnown, UsageError

if TYPE_CHECKING:
    import pandas as pd

EXPANDED_COLUMNS: Final = (
    "concept", "system", "code", "code_dotted", "description", "valid_from", "valid_to", "billable", "came_in",
    "written",
)  # fmt: skip
NO_CODE: Final = "no code of {system} that could be reported{when}"


@dataclass(frozen=True)
class ListDays:
    """The days that a list is wanted of, both ends included: any where one is None."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        """Raises UsageError where they end before they begin."""
        if self.through < self.since:
            raise UsageError(f"{self.first} is later than {self.last}\n  next:     name the earlier day first")

    @property
    def since(self) -> date:
        """The first day, the earliest that there is where none is named."""
        return self.first or date.min

    @property
    def through(self) -> date:
        """The last day, the latest that there is where none is named."""
        return self.last or date.max

    @property
    def in_words(self) -> str:
        """The days as a sentence goes on with them: " on 2015-09-30"."""
        if self.first == self.last:
            return f" on {self.first}" if self.first else ""
        told = (("from", self.first), ("to", self.last))
        return "".join(f" {word} {day}" for word, day in told if day)


ANY_DAY: Final = ListDays()


@dataclass(frozen=True)
class Unmatched:
    """An entry of a list that has no code that could be reported in the days wanted, and why."""

    entry: ListEntry
    reason: str


@dataclass(frozen=True)
class Expansion:
    """The codes of a list, as tuples of `EXPANDED_COLUMNS`: one for each concept, code and episode.

    `came_in` is named, prefix, range or below_heading, `written` what in the list brings the code in. `unmatched` are
    the entries without a code, `not_known` says why of days, and of codes on them, the build does not know what the
    list has.
    """

    records: list[tuple[Any, ...]]
    unmatched: list[Unmatched]
    not_known: list[str]

    @property
    def exit_code(self) -> int:
        """How a command ends that has written it: 1 where an entry has no code, 8 where that or a day is not known."""
        if any(each.reason != NOT_KNOWN for each in self.unmatched):
            return ANSWER_IS_NO
        return NotKnown.exit_code if self.unmatched or self.not_known else ALL_ANSWERED

    @property
    def frame(self) -> "pd.DataFrame":
        """The codes as a frame, days as dates and missing ones as None."""
        import pandas as pd

        return pd.DataFrame(self.records, columns=[*EXPANDED_COLUMNS], dtype=object)


def expand(build: Build, codelist: CodeList, days: ListDays = ANY_DAY, *, with_headings: bool = False) -> Expansion:
    """The codes of a list whose systems are resolved (`list_systems`), excluded ones aside, in the order of the list's
    concepts, of systems and of codes: those that could be reported on one of the days, and headings where wanted.

    What is excluded is excluded from its own concept, wherever in the list it stands. A code that is a heading stands
    for what is below it while it is one.
    """
    known = read_known_days(build)
    named = [known[system] for system in sorted({each.system for each in codelist.entries if each.system})]
    told_of = [each for each in codelist.entries if not each.why and not is_unknown_then(known[each.system], days)]
    values = parameters(told_of, days.since, days.through) | {
        "concept": [each.concept for each in told_of],
        "text": [each.text for each in told_of],
        "excluded": [each.is_excluded for each in told_of],
        "with_headings": with_headings,
    }
    records = build.ask(list_question("expand") + list_question("expanded"), **values).records
    without = [told_of[entry] for *_, entry, _ in records if entry is not None]
    in_doubt = [record[:-2] for record in records if record[-1]]
    not_told = [each for each in codelist.entries if each.why or is_unknown_then(known[each.system], days)]
    return Expansion(
        [record[:-2] for record in records if record[-2] is None and not record[-1]],
        [Unmatched(each, each.why or NOT_KNOWN) for each in not_told]
        + [Unmatched(each, NO_CODE.format(system=each.system, when=days.in_words)) for each in without],
        [*(why for each in named for why in reasons_not_known(each, days)), *_codes_in_doubt(in_doubt, days)],
    )


def _codes_in_doubt(records: list[tuple[Any, ...]], days: ListDays) -> Iterator[str]:
    """By system the codes of which nobody knows whether they could be reported on one of the days: a line each."""
    places = [EXPANDED_COLUMNS.index(name) for name in ("system", "code_dotted")]
    pairs = sorted({tuple(record[at] for at in places) for record in records})
    for system, own in groupby(pairs, key=lambda pair: pair[0]):
        codes = ", ".join(code for _, code in own)
        yield f"not known{days.in_words}: codes of {system} that may have begun, or ended, by then: {codes}"


def is_unknown_then(known: KnownDays, days: ListDays) -> bool:
    """Whether of no day of those wanted anything is known: all are beyond the horizon, or there is no listing."""
    return not known.is_listed or (days.first is not None and known.is_beyond(days.first))


def reasons_not_known(known: KnownDays, days: ListDays) -> list[str]:
    """Why the build cannot speak of the first, or the last, of some days; of a system without a listing of none."""
    ends = [each for each in (days.first, days.last) if each] or ([] if known.is_listed else [date.max])
    return [*dict.fromkeys(why for each in ends if (why := known.why_not_known(each)))]
