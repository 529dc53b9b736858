"""What agencies say of a code's use on a day: by the lists that speak of it, and that none does where none is here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.code_episodes import Episode

ON_LIST, NOT_ON_LIST, NO_LIST = "listed", "not_listed", "not_known"
# Of these a look-up says also that a code is not on the list, or that no list is here; of others that it is.
ALWAYS_TOLD: Final = ("poa_exempt", "cc", "or_procedure", "chronic")
RULE_LISTS: Final = """
    select rule, system, known_from, known_through, title, otherwise from rule_lists order by rule, system, known_from
"""
RULED: Final = """
    select r.system, r.code, q.day, r.rule, r.value
    from code_rules r join (select unnest($codes) as code, unnest($days) as day) q
        on q.code = r.code and q.day between r.valid_from and r.valid_to
    order by r.system, r.code, q.day, r.rule, r.value
"""


@dataclass(frozen=True)
class RuleOnDay:
    """One rule of a code on a day: its title, whether the code is listed, and what that says, where it is known."""

    rule: str
    title: str
    status: str
    said: str | None

    def __str__(self) -> str:
        """The rule in plain words."""
        return f"{self.title}: {self.said}"


@dataclass(frozen=True)
class RuleDays:
    """The days of which one list of a rule speaks."""

    rule: str
    system: str
    known_from: date
    known_through: date
    title: str
    otherwise: str | None


class RulesOnDays:
    """The rules of some codes, each on a day of its own."""

    def __init__(self, build: Build, asked: Iterable[tuple[str, date]]) -> None:
        """`asked` are bare codes and days; nothing is looked for where there is none."""
        pairs = sorted(set(asked))
        self._lists: dict[str, dict[str, list[RuleDays]]] = defaultdict(lambda: defaultdict(list))
        self._values: dict[tuple[str, str, date], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        if not pairs or "code_rules" not in build.names:
            return
        for row in build.rows(RULE_LISTS):
            self._lists[row["system"]][row["rule"]].append(RuleDays(**row))
        codes, days = [code for code, _ in pairs], [day for _, day in pairs]
        for row in build.rows(RULED, codes=codes, days=days):
            self._values[row["system"], row["code"], row["day"]][row["rule"]].append(row["value"])

    def of(self, system: str, code: str, day: date) -> list[RuleOnDay]:
        """What is known of a code on a day, rule by rule, in the order of their names; and what is not."""
        values = self._values.get((system, code, day), {})
        found = []
        for rule, lists in self._lists.get(system, {}).items():
            own = next((each for each in lists if each.known_from <= day <= each.known_through), None)
            said = "; ".join(values.get(rule, ()))
            if said:
                found.append(RuleOnDay(rule, lists[0].title, ON_LIST, said))
            elif own is None or own.otherwise is None:
                found.append(RuleOnDay(rule, lists[0].title, NO_LIST, None))
            else:
                found.append(RuleOnDay(rule, own.title, NOT_ON_LIST, own.otherwise))
        return found

    def in_brief(self, episode: Episode, day: date | None) -> str | None:
        """What `in_words` says, by the names of the rules: `cc=MCC; poa_exempt=exempt; chronic=not_known`. Nothing
        without a day, or of a code that could not be reported on it."""
        if day is None or not (episode.billable and episode.is_valid_on(day)):
            return None
        own = self.of(episode.system, episode.code, day)
        told = [each for each in own if each.status == ON_LIST or each.rule in ALWAYS_TOLD]
        return "; ".join(f"{each.rule}={each.said or each.status}" for each in told) or None

    def in_words(self, system: str, code: str, day: date) -> list[str]:
        """A line for each rule that a list of the day states, and one for those of which no list here speaks."""
        own = self.of(system, code, day)
        said = [
            each for each in own if each.status == ON_LIST or (each.status == NOT_ON_LIST and each.rule in ALWAYS_TOLD)
        ]
        lacking = [each.title for each in own if each.status == NO_LIST and each.rule in ALWAYS_TOLD]
        not_known = [f"  not known on {day}, of which no list is here: {', '.join(lacking)}"] if lacking else []
        return [*(f"  {each}" for each in said), *not_known]
