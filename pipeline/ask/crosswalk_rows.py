"""What questions need to know of the crosswalks of a build."""

from dataclasses import dataclass
from datetime import date

CROSSWALK_ROWS = """
    select crosswalk, source_system, target_system, relation, direction, origin, opposite, release, known_from,
        known_through
    from crosswalks order by crosswalk
"""


@dataclass(frozen=True)
class CrosswalkRow:
    """A row of `crosswalks`, as far as questions need it: from where to where, of which days, by which relation."""

    crosswalk: str
    source_system: str
    target_system: str
    relation: str
    direction: str | None
    origin: str
    opposite: str | None
    release: str
    known_from: date | None
    known_through: date | None

    @property
    def is_year_to_year(self) -> bool:
        """Whether it leads from a day to any later, or any earlier, day of the same system."""
        return self.direction is not None
