"""What the definitions manual of one MS-DRG version says of codes: complications and their exclusions, operating room
procedures, hospital-acquired conditions; and its groups."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.survey import RawRelease
from pipeline.errors import RawFileError
from pipeline.ingest import TextFrame
from pipeline.ingest.msdrg_complications import COMPLICATION, DISCHARGED_ALIVE, MEMBER, NOT_COUNTED
from pipeline.normalise.rules_of_use import (
    COLLECTION_COLUMNS,
    GROUP_COLUMNS,
    PublishedRules,
    RuleList,
    as_groups,
    list_of,
)

GROUP_TYPES: Final = {"M": "medical", "P": "surgical"}
# The role of a code in a hospital-acquired condition, and the rule of use
CONDITION_ROLES: Final = {
    "secondary_diagnosis": "hac",
    "in_addition": "hac_in_addition",
    "principal_diagnosis": "hac_principal",
    "procedure": "hac_procedure",
}
# What appendices G and H list again: of which level, and which part of appendix C has it
LISTED_AGAIN: Final = {"G": ("CC", COMPLICATION), "H": ("MCC", COMPLICATION), "H2": (None, DISCHARGED_ALIVE)}


def msdrg_rules(delivery: RawRelease, parts: dict[str, TextFrame]) -> PublishedRules:
    """The lists of a version. Raises RawFileError where its appendices contradict each other."""
    lists: list[RuleList] = []
    collections = COLLECTION_COLUMNS.empty_table()
    if complications := parts.get("complications"):
        lists += _complications(delivery, complications)
        members = complications.table.filter(pc.equal(complications.table["part"], MEMBER))
        collections = members.select(COLLECTION_COLUMNS.names).cast(COLLECTION_COLUMNS)
    if procedures := parts.get("procedures"):
        lists += _procedures(delivery, procedures)
    if conditions := parts.get("lists"):
        lists += _conditions(delivery, conditions)
    if complications and conditions:
        _require_listed_again(complications, conditions)
    groups = _groups(delivery, parts["groups"]) if "groups" in parts else GROUP_COLUMNS.empty_table()
    return PublishedRules(lists, groups, collections)


def _complications(delivery: RawRelease, frame: TextFrame) -> list[RuleList]:
    listed, alive, elsewhere = (
        frame.table.filter(pc.equal(frame.table["part"], part))
        for part in (COMPLICATION, DISCHARGED_ALIVE, NOT_COUNTED)
    )
    excluded = listed.filter(pc.not_equal(listed["collection"], ""))
    lists = [
        ("cc", listed, listed["level"]),
        ("cc_exclusions", excluded, excluded["collection"]),
        ("cc_if_alive", alive, "discharged_alive"),
        *([("cc_not_in_msdrgs", elsewhere, elsewhere["drgs"])] if len(elsewhere) else []),
    ]
    return [list_of(rule, delivery, frame.where, rows["code"], value) for rule, rows, value in lists]


def _procedures(delivery: RawRelease, frame: TextFrame) -> list[RuleList]:
    index = frame.table.filter(pc.equal(frame.table["part"], "index"))
    value = pc.if_else(pc.match_substring(index["flags"], "*"), "non_or", "yes")
    members = index.filter(pc.match_substring(index["flags"], "+"))
    return [
        list_of("or_procedure", delivery, frame.where, index["code"], value),
        list_of("procedure_cluster", delivery, frame.where, members["code"], "member"),
    ]


def _conditions(delivery: RawRelease, frame: TextFrame) -> list[RuleList]:
    """The lists of each role, also where no code has it: that none has is known."""
    lists = []
    for role, rule in CONDITION_ROLES.items():
        rows = frame.table.filter(pc.fill_null(pc.equal(frame.table["role"], role), False))
        once = rows.group_by(["code", "condition"], use_threads=False).aggregate([])
        lists.append(list_of(rule, delivery, frame.where, once["code"], once["condition"]))
    return lists


def _require_listed_again(complications: TextFrame, conditions: TextFrame) -> None:
    """Appendices G and H have the codes of appendix C again, and appendix I their levels."""
    own, other = complications.table, conditions.table
    for appendix, (level, part) in LISTED_AGAIN.items():
        is_own = pc.equal(own["part"], part)
        rows = own.filter(pc.and_(is_own, pc.equal(own["level"], level)) if level else is_own)
        again = other.filter(pc.equal(other["appendix"], appendix))
        _require_same(conditions.where, appendix, rows["code"], again["code"])
    levels, printed = own.filter(pc.equal(own["part"], COMPLICATION)), other.filter(pc.is_valid(other["level"]))
    _require_none(conditions.where, "level", _as_pairs(printed), _as_pairs(levels))


def _as_pairs(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(rows["code"], rows["level"], " ")


def _require_same(where: str, appendix: str, own: pa.ChunkedArray, again: pa.ChunkedArray) -> None:
    _require_none(where, f"code of appendix {appendix}", again, own)
    _require_none(where, f"code of appendix C that appendix {appendix} has not", own, again)


def _require_none(where: str, name: str, values: pa.ChunkedArray, known: pa.ChunkedArray) -> None:
    lost = values.filter(pc.invert(pc.is_in(values, known.combine_chunks())))
    if len(lost):
        raise RawFileError(
            where,
            expected="the complications of appendix C once more, each with its level",
            found=f"another {name}: {lost[0]} (of {len(lost):,})",
            next_step="fetch the file again; where both are whole, the readers must learn what differs",
        )


def _groups(delivery: RawRelease, frame: TextFrame) -> pa.Table:
    rows = frame.table
    types = pa.array([GROUP_TYPES.get(each) for each in rows["type"].to_pylist()], pa.string())
    mdc = pc.if_else(pc.equal(rows["mdc"], ""), None, rows["mdc"])
    return as_groups(
        delivery, len(rows), drg=rows["drg"], version=rows["version"], mdc=mdc, type=types, title=rows["title"]
    )
