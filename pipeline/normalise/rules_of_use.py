"""Rules of use: what agencies say of a code's use, list by list, in our columns.

A rule of a layout takes a release and its text frames by part, and returns the lists in it, with what else it says of
groups and of collections of diagnoses. Which rules there are, and what each means, is said by `rules_of_use.toml`.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest import TextFrame
from pipeline.ingest.cci import CHRONIC
from pipeline.normalise.addenda_counts import AddendaCount
from pipeline.normalise.hierarchy import bare
from pipeline.normalise.systems import read_systems
from schemas.arrow import arrow_schema
from schemas.msdrgs import MsDrgs

RULED_COLUMNS: Final = pa.schema([("code", pa.string()), ("value", pa.string())])
COLLECTION_COLUMNS: Final = pa.schema([("collection", pa.string()), ("code", pa.string())])
GROUP_COLUMNS: Final = pa.schema([(field.name, field.type) for field in arrow_schema(MsDrgs)])


@dataclass(frozen=True)
class RuleOfUse:
    """One rule: its title, what a row says, what holds of a code that a list does not have, whose statement it
    is, and of which system, where its lists do not say so."""

    rule: str
    title: str
    meaning: str
    otherwise: str | None = None
    origin: str = "published"
    system: str = "ICD10CM"


@cache
def read_rules_of_use() -> dict[str, RuleOfUse]:
    """The rules by name, in the order of the registry."""
    path = Path(__file__).with_name("rules_of_use.toml")
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
    return {each["rule"]: RuleOfUse(**each) for each in entries}


@dataclass(frozen=True)
class RuleList:
    """The list of one rule and system in one release: `rows` has RULED_COLUMNS, codes bare, each code and value once.

    It speaks of the days from `known_from` through `known_through`. `restates` says that it repeats the list of another
    source for the same day, which counts where both are here.
    """

    rule: str
    system: str
    source: str
    release: str
    known_from: date
    known_through: date
    where: str
    rows: pa.Table
    restates: bool = False


@dataclass(frozen=True)
class PublishedRules:
    """What one release says of codes' use: its lists, the groups that it names (GROUP_COLUMNS), the collections of
    principal diagnoses that exclude a complication (COLLECTION_COLUMNS), and the numbers that it prints of itself."""

    lists: list[RuleList]
    groups: pa.Table = field(default_factory=GROUP_COLUMNS.empty_table)
    collections: pa.Table = field(default_factory=COLLECTION_COLUMNS.empty_table)
    counts: list[AddendaCount] = field(default_factory=list)


UseRules = Callable[[RawRelease, dict[str, TextFrame]], PublishedRules]


def list_of(
    rule: str, delivery: RawRelease, where: str, code: pa.ChunkedArray, value: str | pa.ChunkedArray
) -> RuleList:
    """The list of a rule in a release: codes as printed, and a value for each or for all."""
    system = read_rules_of_use()[rule].system
    own = bare(code, read_systems()[system])
    values = pa.repeat(value, len(own)) if isinstance(value, str) else value
    return RuleList(
        rule,
        system,
        delivery.source.source,
        delivery.release.release,
        delivery.release.effective_from,
        delivery.source.known_through(delivery.release.effective_from),
        where,
        pa.table([own, values], schema=RULED_COLUMNS),
    )


def poa_rules(delivery: RawRelease, parts: dict[str, TextFrame]) -> PublishedRules:
    """The exempt list of one edition, and the numbers that its ReadMe prints."""
    frame = parts["list"]
    exempt = list_of("poa_exempt", delivery, frame.where, frame.table["code"], "exempt")
    return PublishedRules([exempt], counts=_counts_of_readme(delivery, parts))


def cci_rules(delivery: RawRelease, parts: dict[str, TextFrame]) -> PublishedRules:
    """The diagnoses that the indicator of one version calls chronic: it judges every code of its days."""
    frame = parts["indicator"]
    is_chronic = pc.and_(pc.equal(frame.table["indicator"], CHRONIC), pc.equal(frame.table["category"], "1"))
    codes = frame.table["code"].filter(is_chronic)
    return PublishedRules([list_of("chronic", delivery, frame.where, codes, "chronic")])


def _counts_of_readme(delivery: RawRelease, parts: dict[str, TextFrame]) -> list[AddendaCount]:
    """Each number of the ReadMe beside the rows of the file that it speaks of; revisions have two rows each."""
    readme = parts.get("readme")
    if readme is None:
        return []
    printed = dict(zip(*(readme.table[name].to_pylist() for name in ("kind", "count")), strict=True))
    return [
        AddendaCount(
            "ICD10CM",
            delivery.release.release,
            readme.where,
            "exempt codes",
            kind,
            "lines",
            len(parts[kind].table) // (2 if kind == "revise" else 1) if kind in parts else 0,
            int(printed[kind]) if kind in printed else None,
        )
        for kind in ("list", "add", "delete", "revise")
        if kind in parts or kind in printed
    ]


def ipps_rules(delivery: RawRelease, parts: dict[str, TextFrame]) -> PublishedRules:
    """Tables 6I and 6J as one list of complications, and table 5 as groups: those of them that are in one file."""
    levels = [parts[each] for each in ("mcc", "cc") if each in parts]
    lists = [list_of("cc", delivery, each.where, each.table["code"], each.table["level"]) for each in levels]
    lists = [replace(each, restates=True) for each in lists]
    return PublishedRules(lists, groups=_weighted(delivery, parts["weights"]) if "weights" in parts else _no_groups())


def _no_groups() -> pa.Table:
    return GROUP_COLUMNS.empty_table()


WEIGHTS_AS: Final = {"PRE": "Pre", "SURG": "surgical", "MED": "medical", "**": None, "": None}
AMOUNTS: Final = ("weight_before_cap", "weight", "geometric_mean_days", "arithmetic_mean_days")


def _weighted(delivery: RawRelease, frame: TextFrame) -> pa.Table:
    """The groups of table 5 with their weights; what has no weight has a dot or nothing there."""
    rows = frame.table
    amounts = {
        name: pc.if_else(pc.match_substring_regex(rows[name], r"\d"), rows[name], None).cast(pa.float64())
        for name in AMOUNTS
    }
    flags = {name: pc.equal(rows[name], "Yes") for name in ("post_acute", "special_pay")}
    words = {name: _in_our_words(rows[name], WEIGHTS_AS) for name in ("mdc", "type")}
    return as_groups(delivery, len(rows), drg=rows["drg"], title=rows["title"], **words, **flags, **amounts)


def _in_our_words(values: pa.ChunkedArray, words: dict[str, str | None]) -> pa.Array:
    return pa.array([words.get(each, each) for each in values.to_pylist()], pa.string())


def as_groups(delivery: RawRelease, count: int, **columns: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Rows in GROUP_COLUMNS with the days of a release; what is not given is null."""
    day = delivery.release.effective_from
    repeated = {
        "release": delivery.release.release,
        "valid_from": day,
        "valid_through": delivery.source.known_through(day),
    }
    given = [
        columns[name].cast(kind) if name in columns else pa.repeat(pa.scalar(repeated.get(name), kind), count)
        for name, kind in zip(GROUP_COLUMNS.names, GROUP_COLUMNS.types, strict=True)
    ]
    return pa.table(given, schema=GROUP_COLUMNS)
