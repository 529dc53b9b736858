"""The Parquet files: what they say of their columns, and how those are encoded."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.export.parquet import ROWS_LOOKED_AT, write_parquet

ROWS = 5 * ROWS_LOOKED_AT


def encodings(path: Path) -> dict[str, bool]:
    """Whether a column has a dictionary, by name."""
    group = pq.read_metadata(path).row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    return {each.path_in_schema: each.has_dictionary_page for each in columns}


def sample(rows: int) -> pa.Table:
    return pa.table(
        {
            "code": pa.array([f"{each:05}" for each in range(rows)], pa.string()),
            "system": pa.array(["ICD9CM"] * (rows // 2) + ["ICD10CM"] * (rows - rows // 2), pa.string()),
            "level": pa.array([each % 3 for each in range(rows)], pa.int32()),
            "kinds": pa.array([["diagnosis"]] * rows, pa.list_(pa.string())),
        }
    )


def test_texts_that_repeat_have_a_dictionary_and_others_none(tmp_path: Path) -> None:
    write_parquet(sample(ROWS), tmp_path / "codes.parquet")
    assert encodings(tmp_path / "codes.parquet") == {
        "code": False, "system": True, "level": False, "kinds.list.element": False,
    }  # fmt: skip


def test_a_text_that_is_the_same_at_the_beginning_alone_has_no_dictionary(tmp_path: Path) -> None:
    first = pa.table({"code": ["00000"] * ROWS_LOOKED_AT})
    rest = pa.table({"code": [f"{each:05}" for each in range(ROWS)]})
    write_parquet(pa.concat_tables([first, rest]), tmp_path / "codes.parquet")
    assert encodings(tmp_path / "codes.parquet") == {"code": False}


def test_rows_come_back_as_they_were_whatever_their_number(tmp_path: Path) -> None:
    for rows in (0, 1, ROWS):
        write_parquet(sample(rows), tmp_path / "codes.parquet")
        assert pq.read_table(tmp_path / "codes.parquet").equals(sample(rows))
