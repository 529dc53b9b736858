"""What a build does not know, said in one way: days beyond or before what is here, systems without a listing."""

from dataclasses import dataclass
from datetime import date

from pipeline.ask.build import Build
from pipeline.errors import NotKnown

BUILD_WITH_ITS_FILES = "build with its files: `crosswalk sources` lists what belongs where"
HORIZONS = """
    select system, in_use_from, in_use_to, newest_release, known_from, known_through, next_release_expected
    from systems order by system
"""


@dataclass(frozen=True)
class KnownDays:
    """The days of one system of which a build can speak, as `schemas.systems` has them; all None without a listing."""

    system: str
    in_use_from: date | None
    in_use_to: date | None
    newest_release: str | None
    known_from: date | None
    known_through: date | None
    next_release_expected: date | None

    @property
    def is_listed(self) -> bool:
        """Whether a listing of the system is in the build."""
        return self.known_through is not None

    @property
    def is_of_closed_lists(self) -> bool:
        """Whether the lists of the system have ended here while the system goes on: codes are newer than they are."""
        return self.is_listed and self.next_release_expected is None and self.in_use_to is None

    def is_out_of_use(self, day: date) -> bool:
        """Whether the system itself was not in use on a day: then no code of it was valid, and that is known."""
        return (self.in_use_from is not None and day < self.in_use_from) or (
            self.in_use_to is not None and day > self.in_use_to
        )

    def why_before_use(self, day: date) -> str | None:
        """Why nothing was valid on a day before the system was in use, whatever was listed by then; None on others."""
        if self.in_use_from is None or day >= self.in_use_from:
            return None
        return f"{self.system} was not in use before {self.in_use_from}"

    def is_beyond(self, day: date) -> bool:
        """Whether a day lies beyond what the build knows, while the system may be in use."""
        return self.known_through is not None and day > self.known_through and not self.is_out_of_use(day)

    def is_before(self, day: date) -> bool:
        """Whether a day lies before the oldest release of the build, while the system was in use."""
        return self.known_from is not None and day < self.known_from and not self.is_out_of_use(day)

    def why_not_known(self, day: date) -> str | None:
        """Why nothing is said of a day, in words that begin with "not known"; None where the build can speak of it."""
        if self.known_through is None:
            return f"not known: no listing of {self.system} is in this build"
        if self.is_beyond(day):
            return (
                f"not known: the newest {self.system} here is of {self.newest_release}, "
                f"known through {self.known_through}"
            )
        if self.is_before(day):
            return f"not known: the oldest {self.system} here is of {self.known_from}"
        return None

    def require(self, day: date) -> None:
        """Raises NotKnown where the build cannot speak of a day."""
        why = self.why_not_known(day)
        if why is not None:
            raise NotKnown(f"{self.system} on {day}: {why}\n  next:     {self._way_out(day)}")

    def require_listing(self) -> None:
        """Raises NotKnown where no listing of the system is in the build: of none of its codes anything is said."""
        if not self.is_listed:
            raise NotKnown(
                f"not known: no listing of {self.system} is in this build\n  next:     {BUILD_WITH_ITS_FILES}"
            )

    def _way_out(self, day: date) -> str:
        if self.known_through is None:
            return BUILD_WITH_ITS_FILES
        if self.is_before(day):
            return f"name a day from {self.known_from} on, or build with older releases"
        if self.next_release_expected is None:
            return f"name a day through {self.known_through}: the lists of {self.system} that are here go no further"
        return f"name a day through {self.known_through}, or build with the release of {self.next_release_expected}"


def read_known_days(build: Build) -> dict[str, KnownDays]:
    """Of every system the days that the build knows, by id."""
    return {row["system"]: KnownDays(**row) for row in build.rows(HORIZONS)}
