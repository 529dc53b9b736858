"""The days on which what is said beside the codes of claims may change: a list of a rule, or a version of a grouping,
begins or ends. Each answer is cut there, so that one holds for all its days."""

from typing import Final

from pipeline.ask.build import Build, DuckConnection
from pipeline.ask.claims.claim_categories import AskedBeside, edges_of
from pipeline.ask.claims.claim_rules import ask_rules
from pipeline.ask.claims.claims_database import read_question
from pipeline.ask.claims.claims_sql import literal

DAYS_OF_RULES: Final = """
    insert into cut_days
    select system, known_from from build_rule_lists join asked_rules using (rule)
    union
    select system, (known_through + interval 1 day)::date from build_rule_lists join asked_rules using (rule)
"""


def cut_answers(database: DuckConnection, build: Build, beside: AskedBeside) -> None:
    """Cuts the runs of days of table `judged_answers`; nothing is done where nothing asked for changes by the day."""
    days = edges_of(beside.groupings)
    if not days and not beside.rules:
        return
    database.execute("create table cut_days (system varchar, edge date)")
    if days:
        rows = ", ".join(f"({literal(system)}, date '{day}')" for system, day in days)
        database.execute(f"insert into cut_days values {rows}")
    if beside.rules:
        ask_rules(database, build, beside.rules)
        database.execute(DAYS_OF_RULES)
    database.execute(f"create table cut_answers as {read_question('cut_answers.sql')}")
    database.execute("drop table judged_answers")
    database.execute("alter table cut_answers rename to judged_answers")
