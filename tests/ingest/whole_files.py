"""Reading as a build does it: the reader of a part, and the check figures of whole files."""

import pyarrow as pa
import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.check_figures import require_figures
from pipeline.layouts import LAYOUTS


def read_whole(layout: str, part: str, raw: bytes) -> pa.Table:
    """The table of a whole file. Raises RawFileError as the reader does, and for a broken check figure."""
    own = LAYOUTS[layout]
    table = own.readers[part]("x.txt", raw)
    require_figures("x.txt", table, own.figures.get(part, ()))
    return table


def refusal_of(layout: str, part: str, raw: bytes) -> str:
    """What is said of a file that is refused: where, then what was expected."""
    with pytest.raises(RawFileError) as problem:
        read_whole(layout, part, raw)
    assert problem.value.next_step
    return f"{problem.value.where}: {problem.value.expected}"
