"""What FHIR resources have in common: canonical addresses, ids, names, days, and how one is put together."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow as pa

from pipeline.normalise.systems import System

OWN_ADDRESS: Final = "urn:crosswalk"
OID_SYSTEM: Final = "urn:ietf:rfc:3986"  # of identifiers that are addresses
DATE_TIME: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
LONGEST_ID: Final = 64
Resource = dict[str, Any]


def canonical_of(system: System) -> str:
    """The address that stands for a code system: HL7's, else its object identifier."""
    return system.fhir_uri or f"urn:oid:{system.oid}"


def fhir_id(*parts: str) -> str:
    """An id of letters, digits, points and hyphens, at most 64 of them."""
    return re.sub(r"[^a-z0-9.]+", "-", "-".join(parts).lower()).strip("-")[:LONGEST_ID].rstrip("-")


def computable_name(*parts: str) -> str:
    """A name that programs can use: a capital letter, then letters and digits."""
    words = re.findall(r"[A-Za-z0-9]+", " ".join(parts))
    return "".join(word[0].upper() + word[1:] for word in words)


def as_date_time(text: str | None) -> str | None:
    """A release that is named by its day or year, as FHIR has it; None where it has another name."""
    return text if text and DATE_TIME.fullmatch(text) else None


def known(members: Mapping[str, Any]) -> Resource:
    """Members without those that are missing: FHIR has no null."""
    return {name: value for name, value in members.items() if value not in (None, [], {})}


def as_fhir_json(members: Mapping[str, Any]) -> str:
    """Members as JSON on one line."""
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def as_line(head: Mapping[str, Any], member: str, content: str | None) -> bytes:
    """A resource as a line: its head, and one more member whose JSON is there already; None: without that."""
    text = as_fhir_json(known(head))
    if content is not None:
        text = f'{text[:-1]},"{member}":{content}}}'
    return f"{text}\n".encode()


def as_table(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> pa.Table:
    """Rows of texts as a table, also where there are none."""
    return pa.Table.from_pylist(list(rows), pa.schema([(name, pa.string()) for name in columns]))
