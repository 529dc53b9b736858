"""What kind of thing a code of HCPCS or CPT stands for: the first rule that fits."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.normalise.ranges import read_rules, rows_within

RowNumbers = npt.NDArray[np.int64]


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


def fitting_rows(rule: dict[str, str], rows: RowNumbers, betos: pa.Array, title: pa.Array) -> RowNumbers:
    """Of the rows in the range of a rule those that it speaks of: of its BETOS and with its words, where it names them.

    Words are a regular expression, found anywhere in the title, small and capital letters alike. Only titles of codes
    that a rule may speak of are searched: of 140 rules most have a range of few codes.
    """
    if rule.get("betos") and len(rows):
        rows = rows[_has(betos, rows, f"^(?:{rule['betos']})$", ignore_case=False)]
    if rule.get("words") and len(rows):
        rows = rows[_has(title, rows, rule["words"], ignore_case=True)]
    return rows


def _has(text: pa.Array, rows: RowNumbers, words: str, *, ignore_case: bool) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.match_substring_regex(text.take(pa.array(rows)), words, ignore_case=ignore_case))


def _first_rule(name: str, code: pa.Array, betos: pa.Array, title: pa.Array) -> pa.Array:
    rules = read_rules(name)
    kinds = np.full(len(code), "other", dtype=object)
    within = rows_within(code, [(rule["first"], rule["last"]) for rule in rules])
    for rule, rows in reversed([*zip(rules, within, strict=True)]):
        kinds[fitting_rows(rule, rows, betos, title)] = rule["kind"]
    return pa.array(kinds, pa.string())
