"""Checks of the rules of use: their codes stand in a listing, and lists that restate one another say the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.registry import read_crosswalks
from pipeline.crosswalk.unlisted import SHARE_OF_ABSENT, AbsentListings, DeclaredUnlisted
from pipeline.gate.findings import as_finding
from pipeline.normalise.rules_of_use import PublishedRules, RuleList

MISREAD_LIST: Final = "fetch the list again, correct its reader, or add the listing of its day"
RESTATED_LIST: Final = "fetch both files again; where they are whole, say in the catalogue which of them counts"
EXCLUDED: Final = "ICD10CM"  # whose codes collections of principal diagnoses hold


def find_ruled_unlisted(
    tables: Mapping[str, pa.Table], declared: Sequence[DeclaredUnlisted], absent: Mapping[str, AbsentListings]
) -> list[str]:
    """Lists, and the collections of principal diagnoses, with more codes that no listing has than can be of listings
    that are not here.

    `declared` are the codes of published maps that may be in no listing: a list of the same source may have them too.
    `absent` are the systems of which listings are posted and not here. Of a list that begins behind the horizon of its
    system some codes may be newer than every listing here.
    """
    if not {"rule_lists", "code_rules", "cc_exclusions", "codes", "systems"} <= tables.keys():
        return []
    through = dict(zip(*(tables["systems"][name].to_pylist() for name in ("system", "known_through")), strict=True))
    findings = []
    for each in (row for row in tables["rule_lists"].to_pylist() if row["unlisted"]):
        last = through.get(each["system"])
        share = _share(absent, each["system"], is_later=last is None or each["known_from"] > last)
        lost = [code for code in _cases(tables, each) if not _is_declared(code, each["source"], declared)]
        if len(lost) > share * each["codes"]:
            findings.append(_unlisted(each["rule"], each["system"], each | {"unlisted": len(lost)}, lost))
    excluded = tables["cc_exclusions"]["code"].unique()
    lost = unlisted_of(excluded, tables["codes"], EXCLUDED).to_pylist()
    if len(lost) > _share(absent, EXCLUDED, is_later=False) * len(excluded):
        told = {"unlisted": len(lost), "codes": len(excluded)}
        findings.append(_unlisted("cc_exclusions", EXCLUDED, told, lost))
    return findings


def _is_declared(code: str, source: str, declared: Sequence[DeclaredUnlisted]) -> bool:
    """Whether a code is one that the maps of a source may have in no listing."""
    return any(
        each.side == "source" and not each.share and re.fullmatch(each.codes, code)
        for each in declared
        if source in {read_crosswalks()[name].source for name in each.crosswalks}
    )


def unlisted_of(code: pa.Array | pa.ChunkedArray, codes: pa.Table, system: str) -> pa.Array | pa.ChunkedArray:
    """Those codes of a system that table `codes` does not have."""
    own = codes["code"].filter(pc.equal(codes["system"], system)).combine_chunks()
    return code.filter(pc.invert(pc.is_in(code, own)))


def _share(absent: Mapping[str, AbsentListings], system: str, *, is_later: bool) -> float:
    own = absent[system].share if system in absent else 0.0
    return max(own, SHARE_OF_ABSENT) if is_later else own


def _unlisted(rule: str, system: str, told: Mapping[str, object], cases: Sequence[str]) -> str:
    release = f" of {told['release']}" if "release" in told else ""
    many = f"{told['unlisted']:,} of {told['codes']:,} codes"
    return as_finding(f"rule {rule}{release}: {many} are in no listing of {system}", cases, MISREAD_LIST)


def _cases(tables: Mapping[str, pa.Table], one: Mapping[str, object]) -> list[str]:
    of_rule = tables["code_rules"].filter(pc.equal(tables["code_rules"]["rule"], one["rule"]))
    rules = of_rule.filter(
        (pc.field("system") == one["system"])
        & (pc.field("valid_from") <= one["known_from"]) & (pc.field("valid_to") >= one["known_from"])
    )  # fmt: skip
    lost: list[str] = unlisted_of(rules["code"], tables["codes"], str(one["system"])).to_pylist()
    return sorted(lost)


def find_restated_otherwise(published: Sequence[PublishedRules]) -> list[str]:
    """Lists of two sources for one rule and day that differ, both ways; and groups of one release that differ."""
    lists: dict[tuple[object, ...], dict[str, list[RuleList]]] = {}
    for each in (one for rules in published for one in rules.lists):
        lists.setdefault((each.rule, each.system, each.known_from), {}).setdefault(each.source, []).append(each)
    return [*_differing_lists(lists), *_differing_groups(published)]


def _differing_lists(lists: Mapping[tuple[object, ...], Mapping[str, list[RuleList]]]) -> Iterator[str]:
    for (rule, _, day), by_source in lists.items():
        for (one, own), (other, theirs) in combinations(sorted(by_source.items()), 2):
            if len(theirs) and len(own):
                cases = [*_only_in(own, theirs, one), *_only_in(theirs, own, other)]
                if cases:
                    said = f"rule {rule} of {day}: {len(cases):,} codes differ between {one} and {other}"
                    yield as_finding(said, cases, RESTATED_LIST)


def _only_in(own: list[RuleList], theirs: list[RuleList], source: str) -> list[str]:
    pairs, others = ({(code, value) for each in lists for code, value in _rows_of(each)} for lists in (own, theirs))
    return [f"{code} {value}: {source} alone" for code, value in sorted(pairs - others)]


def _rows_of(one: RuleList) -> list[tuple[str, str]]:
    return list(zip(one.rows["code"].to_pylist(), one.rows["value"].to_pylist(), strict=True))


def _differing_groups(published: Sequence[PublishedRules]) -> Iterator[str]:
    """The manual's groups against those of the table of weights, of releases that both have."""
    by_release: dict[str, dict[bool, dict[str, str]]] = {}
    for each in published:
        for row in each.groups.select(["release", "drg", "version", "title"]).to_pylist():
            own = by_release.setdefault(row["release"], {}).setdefault(row["version"] is not None, {})
            own[row["drg"]] = row["title"].upper()
    for release, sides in by_release.items():
        if len(sides) == 2:
            cases = [f"{drg} {title}" for drg, title in sorted(sides[True].items() ^ sides[False].items())]
            if cases:
                yield as_finding(f"groups of {release}: titles differ between manual and weights", cases, RESTATED_LIST)
