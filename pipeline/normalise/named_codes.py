"""The codes that a text names, such as (O10-O11, O13-O16) or (E08.-), as patterns without dots."""

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

# The third character of a category is a digit, or one of these where a category was put between two others.
ICD10CM_CODE: Final = r"[A-Z]\d[\dAB](?:\.[\dA-Z]{1,4})?"
# Two ends have hyphens or `to` between them, and one more hyphen where the end itself is any code that starts so.
CODE_OR_RANGE: Final = r"(?<![\w.-])(?<!vitamin )({code})(?!\w)\.?(?:(?:[ -]*-[ -]*|-? to )({code})(?!\w))?"
# What is meant is only a part of the codes: `T36-T50 with fifth or sixth character 5`, `E08-E13 with .51-.52`.
ONLY: Final = re.compile(r"\(?\b(with (?:the )?(?:fifth|sixth|5th|6th|7th|seventh|final|\.\d)[^()]*)")


# Brackets with codes alone in them; what narrows them may stand behind.
IN_BRACKETS: Final = re.compile(r"[(\[]([\dVE., -]*\d[\dVE., -]*)(?:,? with [^()\[\]]*)?[)\]]")


def what_brackets_hold(text: pa.Array) -> pa.Array:
    """Of each text the brackets that hold codes alone: a number elsewhere is none.

    >>> what_brackets_hold(pa.array(["failure (584.5-584.9, 586) of 100 (acute) kinds"])).to_pylist()
    ['584.5-584.9, 586']
    """
    return pa.array(["; ".join(IN_BRACKETS.findall(each)) for each in text.to_pylist()], pa.string())


def find_named_codes(text: pa.Array, code: str) -> pa.Array:
    """For each text the codes that it names, in its order: `E08` stands for that code and all that start so, `O10-O11`
    for all from the first to those that start with the last. None where it names none.

    `code` is the pattern of a code as texts print it.

    >>> find_named_codes(pa.array(["gout (M10.-, M1A.0-M1A.3)", "(S12.0--S12.3-)"]), ICD10CM_CODE).to_pylist()
    [['M10', 'M1A0-M1A3'], ['S120-S123']]
    """
    pattern = re.compile(CODE_OR_RANGE.format(code=code))
    distinct = text.dictionary_encode()
    naming = pc.if_else(pc.match_substring_regex(distinct.dictionary, code), distinct.dictionary, None)
    # A loop over the distinct texts with a code in them: Arrow finds only the first match of each.
    named = [each and _patterns(pattern, each) for each in naming.to_pylist()]
    return pa.array(named, pa.list_(pa.string())).take(distinct.indices)


def _patterns(pattern: re.Pattern[str], text: str) -> list[str] | None:
    found = ["-".join(filter(None, match)).replace(".", "") for match in pattern.findall(text)]
    return [*dict.fromkeys(found)] or None


def find_restrictions(text: pa.Array) -> pa.Array:
    """For each text what it says of the codes it names that narrows them, as printed; null where it says nothing.

    >>> find_restrictions(pa.array(["drug (T36-T50 with fifth or sixth character 5)", "gout (M10.-)"])).to_pylist()
    ['with fifth or sixth character 5', None]
    """
    narrowing = pc.if_else(pc.match_substring(text, "with "), text, "")
    found = (ONLY.search(each) for each in narrowing.to_pylist())
    return pa.array([match[1].strip() if match else None for match in found], pa.string())
