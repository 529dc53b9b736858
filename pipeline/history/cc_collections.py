"""The collections of principal diagnoses that exclude complications, named by what is in them.

Their numbers change with every version of the manual, and some versions print the same codes under many numbers (3,848
numbers for 2,038 collections in version 41). Each is kept once, under the release and number that first print it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.normalise.rules_of_use import COLLECTION_COLUMNS, PublishedRules, RuleList


def name_collections(published: Sequence[PublishedRules]) -> tuple[list[PublishedRules], pa.Table]:
    """The same rules with the names of collections for their numbers, and every collection once: COLLECTION_COLUMNS."""
    names: dict[bytes, str] = {}
    kept: list[pa.Table] = []
    renamed = {}
    for each in sorted(published, key=_first_day):
        release = next((one.release for one in each.lists if one.rule == "cc_exclusions"), None)
        if release is not None:
            own, new = _names_of(each.collections, release, names)
            kept.append(new)
            renamed[id(each)] = replace(each, lists=[_renamed(one, own) for one in each.lists])
    return [renamed.get(id(each), each) for each in published], pa.concat_tables(
        [COLLECTION_COLUMNS.empty_table(), *kept]
    )


def _first_day(published: PublishedRules) -> str:
    return min((str(each.known_from) for each in published.lists), default="")


def _names_of(members: pa.Table, release: str, names: dict[bytes, str]) -> tuple[dict[str, str], pa.Table]:
    """The name of each number of a release, and the rows of the collections that no earlier one has.

    A loop over collections, a few thousand for each version: their codes are hashed.
    """
    rows = members.sort_by([("collection", "ascending"), ("code", "ascending")]).combine_chunks()
    collection = rows["collection"].combine_chunks()
    starts = np.flatnonzero(np.append(True, np.asarray(pc.not_equal(collection[1:], collection[:-1]))))
    numbers = collection.take(pa.array(starts)).to_pylist()
    own: dict[str, str] = {}
    is_new = np.zeros(len(rows), bool)
    bounds = np.append(starts, len(rows)).astype(np.int32)
    codes = pc.binary_join(pa.ListArray.from_arrays(bounds, rows["code"].combine_chunks()), "\n").to_pylist()
    for number, own_codes, start, end in zip(numbers, codes, bounds[:-1], bounds[1:], strict=True):
        content = hashlib.sha256(own_codes.encode()).digest()
        is_new[start:end] = content not in names
        own[number] = names.setdefault(content, f"{release}/{number}")
    new = rows.filter(pa.array(is_new))
    name = _mapped(new["collection"], own)
    return own, pa.table([name, new["code"]], schema=COLLECTION_COLUMNS)


def _renamed(rules: RuleList, names: dict[str, str]) -> RuleList:
    if rules.rule != "cc_exclusions":
        return rules
    rows = rules.rows.set_column(1, "value", _mapped(rules.rows["value"], names))
    return replace(rules, rows=rows)


def _mapped(numbers: pa.ChunkedArray, names: dict[str, str]) -> pa.Array:
    encoded = numbers.combine_chunks().dictionary_encode()
    return pa.array([names[each] for each in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)
