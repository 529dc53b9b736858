"""What took the place of codes that ended, as their publishers say."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.ask.build import Build

# A conversion table leads to older codes too (0370046 to the codes of before): there a successor begins after the end,
# and what no listing has (305.10 of 305.1) is older: the list without the code that ended would have its successor.
# A record names codes in the place of its own that were in force beside it (99406 of G0436): these have no first day.
REPLACEMENTS: Final = """
    select distinct m.source_system, m.source_code, m.target_system as system,
        coalesce(t.code_dotted, m.target_code) as code_dotted,
        if(m.target_valid_from > c.valid_to, m.target_valid_from, null) as valid_from
    from mappings m join crosswalks x using (crosswalk)
    join codes c on c.system = m.source_system and c.code = m.source_code
    left join codes t on t.system = m.target_system and t.code = m.target_code
    where m.source_code in (select unnest($codes)) and c.code in (select unnest($codes))
        and x.relation = 'succession' and x.origin = 'published' and m.target_code is not null
        and c.valid_to is not null and (coalesce(m.target_valid_from > c.valid_to, false) or m.flags = 'Replaced')
    order by all
"""


@dataclass(frozen=True)
class Successor:
    """A code that took the place of another, and from when, where it began after that and its system has a listing."""

    system: str
    code_dotted: str
    valid_from: date | None

    def __str__(self) -> str:
        since = f" from {self.valid_from}" if self.valid_from else ""
        return f"{self.code_dotted} ({self.system}){since}"


def find_successors(build: Build, codes: list[str]) -> dict[tuple[str, str], list[Successor]]:
    """Of some bare codes the successors of those that ended, by system and code."""
    found: dict[tuple[str, str], list[Successor]] = defaultdict(list)
    for row in build.rows(REPLACEMENTS, codes=codes) if codes else []:
        own = Successor(row["system"], row["code_dotted"], row["valid_from"])
        found[row["source_system"], row["source_code"]].append(own)
    return dict(found)
