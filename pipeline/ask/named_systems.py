"""Codes of a system by a name that several have (icd9): the one that has each code."""

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.system_names import bare_name, typed_names
from pipeline.ask.written_codes import read_written_codes

LISTED_IN: Final = """
    select distinct code, system, code_dotted from codes
    where code in (select unnest($codes)) and system in (select unnest($systems))
"""
MeantSystems = tuple[str, ...]
CodeOfName = tuple[str, MeantSystems]  # a code as it is asked, and what the name of its system may mean


def systems_meant(build: Build, name: str) -> MeantSystems:
    """The systems of claims that a name may stand for; an id is itself. Raises UsageError where it stands for none."""
    several = typed_names().get(bare_name(name), [])
    if name in build.systems or len(several) < 2:
        return (build.system_called(name),)
    claims = [each.system for each in build.systems.values() if not each.is_of_deaths]
    return tuple(each for each in several if each in claims) or (build.system_called(name),)


def choose_systems(
    build: Build, asked: Collection[tuple[str, MeantSystems]]
) -> dict[tuple[str, MeantSystems], str | None]:
    """Of each code that is asked in several systems the one that has it, as it is written; None where more than one
    has it, and the first of them where none has."""
    codes = sorted({code for code, _ in asked})
    forms = dict(zip(codes, read_written_codes(build, codes), strict=True))
    systems = sorted({each for _, own in asked for each in own})
    listed = defaultdict(list)
    for row in build.rows(LISTED_IN, codes=sorted({form.bare for form in forms.values()}), systems=systems):
        listed[row["code"]].append(row)
    found: dict[CodeOfName, str | None] = {}
    for code, own in asked:
        form = forms[code]
        having = {each["system"] for each in listed[form.bare] if form.fits(each["code_dotted"])} & {*own}
        found[code, own] = next(iter(having or own)) if len(having) < 2 else None
    return found
