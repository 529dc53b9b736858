"""What kind of thing a code of HCPCS or CPT stands for: the first rule that fits."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.normalise.ranges import is_within, read_rules


def hcpcs_kinds(code: pa.Array, betos: pa.Array, title: pa.Array) -> pa.Array:
    """The kind of each HCPCS code, by `hcpcs_kinds.csv`: letter and number, words of the title, BETOS as a hint.

    A title is the long description, or the short one where there is none. BETOS alone is wrong too often (quality
    codes sit in psychiatry, drugs in devices), and a letter holds several kinds, so words come first.
    """
    return _first_rule("hcpcs_kinds.csv", code, betos, title)


def cpt_kinds(code: pa.Array) -> pa.Array:
    """The kind of each CPT code, by `cpt_kinds.csv`: category and section."""
    nothing = pa.repeat("", len(code))
    return _first_rule("cpt_kinds.csv", code, nothing, nothing)


def fits_rule(rule: dict[str, str], code: pa.Array, betos: pa.Array, title: pa.Array) -> npt.NDArray[np.bool_]:
    """Which codes a rule speaks of: those in its range, of its BETOS and with its words, where it names them.

    Words are a regular expression, found anywhere in the title, small and capital letters alike. Only titles of codes
    that a rule may speak of are searched: of 140 rules most have a range of few codes.
    """
    rows = np.flatnonzero(is_within(code, rule["first"], rule["last"]))
    if rule.get("betos") and len(rows):
        rows = rows[_has(betos, rows, f"^(?:{rule['betos']})$", ignore_case=False)]
    if rule.get("words") and len(rows):
        rows = rows[_has(title, rows, rule["words"], ignore_case=True)]
    fits = np.zeros(len(code), bool)
    fits[rows] = True
    return fits


def _has(text: pa.Array, rows: npt.NDArray[np.int64], words: str, *, ignore_case: bool) -> npt.NDArray[np.bool_]:
    """Which of some rows of a text have the words: looked for in each different text once."""
    encoded = text.take(pa.array(rows)).dictionary_encode()
    found = np.asarray(pc.match_substring_regex(encoded.dictionary, words, ignore_case=ignore_case))
    has: npt.NDArray[np.bool_] = found[np.asarray(encoded.indices)]
    return has


def _first_rule(rules: str, code: pa.Array, betos: pa.Array, title: pa.Array) -> pa.Array:
    kinds = np.full(len(code), "other", dtype=object)
    for rule in reversed(read_rules(rules)):
        kinds[fits_rule(rule, code, betos, title)] = rule["kind"]
    return pa.array(kinds, pa.string())
