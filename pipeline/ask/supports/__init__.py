"""Whether a diagnosis supports a procedure, by the policies of a published build.

Which codes are meant is found out as for a look-up, `ask.resolve_codes`. `roles` tells procedures from diagnoses,
`policy_answers` what policies say of a pair, `support_text` puts it into words.
"""

from dataclasses import replace
from datetime import date

from pipeline.ask.build import Build
from pipeline.ask.code_episodes import Episode, find_episodes
from pipeline.ask.code_questions import AskedCode
from pipeline.ask.resolve_codes import UNKNOWN, Reading, resolve_codes
from pipeline.ask.supports.policy_answers import judge_pairs, read_policies
from pipeline.ask.supports.roles import tell_roles
from pipeline.ask.supports.support_answer import SYSTEM_OF_DIAGNOSES, Support
from pipeline.ask.written_codes import WrittenCode
from pipeline.errors import UsageError

__all__ = ["Support", "find_support"]


def find_support(build: Build, asked: list[AskedCode]) -> list[Support]:
    """What every policy says of every procedure asked with every diagnosis asked; of a pair that none speaks of, that.

    Without a day each policy is asked of the day on which its edition takes effect. Raises UsageError where there is
    no procedure or no diagnosis among the codes, or where they name several days.
    """
    on = _one_day(asked)
    roles = tell_roles(build, asked)
    found = read_policies(build, [each.bare for each in roles.procedures], [each.bare for each in roles.diagnoses])
    days = {on, *(each.effective_from for each in found.policies.values() if on is None)}
    written = [each.asked for each in roles.diagnoses]
    elsewhere = _elsewhere(build, roles.diagnoses)
    readings = {
        day: [_told_elsewhere(each, elsewhere) for each in resolve_codes(build, written, SYSTEM_OF_DIAGNOSES, day)]
        for day in days
    }
    by_diagnosis = [dict(zip(readings, each, strict=True)) for each in zip(*readings.values(), strict=True)]
    answers = [
        answer
        for procedure in roles.procedures
        for diagnosis in by_diagnosis
        for answer in judge_pairs(found, procedure, diagnosis, on)
    ]
    return [*answers, *roles.undecided]


def _elsewhere(build: Build, diagnoses: list[WrittenCode]) -> dict[str, Episode]:
    """What other systems of diagnoses have, by the code as it was asked."""
    others = [each for each in find_episodes(build, [code.bare for code in diagnoses]) if _is_other(build, each)]
    return {code.asked: each for code in diagnoses for each in others if each.code == code.bare}


def _is_other(build: Build, episode: Episode) -> bool:
    return episode.system != SYSTEM_OF_DIAGNOSES and "diagnosis" in build.systems[episode.system].kinds


def _told_elsewhere(reading: Reading, elsewhere: dict[str, Episode]) -> Reading:
    """The same reading; of a code that is in no listing of today's diagnoses, that an older system had it."""
    found = elsewhere.get(reading.asked)
    if reading.status != UNKNOWN or found is None:
        return reading
    until = f", which ended on {found.valid_to}" if found.valid_to else ""
    reason = f"{reading.reason}: {found.code_dotted} is a code of {found.system}{until}"
    return replace(reading, reason=f"{reason}; policies name codes of {SYSTEM_OF_DIAGNOSES}")


def _one_day(asked: list[AskedCode]) -> date | None:
    """The day that all codes are asked of: each procedure is asked with each diagnosis, so that there is one."""
    days = sorted({day for _, _, day in asked if day})
    if len(days) > 1:
        raise UsageError(
            f"the codes name {len(days)} days, from {days[0]} to {days[-1]}\n"
            "  next:     ask of one day at a time; docs/coverage.md has the question for many claim lines"
        )
    return days[0] if days else None
