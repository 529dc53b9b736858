"""Which code is meant: of which system, valid on the day, and no heading."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

from pipeline.ask.lookup import known_system, query, require_text
from pipeline.ask.translate.model import RESOLVED, Question, Translation

MORTALITY: Final = "mortality"
EPISODES: Final = """
    select h.system, h.code, c.code_dotted, h.valid_from, h.valid_to, h.billable,
        coalesce(h.description, h.short_description) as meaning, h.setting
    from '{build}/parquet/code_history.parquet' h join '{build}/parquet/codes.parquet' c using (system, code)
    where h.code in (select unnest($codes)) and c.code in (select unnest($codes))
        and ($system is null or h.system = $system)
    order by h.code, h.system, h.valid_from
"""


@dataclass(frozen=True)
class Meant:
    """An unbroken run of days on which a code meant the same: a row of `code_history`."""

    system: str
    code: str
    code_dotted: str
    valid_from: date
    valid_to: date | None
    billable: bool
    meaning: str | None
    setting: str

    def is_valid_on(self, day: date) -> bool:
        """Whether a day lies in the run."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def resolve(build: Path, asked: list[str], question: Question) -> list[Translation]:
    """One answer for each code asked: resolved, or why it cannot be.

    A dot tells systems apart (80.20 is a procedure, 802.0 a diagnosis), and so does the day of service. Causes of death
    are meant only where their system is named, or no other has the code: they stand on no claim. Nothing else tells:
    that only one of two systems leads to the target is no reason to think that it was meant.
    """
    for each in asked:
        require_text(each)
    system = known_system(build, question.system) if question.system else None
    written = ["".join(each.split()).upper() for each in asked]
    bare = sorted({each.replace(".", "") for each in written})
    rows = [Meant(*row) for row in query(build, EPISODES, {"codes": bare, "system": system})]
    by_code = {code: list(group) for code, group in groupby(rows, key=lambda each: each.code)}
    return [
        _resolve_one(each, form, by_code.get(form.replace(".", ""), []), question)
        for each, form in zip(asked, written, strict=True)
    ]


def _resolve_one(asked: str, form: str, found: list[Meant], question: Question) -> Translation:
    meant = _without_deaths([each for each in found if "." not in form or each.code_dotted == form])
    if not meant:
        where = f"in {question.system}" if question.system else "in any system"
        return Translation(asked, "unknown", f"there is no such code {where}")
    on = question.on
    valid = [each for each in meant if on is None or each.is_valid_on(on)]
    if on and not valid:
        return Translation(asked, "invalid", f"not valid on {on}: {_spans(meant)}", *_name(meant))
    systems = sorted({each.system for each in valid})
    if len(systems) > 1:
        names = ", ".join(f"{each.system} ({each.code_dotted})" for each in _last_of_each(valid))
        return Translation(asked, "ambiguous", f"a code of {len(systems)} systems: {names}; --system picks one")
    if not any(each.billable for each in valid):
        return Translation(asked, "heading", f"a heading, which cannot be reported: {valid[-1].meaning}", *_name(valid))
    last = [each for each in valid if each.billable][-1]
    return Translation(asked, RESOLVED, "", last.system, last.code, last.code_dotted, last.meaning)


def _without_deaths(found: list[Meant]) -> list[Meant]:
    """What may stand on a claim; causes of death where there is nothing else."""
    return [each for each in found if each.setting != MORTALITY] or found


def _last_of_each(found: list[Meant]) -> list[Meant]:
    """The last run of each system."""
    return list({each.system: each for each in found}.values())


def _name(found: list[Meant]) -> tuple[str | None, str | None, str | None, str | None]:
    """System, code, dotted code and meaning where all are of one system."""
    last = found[-1]
    is_one = len({each.system for each in found}) == 1
    return (last.system, last.code, last.code_dotted, last.meaning) if is_one else (None, None, None, None)


def _spans(found: list[Meant]) -> str:
    """From when to when each system had the code."""
    texts = []
    for system, group in groupby(found, key=lambda each: each.system):
        runs = list(group)
        end = f"to {runs[-1].valid_to}" if runs[-1].valid_to else "on"
        texts.append(f"in {system} from {runs[0].valid_from} {end}")
    return "; ".join(texts)
