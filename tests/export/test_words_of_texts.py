"""The words of texts: what parts them, which of them say something, and how often each stands."""

import pyarrow as pa
import pytest

from pipeline.export.words_of_texts import numbers_of_telling_words, times_of_words, words_of


@pytest.mark.parametrize(
    ("text", "words", "telling"),
    [
        ("type 2 diabetes mellitus", {"type": 1, "2": 1, "diabetes": 1, "mellitus": 1}, 4),
        ("fracture of the femur, with/without displacement", {"fracture": 1, "femur": 1, "displacement": 1}, 3),
        ("ménière's disease", {"meniere": 1, "s": 1, "disease": 1}, 5),
        ("ﬁve µg — 10 %", {"five": 1, "g": 1, "10": 1}, 3),
        ("", {}, 0),
    ],
)
def test_words_are_what_stands_between_other_characters(text: str, words: dict[str, int], telling: int) -> None:
    split = words_of(pa.chunked_array([[text]]))
    assert words.items() <= dict(times_of_words(split)).items()
    assert numbers_of_telling_words(split).tolist() == [telling]


def test_a_word_that_stands_with_and_without_accents_is_one() -> None:
    split = words_of(pa.chunked_array([["sjögren", "sjogren and sjögren"]]))
    assert times_of_words(split) == [("and", 1), ("sjogren", 3)]


def test_of_no_texts_there_are_no_words() -> None:
    none = words_of(pa.chunked_array([], pa.string()))
    assert (times_of_words(none), numbers_of_telling_words(none).tolist()) == ([], [])


def test_texts_in_pieces_are_as_those_in_one() -> None:
    one, other = (pa.chunked_array(pieces) for pieces in ([["a b", "c"]], [["a b"], ["c"]]))
    assert words_of(one).to_pylist() == words_of(other).to_pylist()
    assert words_of(one.slice(1)).to_pylist() == [["c"]]
