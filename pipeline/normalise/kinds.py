"""What kind of thing a code of HCPCS or CPT stands for: the first rule that fits."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.normalise.ranges import is_within, read_rules


def hcpcs_kinds(code: pa.Array, betos: pa.Array) -> pa.Array:
    """The kind of each HCPCS code, by `hcpcs_kinds.csv`: letter and number, and BETOS where a letter is mixed.

    BETOS alone is wrong too often (quality codes sit in psychiatry, drugs in devices), so numbers come first.
    """
    return _first_rule("hcpcs_kinds.csv", code, betos)


def cpt_kinds(code: pa.Array) -> pa.Array:
    """The kind of each CPT code, by `cpt_kinds.csv`: category and section."""
    return _first_rule("cpt_kinds.csv", code, pa.repeat("", len(code)))


def _first_rule(rules: str, code: pa.Array, betos: pa.Array) -> pa.Array:
    kinds = np.full(len(code), "other", dtype=object)
    for rule in reversed(read_rules(rules)):
        fits = is_within(code, rule["first"], rule["last"])
        if rule.get("betos"):
            fits &= np.asarray(pc.match_substring_regex(betos, f"^(?:{rule['betos']})$"))
        kinds[fits] = rule["kind"]
    return pa.array(kinds, pa.string())
