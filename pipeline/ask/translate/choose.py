"""By which crosswalk of a build a code is translated: by what the build says of its crosswalks, and of nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.ask.answer_statuses import NOT_BRIDGED, OTHER_FIELD
from pipeline.ask.build import Build
from pipeline.ask.crosswalk_rows import CrosswalkRow
from pipeline.ask.grouping_versions import GroupingVersion, read_versions, version_called
from pipeline.ask.known_days import read_known_days
from pipeline.ask.relations import EQUIVALENCE, GROUPING, PACKAGING, meaning_of
from pipeline.ask.system_names import find_named, next_of
from pipeline.ask.translate.model import Question
from pipeline.errors import NotKnown, UsageError

KINDS_THAT_SAY_WHY: Final = frozenset({"diagnosis", "cause_of_death"})  # all others say what was done or supplied
FORWARD, BACKWARD = "forward", "backward"  # as in `crosswalks.direction`


@dataclass(frozen=True)
class ChosenCrosswalk:
    """The crosswalk to use between two systems, or to a grouping; or why there is none: a status, and that in words.

    Year to year it is the one that leads forward, and `backward` the one that leads back. Of a grouping `versions` are
    those that are here, the oldest first, and `version` is the one that was asked for.
    """

    source_system: str
    target_system: str
    crosswalk: CrosswalkRow | None
    backward: CrosswalkRow | None = None
    why_none: str = NOT_BRIDGED
    reason: str = ""
    versions: tuple[GroupingVersion, ...] = ()
    version: GroupingVersion | None = None

    @property
    def holds_together(self) -> bool:
        """Whether the rows of a code hold together, as the categories of a grouping do, and are no alternatives."""
        return self.crosswalk is not None and meaning_of(self.crosswalk.relation).holds_together


def is_packaging(each: CrosswalkRow) -> bool:
    """Whether it leads from products to the codes that they are billed by."""
    return each.relation == PACKAGING


def known_target(build: Build, to: str) -> str:
    """The id of a system or grouping that a crosswalk leads to, by a name that people type; or of the products that one
    leads from, which are told of a code as well.

    Raises UsageError where there is none of that name, or several.
    """
    leads = build.crosswalks.values()
    targets = sorted(
        {each.target_system for each in leads} | {each.source_system for each in leads if is_packaging(each)}
    )
    found = find_named(to, targets, "target")
    if found is None:
        raise UsageError(f"{to}: no crosswalk leads there\n  next:     {next_of(to, targets)}")
    return found


def choose_crosswalk(build: Build, system: str, to: str, question: Question) -> ChosenCrosswalk:
    """The crosswalk between two systems: the one asked for, else a derived equivalence before a published one.

    Raises UsageError where the one asked for leads elsewhere or is no translation, or the release asked for is not the
    newest.
    """
    leading = [each for each in build.crosswalks.values() if (each.source_system, each.target_system) == (system, to)]
    fitting = [each for each in leading if meaning_of(each.relation).translates]
    named = _named(leading, fitting, system, to, question.crosswalk) if question.crosswalk else None
    years = _year_to_year(fitting, system) if system == to else None
    if years and (named is None or named.is_year_to_year):
        return years
    single = [each for each in ([named] if named else fitting) if not each.is_year_to_year]
    best = min(single, key=_preference, default=None)
    if best and best.relation == GROUPING:
        return _of_version(build, best, question.release)
    _require_newest(build, to, question)
    if best:
        return ChosenCrosswalk(system, to, best)
    if not leading and _is_of_other_field(build, system, to):
        instead = _instead(build, system, to)
        reason = f"{_field_of(build, system)}, {_field_of(build, to)}: none stands for another{instead}"
        return ChosenCrosswalk(system, to, None, why_none=OTHER_FIELD, reason=reason)
    others = [each for each in leading if each not in fitting]
    return ChosenCrosswalk(system, to, None, reason=_why_none(build, others, system, to))


def _named(
    leading: list[CrosswalkRow], fitting: list[CrosswalkRow], system: str, to: str, crosswalk: str
) -> CrosswalkRow:
    choice = ", ".join(each.crosswalk for each in fitting) or "none"
    for each in leading:
        if each.crosswalk == crosswalk:
            if each in fitting:
                return each
            raise UsageError(f"{_no_translation(each)}\n  next:     one of {choice}")
    raise UsageError(f"{crosswalk}: no crosswalk of that name leads from {system} to {to}\n  next:     one of {choice}")


def _no_translation(each: CrosswalkRow) -> str:
    return f"{each.crosswalk}: no translation, its relation is {each.relation}. {meaning_of(each.relation).words}"


def _says_why(build: Build, name: str) -> set[bool]:
    """Whether codes of a system, or those that a grouping is of, say why and not what was done; both, where some do."""
    sources = {each.source_system for each in build.crosswalks.values() if each.target_system == name}
    systems = [name] if name in build.systems else [each for each in sources if each in build.systems]
    return {kind in KINDS_THAT_SAY_WHY for each in systems for kind in build.systems[each].kinds}


def _is_of_other_field(build: Build, system: str, to: str) -> bool:
    """Whether one says why and the other what was done, so that it is known that no code of one leads to the other."""
    own, theirs = _says_why(build, system), _says_why(build, to)
    return bool(own) and bool(theirs) and own.isdisjoint(theirs)


def _field_of(build: Build, name: str) -> str:
    what = "codes of" if name in build.systems else "categories of"
    return f"{what} {name} say {'why' if True in _says_why(build, name) else 'what was done or supplied'}"


def _preference(each: CrosswalkRow) -> tuple[bool, bool, str]:
    return each.relation != EQUIVALENCE, each.origin != "derived", each.crosswalk


def _year_to_year(fitting: list[CrosswalkRow], system: str) -> ChosenCrosswalk | None:
    """The two that lead from a day to any other day of a system; None where it has not both."""
    by_direction = {each.direction: each for each in fitting}
    forward, backward = by_direction.get(FORWARD), by_direction.get(BACKWARD)
    return ChosenCrosswalk(system, system, forward, backward) if forward and backward else None


def _why_none(build: Build, leading: list[CrosswalkRow], system: str, to: str) -> str:
    """Why a code cannot be translated: what leads there from its system is no translation, or nothing does."""
    if leading:
        return "; ".join(map(_no_translation, leading))
    if system == to:
        return f"no crosswalk leads from one year to another in {system}"
    return f"no crosswalk leads from {system} to {to}{_instead(build, system, to)}"


def _instead(build: Build, system: str, to: str) -> str:
    """Which grouping is of a system where the one that was asked for is not: that of the same name (CCSProc for CCS)
    where there is one, else all; nothing of what is no grouping."""
    if to in build.systems:
        return ""
    leads = [each for each in build.crosswalks.values() if each.relation == GROUPING and each.source_system == system]
    own = sorted({each.target_system for each in leads})
    named = [each for each in own if each.lower().startswith(to.lower()) or to.lower().startswith(each.lower())]
    told = ", ".join(named or own)
    groupings = "the grouping" if len(named or own) == 1 else "groupings"
    return f"; {groupings} of {system}: {told}" if told else ""


def _of_version(build: Build, grouping: CrosswalkRow, release: date | str | None) -> ChosenCrosswalk:
    """A grouping with its versions here, and the one that was asked for."""
    versions = read_versions(build, grouping.crosswalk)
    asked = version_called(grouping.crosswalk, versions, str(release)) if release else None
    systems = (grouping.source_system, grouping.target_system)
    return ChosenCrosswalk(*systems, grouping, versions=tuple(versions), version=asked)


def _require_newest(build: Build, to: str, question: Question) -> None:
    """Raises for a release that the build has no crosswalk to: another than the newest one here of the target."""
    if question.release is None or to not in build.systems:
        return
    release = day_of_release(to, question.release)
    require_known_release(build, to, release)
    _, newest = build.release_days.get(to, (None, None))
    if newest and release < newest:
        raise UsageError(
            f"crosswalks between systems lead to the newest release of {to}, of {newest}\n"
            f"  next:     leave --release out, then translate the result from {to} to {to} with --release"
        )


def day_of_release(system: str, release: date | str) -> date:
    """A day of the release of a system. Raises UsageError for a text that is none."""
    try:
        return release if isinstance(release, date) else date.fromisoformat(release)
    except ValueError as problem:
        raise UsageError(
            f"--release {release}: no day, and {system} is no grouping, whose versions have names\n"
            "  next:     a day of the release, such as 2024-10-01"
        ) from problem


def require_known_release(build: Build, system: str, release: date) -> None:
    """Raises NotKnown for a day of which the build cannot speak, UsageError for one on which the system had no use."""
    known = read_known_days(build)[system]
    if known.is_out_of_use(release):
        days = f"from {known.in_use_from or 'the first day'} to {known.in_use_to or 'today'}"
        raise UsageError(f"{system} was not in use on {release}, but {days}\n  next:     name another --release")
    if why := known.why_not_known(release):
        raise NotKnown(f"{system} on {release}: {why}\n  next:     name a --release in between")
