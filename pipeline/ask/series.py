"""Words one after the other, as a sentence has them."""

from collections.abc import Iterable


def as_series(words: Iterable[str], last_by: str = "and") -> str:
    """Words one after the other.

    >>> as_series("abc"), as_series("a"), as_series("")
    ('a, b and c', 'a', '')
    """
    *before, last = [*words] or [""]
    return f"{', '.join(before)} {last_by} {last}" if before else last
