"""Systems whose titles nobody may show: nothing of them is found by words."""

from typing import Final

from pipeline.ask.build import Build

TITLES_LISTED: Final = """
    select count(*) as codes, count(coalesce(description, short_description)) as titles, any_value(licence) as licence
    from codes where system = $system
"""


def why_no_titles(build: Build, system: str) -> str:
    """Why a system has no title in a build, in words; nothing where it has any, or no code."""
    (row,) = build.rows(TITLES_LISTED, system=system)
    if row["titles"] or not row["codes"]:
        return ""
    return f"no title of {system} is in this build, only its codes: {row['licence']}"
