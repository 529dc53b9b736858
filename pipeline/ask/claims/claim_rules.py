"""What agencies say of the use of the codes of claims on their day: present on admission, complications and the like.

A list speaks of its own days. Each answer was cut where a list begins or ends, so that one holds for all its days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claims_database import make_table
from pipeline.ask.claims.claims_sql import literal

ASKED_RULES: Final = "select distinct rule from rule_lists order by rule"
RULE_NAMES: Final = {"poa": "poa_exempt", "mcc": "cc"}  # what they are called for short
CLAIM_RULE_STATUSES: Final = {
    "listed": "a list of the day has the code: the column says what it says",
    "not_listed": "a list of the day does not have it",
    "not_known": "no list here speaks of the day, there is no day, or the list is silent on the code",
    "other_system": "the rule is of other systems",
    "no_code": "no code was found",
}


@dataclass(frozen=True)
class AskedRule:
    """A rule that was asked for: the name of its column in the answers, and its own."""

    column: str
    rule: str


def read_asked_rules(build: Build, names: Sequence[str]) -> tuple[list[AskedRule], list[str]]:
    """The rules of the build among some names, and the names that are none."""
    known = {row["rule"] for row in build.rows(ASKED_RULES)} if names and "rule_lists" in build.names else set()
    rules = {name: RULE_NAMES.get(name.lower(), name.lower()) for name in names}
    asked = {rule: AskedRule(name.lower(), rule) for name, rule in rules.items() if rule in known}
    return list(asked.values()), [name for name, rule in rules.items() if rule not in known]


def ask_rules(database: DuckConnection, build: Build, asked: Sequence[AskedRule]) -> None:
    """Table `asked_rules`, and those of the build that have their lists."""
    build.show_to(database, ("rule_lists", "code_rules"), "build_")
    rows = ", ".join(f"({literal(each.column)}, {literal(each.rule)})" for each in asked)
    database.execute(f"create table asked_rules as select * from (values {rows}) as t (rule_column, rule)")


def make_rule_answers(database: DuckConnection) -> None:
    """Table `answer_rules`: for each answer and rule that was asked for what it says, and a status."""
    make_table(database, "answer_rules", "answer_rules.sql")


def rule_columns(asked: Sequence[AskedRule]) -> list[str]:
    """The columns of the answers that hold what a rule says and its status, as SQL of the joined tables."""
    return [f"{each.column}.said as {each.column}, {each.column}.status as {each.column}_status" for each in asked]


def rule_joins(asked: Sequence[AskedRule], answers: str) -> str:
    """The joins that give each answer its rules."""
    return " ".join(
        f"left join answer_rules as {each.column} on {each.column}.answer = {answers}.answer "
        f"and {each.column}.rule_column = {literal(each.column)}"
        for each in asked
    )
