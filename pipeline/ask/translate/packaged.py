"""Drug packages and the codes that they are billed by, on any quarter that is here, and from either side.

The crosswalk of relation packaging has the newest quarter alone and leads from products to codes; table `ndc_units` has
every quarter.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.ask.answer_statuses import NOT_ASSIGNED, TRANSLATED
from pipeline.ask.build import Build
from pipeline.ask.crosswalk_rows import CrosswalkRow
from pipeline.ask.packages import OF_PACKAGES, Package
from pipeline.ask.relations import PACKAGING
from pipeline.ask.resolve_codes import NOT_KNOWN, RESOLVED, UNKNOWN, Reading
from pipeline.ask.translate.find import Way
from pipeline.ask.translate.model import Target, Translation

BILLED_BY: Final = f"{OF_PACKAGES} where u.system = $system and u.code in (select unnest($codes))"
PACKAGES_OF: Final = f"{OF_PACKAGES} where u.system = $system and u.ndc in (select unnest($codes))"
NEWEST_FIRST: Final = "order by u.ndc, u.product_number, u.valid_from desc, u.code"
PACKED_UNDER, PACKS = "narrowMatch", "broadMatch"  # a package is less than all that its code stands for


def packaging_of(build: Build, system: str, to: str) -> CrosswalkRow | None:
    """The crosswalk that leads from the products of `to` to codes of a system; None where there is none."""
    found = [each for each in build.crosswalks.values() if (each.source_system, each.target_system) == (to, system)]
    return next((each for each in found if each.relation == PACKAGING), None)


def resolve_by_quarters(build: Build, readings: list[Reading], to: str) -> list[Reading]:
    """The same readings; a code of which no listing here speaks (on its day) is meant where a package of it is listed.

    New codes are in the list of a quarter before a newer list of codes is here.
    """
    systems = [name for name in build.systems if packaging_of(build, name, to)]
    unread = [each for each in readings if each.status in {NOT_KNOWN, UNKNOWN}]
    if not systems or not unread:
        return readings
    packed = {system: _by_code(build, system, [each.bare for each in unread]) for system in systems}
    return [_resolve(each, packed) if each.status in {NOT_KNOWN, UNKNOWN} else each for each in readings]


def _resolve(reading: Reading, packed: dict[str, dict[str, list[Package]]]) -> Reading:
    for system, packages in packed.items():
        is_packed = any(each.is_of(reading.on) for each in packages.get(reading.bare, []))
        if is_packed and reading.episodes and reading.system == system:
            return replace(reading, status=RESOLVED)
        if is_packed and not reading.episodes:
            why, bare = f"in no listing of {system} that is here", reading.bare
            return replace(reading, status=RESOLVED, reason=why, system=system, code=bare, code_dotted=bare)
    return reading


def find_packages_of(build: Build, readings: list[Reading], crosswalk: CrosswalkRow) -> Iterator[Translation]:
    """The packages that are billed by each of some resolved codes of one system: alternatives, each alone.

    Of a day those of its quarter; else each package once, as the newest quarter here has it. Products without an NDC
    are none, and the note counts them.
    """
    way: Way = {"crosswalk": crosswalk.crosswalk, "target_system": crosswalk.source_system, "relation": PACKAGING}
    rows = _by_code(build, crosswalk.target_system, [each.code for each in readings if each.code])
    for each in readings:
        own = rows.get(each.code or "", [])
        of_day = [one for one in own if one.is_of(each.on)]
        if not of_day:
            yield _none_of_day(each, own, way)
            continue
        packages = {one.ndc: one for one in reversed(of_day) if one.ndc}
        targets = [(_package(one),) for _, one in sorted(packages.items())]
        status, note = TRANSLATED if targets else NOT_ASSIGNED, _without_ndc(of_day)
        yield Translation(each, status, note, **way, alternatives=[*targets], of_alternatives=len(targets))


def _without_ndc(packages: list[Package]) -> str:
    """How many products have no NDC, so that they are no targets; nothing where all have."""
    count = len({each.product_number for each in packages if not each.ndc})
    words = "1 product under it has no NDC" if count == 1 else f"{count:,} products under it have no NDC"
    return f"{words}: table ndc_units has {'it' if count == 1 else 'them'}" if count else ""


def add_older_quarters(build: Build, answers: list[Translation]) -> list[Translation]:
    """The same answers; a package of a day of which the crosswalk does not speak is billed as its quarter here says.

    Where no day was named, and the newest quarter lacks it, as the newest that has it.
    """
    asked = [each for each in answers if _is_of_another_quarter(each)]
    if not asked:
        return answers
    found: dict[tuple[str, str], list[Package]] = defaultdict(list)
    for system in {each.target_system for each in asked if each.target_system}:
        codes = [each.reading.code for each in asked if each.target_system == system]
        for row in build.rows(f"{PACKAGES_OF} {NEWEST_FIRST}", system=system, codes=codes):
            found[system, row["ndc"]].append(Package(**row))
    return [
        _of_quarter(each, found[each.target_system or "", each.reading.code or ""])
        if _is_of_another_quarter(each)
        else each
        for each in answers
    ]


def _is_of_another_quarter(answer: Translation) -> bool:
    return answer.status in {NOT_KNOWN, NOT_ASSIGNED} and answer.relation == PACKAGING


def _of_quarter(answer: Translation, packages: list[Package]) -> Translation:
    of_day = [each for each in packages if each.is_of(answer.reading.on)]
    if not of_day:
        return answer
    newest = max(of_day, key=lambda each: each.valid_from)
    targets = [
        (Target(each.code, each.code, each.meaning, PACKS, True, "published", each.units, None),)
        for each in of_day
        if each.valid_from == newest.valid_from
    ]
    days = f"{newest.valid_from} to {newest.valid_through}"
    note = "" if answer.reading.on else f"the newest list here with this package is of {days}"
    return replace(answer, status=TRANSLATED, note=note, alternatives=[*targets], of_alternatives=len(targets))


def _by_code(build: Build, system: str, codes: list[str]) -> dict[str, list[Package]]:
    found: dict[str, list[Package]] = defaultdict(list)
    for row in build.rows(f"{BILLED_BY} {NEWEST_FIRST}", system=system, codes=sorted(set(codes))):
        found[row["code"]].append(Package(**row))
    return found


def _none_of_day(reading: Reading, own: list[Package], way: Way) -> Translation:
    """Why a code has no package: none of the quarters here has one under it, or other quarters have."""
    if own:
        days = ", ".join(dict.fromkeys(f"{each.valid_from} to {each.valid_through}" for each in own))
        return Translation(reading, NOT_KNOWN, f"not known: the lists here with packages under it are of {days}", **way)
    return Translation(reading, NOT_ASSIGNED, f"no list here has a package under it ({way['crosswalk']})", **way)


def _package(each: Package) -> Target:
    words = f"{each.drug_name} ({each.labeler})"
    return Target(each.ndc or "", each.product_number, words, PACKED_UNDER, True, "published", each.units, None)
