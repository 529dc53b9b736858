"""Which codes a text may be that is none as it is written: what claims infer from a day, a look-up suggests."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from pipeline.ask.build import Build
from pipeline.ask.claims.claim_tables import RuleColumns, read_step, values_in
from pipeline.ask.claims.rule_tables import rule_tables, rule_values
from pipeline.ask.claims.rules import repair_bits, repairs
from pipeline.ask.claims.scopes import ANY

INFERRED_STEPS: Final = {
    "texts": "select unnest($texts) as text",
    "written": read_step("written"),
    "asked": "select distinct cleaned, 0 as scope, null::varchar as stored_as, is_number from claims_written",
    "questions": read_step("questions"),
    "readings": "select null::bigint as question where false",  # none is a code as it is written
    "ranged": read_step("ranged"),
    "candidates": f"({read_step('inferred')}) union all {read_step('lacking_zeros')}",
}


class InferredCode(NamedTuple):
    """A code that may be meant, and how it was written differently."""

    system: str
    code_dotted: str
    why: str


def find_inferred(build: Build, texts: Iterable[str], system: str | None) -> dict[str, list[InferredCode]]:
    """By text the codes that can be reported and that it may be, of a system or of any that claims carry.

    A spreadsheet takes any code for a number that has digits alone, so that all of them may lack zeros.
    """
    tables = _tables_in_scope(build, system or ANY)
    values = {f"{name}_{column}": cells for name, columns in tables.items() for column, cells in columns.items()}
    of_rules = {name: _unnested(name, columns) for name, columns in tables.items()}
    parts = ", ".join(f"claims_{name} as ({sql})" for name, sql in (of_rules | INFERRED_STEPS).items())
    question = f"with {parts} {read_step('suggested')}"
    found: dict[str, list[InferredCode]] = defaultdict(list)
    for row in build.rows(question, **values_in(question, rule_values() | values | {"texts": [*texts]})):
        if system in {None, row["system"]}:
            found[row["text"]].append(InferredCode(row["system"], row["code_dotted"], _in_words(row["repairs"])))
    return found


def _tables_in_scope(build: Build, field: str) -> dict[str, RuleColumns]:
    """The tables of the rules that the steps need, of one field without a flag: its scope is 0."""
    tables = dict(rule_tables(build))
    scopes = zip(*(tables["scopes"][name] for name in ("scope", "field", "flag")), strict=True)
    own = next(scope for scope, *said in scopes if said == [field, ""])
    systems = tables["scope_systems"]
    kept = [at for at, scope in enumerate(systems["scope"]) if scope == own]
    in_scope = {name: [cells[at] for at in kept] for name, cells in systems.items()} | {"scope": [0] * len(kept)}
    places = tables["places"] | {"of_numbers": [True] * len(tables["places"]["system"])}
    return {"scope_systems": in_scope, "places": places, "number_ranges": tables["number_ranges"]}


def _unnested(name: str, columns: RuleColumns) -> str:
    return f"select {', '.join(f'unnest(${name}_{column}) as {column}' for column in columns)}"


def _in_words(bits: int) -> str:
    """How a look-up says what was repaired: the last repair, where one takes another with it."""
    said = [each.suggestion for each in repairs() if repair_bits()[each.name] & bits and each.suggestion]
    return said[-1]
