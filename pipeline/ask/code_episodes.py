"""What a code meant, and when: its episodes in the systems that have it."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from pipeline.ask.build import Build

MORTALITY: Final = "mortality"  # the setting of causes of death: they stand on certificates, on no claim
LEFT_CENSORED: Final = "left_censored"
PUBLIC_DOMAIN: Final = "US government work"
NO_WORDING: Final = "what it meant then is in no file here"
TOLD_STARTS: Final = frozenset({"record", "conversion_table"})
STARTS_IN_WORDS: Final = {
    "record": "by the publisher's record",
    "addenda": "by the release's list of changes",
    "conversion_table": "by the conversion table",
    "release": "first listed then",
    LEFT_CENSORED: "older than the lists here",
}
# CPT category II and its like of HCPCS: on claims for reporting purposes only (status M of the physician fee schedule).
# A demonstration of 2006 did pay for G9050 to G9139.
MEASURE: Final = "performance_measure"
# Both tables are narrowed to the codes, since each is sorted by them: that leaves most of the files unread. What was
# listed only before its system was in use is in `code_history` alone: the system says the rest of it.
EPISODES: Final = """
    select h.system, h.code,
        coalesce(
            c.code_dotted, h.code[:s.dot_after] || coalesce('.' || nullif(h.code[s.dot_after + 1:], ''), ''), h.code
        ) as code_dotted,
        h.kind, h.setting, coalesce(c.maintainer, s.maintainer) as maintainer, h.valid_from, h.valid_to,
        h.valid_from_basis, h.billable, coalesce(c.standalone, true) as standalone,
        coalesce(h.description, h.short_description) as meaning,
        c.section, c.section_title, c.parent_code, coalesce(c.licence, s.licence) as licence,
        coalesce(h.valid_to < s.in_use_from, false) as is_before_use,
        min(if(meaning is null, null, h.valid_from)) over (
            partition by h.system, h.code, h.lives_behind order by h.valid_from
            rows between current row and unbounded following
        ) as worded_from,
        h.valid_from_earliest, h.valid_to_earliest
    from (
        select *, sum(is_last::int) over (
            partition by system, code order by valid_from rows between current row and unbounded following
        ) as lives_behind
        from (
            select *, valid_to_basis is distinct from 'next_episode' as is_last
            from code_history where code in (select unnest($codes)) and ($system is null or system = $system)
        )
    ) h join systems s using (system)
    left join (from codes where code in (select unnest($codes))) c using (system, code)
    order by h.code, h.system, h.valid_from
"""
# What a look-up says of an episode as csv, by its names.
OF_EPISODE: Final = [
    "system", "code", "code_dotted", "meaning", "billable", "valid_from", "valid_to", "valid_from_basis", "kind",
    "maintainer", "setting", "standalone", "section", "section_title", "parent_code", "licence",
    "is_before_use", "why_no_meaning",
]  # fmt: skip


@dataclass(frozen=True)
class Episode:
    """What a code meant in an unbroken run of days: a row of `code_history` with what `codes` says of the code.

    One of an edition from before the system was in use (`is_before_use`) is history of the text: nothing was valid
    then. `worded_from` is the first day from it on whose wording is known, without a day on which the number was out of
    use; None where no file here has any, or the licence forbids to show it.
    `valid_from_earliest` is the first day on which it may have begun, where valid_from is the last;
    `valid_to_earliest` the first that may have been its last day, where valid_to is the last such.
    """

    system: str
    code: str
    code_dotted: str
    kind: str
    setting: str
    maintainer: str
    valid_from: date
    valid_to: date | None
    valid_from_basis: str
    billable: bool
    standalone: bool
    meaning: str | None
    section: str | None
    section_title: str | None
    parent_code: str | None
    licence: str
    is_before_use: bool
    worded_from: date | None
    valid_from_earliest: date | None = None
    valid_to_earliest: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether a day lies in the episode, and the system was in use."""
        return not self.is_before_use and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def may_have_begun_by(self, day: date) -> bool:
        """Whether a day lies before it, and behind the newest file that shows that it had not begun."""
        return self.valid_from_earliest is not None and self.valid_from_earliest <= day < self.valid_from

    def may_have_ended_by(self, day: date) -> bool:
        """Whether a day lies in it, and behind the newest list that shows that it had not ended."""
        return self.valid_to_earliest is not None and self.valid_to_earliest < day and self.is_valid_on(day)

    @property
    def is_start_told(self) -> bool:
        """Whether a publisher says that the code began then: that a release is the first to have it tells nothing of
        days before the oldest release, on which it may have been valid once before."""
        return self.valid_from_basis in TOLD_STARTS

    @property
    def is_older_than_known(self) -> bool:
        """Whether it began before its first day that is known: the oldest list that has codes of its kind has it."""
        return self.valid_from_basis == LEFT_CENSORED

    @property
    def how_start_is_known(self) -> str:
        """How its first day is known, in words."""
        return STARTS_IN_WORDS[self.valid_from_basis]

    @property
    def first_day(self) -> str:
        """Its first day in words: the oldest listing has codes that are older than it."""
        if self.valid_from_earliest:
            return f"{self.valid_from} at the latest"
        return f"before {self.valid_from}" if self.valid_from_basis == LEFT_CENSORED else str(self.valid_from)

    @property
    def last_day(self) -> str:
        """Its last day in words, of an episode that has one."""
        return (
            f"some day from {self.valid_to_earliest} to {self.valid_to}"
            if self.valid_to_earliest
            else str(self.valid_to)
        )

    @property
    def why_no_meaning(self) -> str | None:
        """Why no meaning is shown: nobody knows how the code was worded then, or the licence; None where one is."""
        if self.meaning:
            return None
        if self.worded_from:
            return f"wording before {self.worded_from} is not known"
        return NO_WORDING if self.licence.startswith(PUBLIC_DOMAIN) else "no text: see the licence"

    @property
    def is_measure(self) -> bool:
        """Whether it is reported so that performance can be measured, and as a rule not paid (CPT category II)."""
        return self.kind == MEASURE

    @property
    def is_of_deaths(self) -> bool:
        """Whether it is a cause of death, which no claim carries."""
        return self.setting == MORTALITY


def is_never_in_use(episodes: list[Episode]) -> bool:
    """Whether a code was listed only before its system was in use, so that it never was valid (T40.1X5A of 2012)."""
    return all(each.is_before_use for each in episodes)


def in_use(episodes: list[Episode]) -> list[Episode]:
    """Of the episodes of one code those of its use; all where there is none."""
    return [each for each in episodes if not each.is_before_use] or episodes


def describe_hole(episodes: list[Episode]) -> str | None:
    """The last stretch of days on which a number was out of use, before it came back, in words; None where there is
    none. It may have come back as something else."""
    one_day = timedelta(days=1)
    holes = [
        (before, before.valid_to + one_day, after)
        for before, after in pairwise(in_use(episodes))
        if before.valid_to and before.valid_to + one_day < after.valid_from
    ]
    if not holes:
        return None
    before, first, after = holes[-1]
    days = f"out of use from {first} to {after.valid_from - one_day}"
    if not before.meaning:
        return f"{days}; before, it may have meant something else" if after.meaning else days
    return f"{days}; before, it meant something else, as below" if before.meaning != after.meaning else days


def find_episodes(build: Build, codes: list[str], system: str | None = None) -> list[Episode]:
    """The episodes of some bare codes, in the order of code, system and day."""
    answer = build.ask(EPISODES, codes=sorted(set(codes)), system=system)
    return [Episode(*record) for record in answer.records]
