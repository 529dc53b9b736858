"""What a search finds: codes, and what is said of each."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Today:
    """A code that stands today for one that has ended."""

    system: str
    code: str
    code_dotted: str
    title: str | None

    def __str__(self) -> str:
        return f"{self.code_dotted} ({self.system})"


@dataclass(frozen=True)
class FoundCode:
    """A code that was found: its row of `codes`, in which kind of text, and what it is today where it has ended.

    `status` is said of the day asked, else of the newest listing: valid, heading, ended, invalid (on the day), or
    not_known (it is beyond what the build knows). `has_all_words` is false where words were left out.
    """

    system: str
    code: str
    code_dotted: str
    kind: str
    billable: bool
    valid_from: date
    valid_to: date | None
    title: str
    found_in: str
    status: str
    has_all_words: bool
    today: tuple[Today, ...] = ()


@dataclass(frozen=True)
class SearchAnswer:
    """The codes that were found, the best first, and which words were taken for others."""

    asked: str
    codes: list[FoundCode]
    corrected: dict[str, str]
