"""A code list as it is written: an entry for each code, prefix or range, and what it is an entry of."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Self

KIND_CODE, KIND_PREFIX, KIND_RANGE = (
    "code",
    "prefix",
    "range",
)  # a heading is written as any code is
INCLUDE, EXCLUDE = "include", "exclude"
ANY_CHARACTER: Final = "_"  # in a prefix, 250.x0: any one character stands here


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One thing that a list names: a code (or heading), all codes that begin alike, or a range.

    `text` is as it was written, without a mark of exclusion; `system` an id, empty where nothing names one. `first` and
    `last` are in capitals and without blanks: the code; what its codes begin with; the ends of the range (`last` is
    empty elsewhere). `line` is that of the text, from 1: where it stands makes no other entry of it. `why` says why it
    has no code, where its system does not tell, or is written otherwise.
    """

    concept: str
    system: str
    text: str
    kind: str
    role: str
    first: str
    last: str = ""
    line: int = field(default=0, compare=False)
    why: str = field(default="", compare=False)

    @property
    def is_excluded(self) -> bool:
        """Whether what it names is taken out of its concept."""
        return self.role == EXCLUDE


@dataclass(frozen=True)
class CodeList:
    """The entries of one list, or of many at once, each with its concept, in the order in which they were written.

    `header` is the line that was read as names of columns, `words` what was read as words between codes, by line.
    """

    entries: tuple[ListEntry, ...]
    header: str | None = field(default=None, compare=False)
    words: tuple[tuple[int, str], ...] = field(default=(), compare=False)

    def __add__(self, other: "CodeList") -> "CodeList":
        """The entries of both."""
        return replace(self, entries=self.entries + other.entries, words=self.words + other.words)

    def with_entries(self, entries: Iterable[ListEntry]) -> Self:
        """The same list with other entries."""
        return replace(self, entries=tuple(entries))

    @property
    def concepts(self) -> list[str]:
        """The names of its concepts, in the order of the list; one without a name is named by an empty text."""
        return [*dict.fromkeys(each.concept for each in self.entries)]
