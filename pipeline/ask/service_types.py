"""What kind of service a code stands for, where its own text may not be shown or is in no file: BETOS and RBCS."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.ask.build import Build

SERVICE_TYPES: Final = """
    select m.source_system, m.source_code, m.target_system as grouping, m.target_code as category, c.title,
        m.valid_from, m.valid_to
    from mappings m left join categories c on c.crosswalk = m.crosswalk and c.category = m.target_code
    where m.source_code in (select unnest($codes)) and m.target_system in ('BETOS', 'RBCS')
        and m.newest and m.target_code is not null
    order by all
"""


@dataclass(frozen=True)
class ServiceType:
    """The category of a code in a grouping of services, with its title, and the days of the code that it is of."""

    grouping: str
    category: str
    title: str | None
    valid_from: date | None
    valid_to: date | None

    def is_of(self, first: date, last: date | None) -> bool:
        """Whether any of its days lies in a stretch of days, which goes on where `last` is None."""
        begins_by = self.valid_from is None or last is None or self.valid_from <= last
        return begins_by and (self.valid_to is None or first <= self.valid_to)

    def __str__(self) -> str:
        title = f": {self.title}" if self.title else ""
        return f"type of service {self.category} ({self.grouping}){title}"


def find_service_types(build: Build, codes: list[str]) -> dict[tuple[str, str], list[ServiceType]]:
    """Of some bare codes the types of service, by system and code."""
    found: dict[tuple[str, str], list[ServiceType]] = defaultdict(list)
    for row in build.rows(SERVICE_TYPES, codes=codes) if codes else []:
        names = ("grouping", "category", "title", "valid_from", "valid_to")
        found[row["source_system"], row["source_code"]].append(ServiceType(*(row[name] for name in names)))
    return dict(found)
