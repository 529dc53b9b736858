"""Separators, parents and levels: what the form of a code says."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.normalise.systems import Picture, System, read_systems


def bare(code: pa.Array, system: System) -> pa.Array:
    """Codes without the separators of their system (`written_as`) and the blanks around them."""
    code = pc.utf8_trim_whitespace(code)
    for separator in system.separators:
        code = pc.replace_substring(code, separator, "")
    return code


def dotted(code: pa.Array, system: System) -> pa.Array:
    """The bare code as people write it, by the pictures of its system (`written_as`)."""
    general, *special = system.pictures
    written = _separated(code, general)
    for picture in special:
        written = pc.if_else(pc.starts_with(code, picture.first), _separated(code, picture), written)
    return written


def _separated(code: pa.Array, picture: Picture) -> pa.Array:
    """The code with the separators of a picture; one stands only where characters follow it."""
    written, inserted = code, 0
    for place, separator in picture.breaks:
        at = place + inserted
        head, tail = pc.utf8_slice_codeunits(written, 0, at), pc.utf8_slice_codeunits(written, at)
        has_tail = pc.greater(pc.utf8_length(written), at)
        written = pc.if_else(has_tail, pc.binary_join_element_wise(head, tail, separator), written)
        inserted += len(separator)
    return written


def find_parents(code: pa.Array) -> pa.Array:
    """The longest shorter code of the same system that each code starts with; null at the top.

    The placeholder rows of ICD-10-CM are never listed (E0837X1 hangs under E0837), so one character less is not enough.
    """
    parent = pa.nulls(len(code), pa.string())
    lengths = pc.unique(pc.utf8_length(code)).to_pylist()
    for length in sorted(lengths)[:-1]:
        prefix = pc.utf8_slice_codeunits(code, 0, length)
        listed = pc.and_(pc.not_equal(prefix, code), pc.is_in(prefix, code))
        parent = pc.if_else(listed, prefix, parent)
    return parent


def is_leaf(code: pa.Array) -> pa.Array:
    """Which codes no longer code of the same list starts with."""
    return pc.invert(pc.is_in(code, find_parents(code)))


def heading_lengths() -> range:
    """How many characters a heading above a code can have, whatever its system; one without a tree has no headings."""
    return range(1, max(system.longest for system in read_systems().values() if system.prefix_tree))


def levels(code: pa.Array, parent: pa.Array) -> pa.Array:
    """How far each code stands below the top of its system: 1 for a code without a parent."""
    above: npt.NDArray[np.int64] = np.asarray(pc.fill_null(pc.index_in(parent, code), len(code))).astype(np.int64)
    above = np.append(np.where(np.asarray(pc.is_null(parent)), len(code), above), len(code))
    level = np.zeros(len(above), np.int32)
    here = np.arange(len(code))
    while (here < len(code)).any():
        level[:-1] += here < len(code)
        here = above[here]
    return pa.array(level[:-1])
