"""Order addenda: columns, in ASCII and in UTF-8."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.addenda import read_order_addenda

TITLE = "Acne excori\xe9e des jeunes filles"


def line(title: str, width: int = 60) -> str:
    return f"{'Add:':<13}1 {'L705':<7} {title:<{width}} {title}\r\n"


@pytest.mark.parametrize("width", [60, 59], ids=["characters", "bytes"])
def test_columns_of_a_line_in_utf8_are_characters_or_bytes(width: int) -> None:
    (row,) = read_order_addenda("x.txt", line(TITLE, width).encode()).to_pylist()
    assert row == {
        "action": "Add", "code": "L705", "flag": "1", "short_title": TITLE, "long_title": TITLE, "line": 1,
    }  # fmt: skip


def test_another_encoding_is_refused() -> None:
    with pytest.raises(RawFileError, match="byte E9"):
        read_order_addenda("x.txt", line(TITLE).encode("cp1252"))
