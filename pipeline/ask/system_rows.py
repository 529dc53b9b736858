"""Code systems as a build has them, a row each."""

from dataclasses import dataclass
from typing import Final

SYSTEM_ROWS = "select system, written_as, code_pattern, settings, kinds, filled_with from systems order by system"
KIND_OF_DEATHS: Final = "cause_of_death"  # the kind of what stands on certificates, and on no claim
LISTS: Final = ("written_as", "settings", "kinds")  # of a system that nobody says them of they are empty


@dataclass(frozen=True)
class SystemRow:
    """A row of `systems`, as far as questions need it: `written_as` are pictures of how people write its codes,
    `filled_with` what fills a part of them that is shorter."""

    system: str
    written_as: list[str]
    code_pattern: str | None
    settings: list[str]
    kinds: list[str]
    filled_with: str | None

    @property
    def is_of_deaths(self) -> bool:
        """Whether its codes are causes of death, which no claim carries."""
        return self.kinds == [KIND_OF_DEATHS]
