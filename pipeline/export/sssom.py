"""Crosswalks in the form of the Simple Standard for Sharing Ontological Mappings (SSSOM): one TSV file for each.

SSSOM has a row for a pair and knows no choice lists: a target that stands only together with others is a relatedMatch
with a comment that says so. Nothing is said of codes that stayed as they were, and of those that are not bridged.

Nor does it know days, flags or quantities. Packages are left out, whose units are what they say, and groupings of
procedures: BETOS had J9380 in chemotherapy until 2010, and without these days would say so of the drug that has the
number since 2023; a code that NHSN calls supplemental is alone in no category. `mappings` has them whole.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.crosswalk.registry import PROCEDURE, read_groupings
from pipeline.normalise.hierarchy import dotted
from pipeline.normalise.systems import read_systems

SSSOM_COLUMNS: Final = [
    "subject_id",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "mapping_cardinality",
    "comment",
]
SAID: Final = ["source_code", "target_code", "predicate", "cardinality", "origin", "scenario", "choice_list"]
REGISTRY: Final = "https://bioregistry.io/"
VOCABULARIES: Final = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
}
LICENCES: Final = {"US government work": "https://www.usa.gov/government-works"}
NO_LICENCE: Final = "https://w3id.org/sssom/license/unspecified"
CURATED: Final = "semapv:ManualMappingCuration"
CHAINED: Final = "semapv:MappingChaining"
UNSPECIFIED: Final = "semapv:UnspecifiedMatching"
# Relations whose rows a publisher chose as what stands for a code, what it became, or where it belongs. Of the others,
# such as a policy that lists two codes, nobody said that one maps to the other.
CURATED_RELATIONS: Final = ("equivalence", "succession", "grouping")
OF_PRODUCTS, OF_CATEGORIES = "packaging", "grouping"
NOTHING: Final = "sssom:NoTermFound"
TOGETHER: Final = "stands only together with one target of each other choice list: scenario"
EXTENSION: Final = ".sssom.tsv"


def write_sssom(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """One file for each row of `crosswalks` that SSSOM can say and that has rows of `mappings`, with these rows, into a
    new folder.

    `tables` has both as they are published; `mappings` is sorted by crosswalk.
    """
    folder.mkdir()
    crosswalks, mappings = tables["crosswalks"], tables["mappings"]
    counts = {row["values"]: row["counts"] for row in pc.value_counts(mappings["crosswalk"]).to_pylist()}
    at = 0
    for entry in sorted(crosswalks.to_pylist(), key=lambda entry: str(entry["crosswalk"])):
        if entry["crosswalk"] not in counts:  # its pairs are a definition: two groupings joined
            continue
        own = mappings.slice(at, counts[entry["crosswalk"]])
        at += len(own)
        if not _can_be_said(entry):
            continue
        path = folder / f"{entry['crosswalk']}{EXTENSION}"
        with path.open("wb") as file:
            file.write(_metadata(entry).encode() + ("\t".join(SSSOM_COLUMNS) + "\n").encode())
            options = pa_csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
            pa_csv.write_csv(_as_sssom(entry, _first_of_pairs(own)), file, options)


def _can_be_said(entry: dict[str, str]) -> bool:
    """Whether the rows of a crosswalk are true without their days, flags and quantities."""
    is_of_procedures = PROCEDURE in read_systems()[entry["source_system"]].kinds
    return entry["relation"] != OF_PRODUCTS and not (entry["relation"] == OF_CATEGORIES and is_of_procedures)


def _metadata(entry: dict[str, str]) -> str:
    """The head of a file: what it is, on which terms, and what its prefixes stand for. Texts are JSON, so YAML too."""
    prefixes = dict([_prefix(entry["source_system"]), _prefix(entry["target_system"])]) | VOCABULARIES
    lines = {
        "mapping_set_id": f"urn:crosswalk:{entry['crosswalk']}",
        "mapping_set_version": entry["release"],
        "mapping_set_title": entry["method"],
        "mapping_set_description": f"Publisher: {entry['publisher']}. Terms: {entry['licence']}.",
        "license": LICENCES.get(entry["licence"], NO_LICENCE),
        "mapping_provider": entry["url"],
        "subject_source_version": entry["release"] if entry["origin"] == "derived" else None,
    }
    head = [f'#{name}: "{_escaped(text)}"' for name, text in lines.items() if text]
    return "\n".join([*head, "#curie_map:", *(f'#  {name}: "{uri}"' for name, uri in sorted(prefixes.items()))]) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _prefix(system: str) -> tuple[str, str]:
    """Prefix and address of a system or grouping. The two volumes of ICD-9-CM share one: with the dot they differ."""
    if system in read_groupings():
        grouping = read_groupings()[system]
        return grouping.prefix, grouping.uri
    prefix = read_systems()[system].bioregistry_prefix
    return prefix, f"{REGISTRY}{prefix}:"


def _first_of_pairs(mappings: pa.Table) -> pa.Table:
    """The rows of a crosswalk that SSSOM can say, of a grouping those of its newest version: of each pair the first,
    which stands alone rather than in a scenario.

    Rows are sorted, so that those of a pair are neighbours.
    """
    is_told = pc.and_(pc.or_(pc.is_valid(mappings["target_code"]), mappings["no_map"]), mappings["newest"])
    said = mappings.select(SAID).filter(pc.and_(is_told, pc.greater(mappings["hops"], 0)))
    rows = said.combine_chunks()
    source, target = (pc.fill_null(rows[name], "").combine_chunks() for name in ("source_code", "target_code"))
    is_same = pc.and_(pc.equal(source[1:], source[:-1]), pc.equal(target[1:], target[:-1]))
    return rows.filter(np.append(True, ~np.asarray(is_same))[: len(rows)])


def _as_sssom(entry: dict[str, str], rows: pa.Table) -> pa.Table:
    """The columns of a file."""
    missing = pc.is_null(rows["target_code"])
    return pa.table(
        {
            "subject_id": _curies(entry["source_system"], rows["source_code"]),
            "predicate_id": pc.binary_join_element_wise("skos", pc.fill_null(rows["predicate"], "closeMatch"), ":"),
            "object_id": pc.if_else(missing, NOTHING, _curies(entry["target_system"], rows["target_code"])),
            "mapping_justification": _justification(entry["relation"], rows["origin"]),
            "mapping_cardinality": pc.fill_null(rows["cardinality"], "1:0"),
            "comment": _comment(rows),
        }
    )


def _justification(relation: str, origin: pa.ChunkedArray) -> pa.Array:
    """How a row came about: we chained it, or its publisher made it, as a mapping or for another end."""
    published = CURATED if relation in CURATED_RELATIONS else UNSPECIFIED
    return pc.if_else(pc.equal(origin, "derived"), CHAINED, published)


def _comment(rows: pa.Table) -> pa.Array:
    if not pc.any(pc.greater(rows["scenario"], 0)).as_py():
        return pa.repeat("", len(rows))
    number, place = rows["scenario"].cast(pa.string()), rows["choice_list"].cast(pa.string())
    words = pc.binary_join_element_wise(TOGETHER, " ", number, ", choice list ", place, "")
    return pc.if_else(pc.greater(rows["scenario"], 0), words, "")


def _curies(system: str, codes: pa.ChunkedArray) -> pa.Array:
    """Codes with their dot behind the prefix of their system."""
    code = codes.combine_chunks()
    distinct = code.unique()
    written = dotted(distinct, read_systems()[system]) if system in read_systems() else distinct
    named = pc.binary_join_element_wise(_prefix(system)[0], written, ":")
    return named.take(pc.index_in(code, distinct))
