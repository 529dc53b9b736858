"""Code lists in another system, or on another day of their own, by the rule of `pipeline.list_rules`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.ask.build import Build
from pipeline.ask.known_days import read_known_days
from pipeline.ask.relations import EQUIVALENCE
from pipeline.errors import UsageError
from pipeline.list_rules import LIST_MACROS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow

ENCOUNTER_CHOICES: Final = ("mapped", "all", "initial")
MEMBER_CHOICES: Final = ("principal", "any")
CONVERTED_COLUMNS: Final = (
    "concept", "status", "reason", "system", "code", "code_dotted", "description", "first_day", "share", "alternatives",
    "via", "forward_from", "outside", "path",
)  # fmt: skip
COMES_IN, TO_JUDGE, LEADS_NOWHERE = "include", "review", "none"
# What each reason says: of a code that comes in, of one to judge, of a code of the list that leads nowhere.
CONVERSION_REASONS: Final = {
    "exact": "its one translation is in the list, and the map calls the two the same",
    "narrower": "all that it translates to is in the list",
    "narrower_one_way": "the same, but no map leads from the list's procedure back to it: half of these are right",
    "narrower_combination": "it stands for several codes together, the first of which is in the list",
    "broader": "half or more of its alternatives are in the list",
    "later_encounter": "a later encounter: it stands where the first encounter stands, or is to be judged",
    "part": "only a further member of a combination, or a part, is in the list",
    "broader_review": "less than half of its alternatives are in the list",
    "forward_only": "a code of the list leads to it, but its own translation does not lead back",
    "no_map": "the publisher says that there is no equivalent",
    "ended": "it had ended by the list's day, or ended before the target's and nobody says what took its place",
    "not_yet": "it was not valid yet",
    "heading": "it was a heading on the list's day, which no claim carries",
    "not_bridged": "nobody says what it is there",
    "not_known": "the list's day lies between a release that has it and one that has not, years apart",
    "unknown": "no listing of its system has it",
}
SPEAKS_OF: Final = """
    select count(*) as codes, count(*) filter (code not in (
        select source_code from mappings m join crosswalks c using (crosswalk)
        where c.relation = 'equivalence' and c.source_system = $target and c.target_system = $listed
            and m.target_code is not null
    )) as without
    from validity where system = $target and billable and $day between valid_from and valid_through
"""


@dataclass(frozen=True)
class ConversionWay:
    """From which system and day to which, and how: one of `ENCOUNTER_CHOICES`, and one of `MEMBER_CHOICES`."""

    listed: str
    target: str
    list_day: date
    target_day: date
    encounters: str = ENCOUNTER_CHOICES[0]
    members: str = MEMBER_CHOICES[0]

    @property
    def in_words(self) -> str:
        """What a reader of the result must know of it."""
        return (
            f"{self.listed} on {self.list_day} to {self.target} on {self.target_day}; "
            f"encounters: {self.encounters}; members: {self.members}"
        )


def find_way(
    build: Build,
    listed: str,
    target: str,
    *,
    list_day: date | None = None,
    target_day: date | None = None,
    encounters: str = ENCOUNTER_CHOICES[0],
    members: str = MEMBER_CHOICES[0],
) -> ConversionWay:
    """The way between two systems, by their ids; a day that is not named is the last one of which the build can speak.

    Raises UsageError where no map leads between them, where the target was not in use on its day, or a word is none of
    the above; NotKnown where the build cannot speak of a day.
    """
    for name, word, words in (("encounters", encounters, ENCOUNTER_CHOICES), ("members", members, MEMBER_CHOICES)):
        if word not in words:
            raise UsageError(f"{name}: {word} is no choice\n  next:     one of {', '.join(words)}")
    pairs = {
        (each.source_system, each.target_system)
        for each in build.crosswalks.values()
        if each.relation == EQUIVALENCE and each.opposite in build.crosswalks
    }
    if listed != target and (target, listed) not in pairs:
        there = sorted(source for source, own in pairs if own == listed)
        elsewhere = f"convert to one of {', '.join(there)}" if there else "leave them out of the list"
        raise UsageError(
            f"no map leads between {listed} and {target}, so that codes of {listed} cannot be converted to {target}\n"
            f"  next:     {elsewhere}, or convert to another day of {listed}"
        )
    list_day, target_day = _known_day(build, listed, list_day), _known_day(build, target, target_day)
    of_target = read_known_days(build)[target]
    if listed != target and of_target.is_out_of_use(target_day):
        raise UsageError(
            f"{target} was not in use on {target_day}, so that nothing has a code there\n"
            f"  next:     name a day from {of_target.in_use_from} to {of_target.in_use_to or 'now'}"
        )
    return ConversionWay(listed, target, list_day, target_day, encounters, members)


def _known_day(build: Build, system: str, day: date | None) -> date:
    known = read_known_days(build)[system]
    known.require_listing()
    if day is None:
        return known.known_through or date.max
    known.require(day)
    return day


def table_of_codes(build: Build, pairs: Iterable[tuple[str, str]]) -> "pyarrow.Table":
    """Concepts and codes as a table to convert. An Arrow table made in Python would wait for pandas: 0.3 s."""
    whole = [*pairs]
    question = "select unnest($concepts::varchar[]) as concept, unnest($codes::varchar[]) as code"
    return build.ask_table(question, concepts=[pair[0] for pair in whole], codes=[pair[1] for pair in whole])


def convert_codes(build: Build, codes: "pyarrow.Table", way: ConversionWay) -> "pyarrow.Table":
    """The rows of `CONVERTED_COLUMNS` for codes of one system: columns concept and code, as tables write them, in any
    order and each as often as it is written. In the order of concepts, statuses and codes."""
    build.lend("asked_list", codes)
    for call, (_, body) in LIST_MACROS.items():
        build.ask(f"create or replace temporary macro {call} as {body}")
    return build.ask_table(
        f"select {', '.join(CONVERTED_COLUMNS)} from convert_list('asked_list', '{way.listed}', '{way.target}', "
        f"date '{way.list_day}', date '{way.target_day}', encounters := '{way.encounters}', "
        f"members := '{way.members}') order by concept, status, code, via"
    )


def convert_frame(build: Build, codes: "pd.DataFrame", to: str, **choices: object) -> "pd.DataFrame":
    """The same with frames: columns concept (may be missing), system and code; `choices` as those of `find_way`.

    Each system's codes are converted in turn; columns of several codes hold lists. Raises as `find_way` does.
    """
    import pandas as pd  # noqa: PLC0415 -- who asks for rows does not wait for pandas
    import pyarrow as pa  # noqa: PLC0415

    named = codes if "concept" in codes else codes.assign(concept="")
    found = [
        convert_codes(
            build,
            pa.Table.from_pandas(own[["concept", "code"]].astype(str), preserve_index=False),
            find_way(build, build.system_called(system), build.system_called(to), **choices),  # type: ignore[arg-type]
        ).to_pandas(types_mapper=pd.ArrowDtype)
        for system, own in named.groupby("system")
    ]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*CONVERTED_COLUMNS])


def count_without_translation(build: Build, way: ConversionWay) -> tuple[int, int]:
    """How many codes could be reported in the target's system on its day, and how many of them no map speaks of: none
    of these can come in. Within a system the answer is 0 of all."""
    if way.listed == way.target:
        return 0, 0
    (row,) = build.rows(SPEAKS_OF, target=way.target, listed=way.listed, day=way.target_day)
    return row["codes"], row["without"]
