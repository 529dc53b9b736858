"""The words of the texts that the search index has: each distinct word is looked at once, for all texts."""

import re
import unicodedata
from collections import Counter
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.run.columns import as_array

Ints = npt.NDArray[np.int64]
PLAIN_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyz0123456789"
# What becomes of each byte: between words stands a blank. The bytes of other letters stay, as parts of a word.
WORDS_APART: Final = bytes(byte if byte in PLAIN_LETTERS or byte > 127 else ord(" ") for byte in range(256))
PLAIN_WORD: Final = re.compile("[a-z0-9]+")
# Words that say too little to set a text apart from a plainer one.
SAY_LITTLE: Final = frozenset({"of", "the", "and", "or", "in", "with", "without", "to", "unspecified", "nos", "site"})


def words_of(texts: pa.ChunkedArray) -> pa.ListArray:
    """The words of each text, which is in small letters and not missing; there may be empty ones among them.

    >>> words_of(pa.chunked_array([["type 1 (juvenile)", "type-2"]])).to_pylist()
    [['type', '1', 'juvenile', ''], ['type', '2']]
    """
    whole = as_array(texts)
    _, ends, letters = whole.buffers()
    apart = pa.py_buffer(letters.to_pybytes().translate(WORDS_APART))
    return pc.ascii_split_whitespace(pa.StringArray.from_buffers(len(whole), ends, apart, offset=whole.offset))


def numbers_of_telling_words(words: pa.ListArray) -> Ints:
    """How many words each text has that say something; what letters with accents part counts as a word each.

    >>> numbers_of_telling_words(pa.array([["type", "1", "of", ""], ["ménière"]])).tolist()
    [2, 3]
    """
    numbered = words.flatten().dictionary_encode()
    distinct = (PLAIN_WORD.findall(each) for each in numbered.dictionary.to_pylist())
    telling = np.array([sum(word not in SAY_LITTLE for word in each) for each in distinct], np.int64)
    so_far = np.append(0, np.cumsum(telling[np.asarray(numbered.indices)]))
    ends: Ints = so_far[np.asarray(words.offsets)]
    return np.diff(ends)


def times_of_words(*words: pa.ListArray) -> list[tuple[str, int]]:
    """Each word of some texts, without accents, with how often it stands in them.

    >>> times_of_words(pa.array([["ménière", "s"], ["meniere", ""]]))
    [('meniere', 2), ('s', 1)]
    """
    times: Counter[str] = Counter()
    for counted in (each.flatten().value_counts() for each in words):
        for word, number in zip(*(counted.field(name).to_pylist() for name in ("values", "counts")), strict=True):
            for plain in PLAIN_WORD.findall(_without_accents(word)):
                times[plain] += number
    return sorted(times.items())


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    return "".join(each for each in unicodedata.normalize("NFKD", word) if unicodedata.category(each) != "Mn")
