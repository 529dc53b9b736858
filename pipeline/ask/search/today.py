"""What codes that have ended are today: their successors, and what the newest crosswalks make of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.search.found_codes import FoundCode, Today

# Completed crosswalks lead to what can be billed today, and so does a code's own system year to year; records and
# conversion tables name what took a code's place.
OF_TODAY: Final = """
    select distinct m.source_system, m.source_code, m.target_system as system, m.target_code as code,
        coalesce(c.code_dotted, m.target_code) as code_dotted, coalesce(c.description, c.short_description) as title
    from mappings m join crosswalks x using (crosswalk)
    left join codes c on c.system = m.target_system and c.code = m.target_code
    where m.source_code in (select unnest($codes)) and m.target_code is not null and c.valid_to is null
        and (x.crosswalk like '%\\_current' escape '\\' or x.direction = 'forward'
            or x.relation = 'succession' and x.origin = 'published')
    order by all
"""


def find_today(build: Build, found: Sequence[FoundCode]) -> list[FoundCode]:
    """The same codes, those that have ended with what they are today."""
    ended = sorted({each.code for each in found if each.valid_to})
    today: dict[tuple[str, str], list[Today]] = defaultdict(list)
    for row in build.rows(OF_TODAY, codes=ended) if ended else []:
        own = Today(row["system"], row["code"], row["code_dotted"], row["title"])
        today[row["source_system"], row["source_code"]].append(own)
    return [
        replace(each, today=tuple(today.get((each.system, each.code), []))) if each.valid_to else each for each in found
    ]
