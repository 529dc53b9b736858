"""Compressed files: their bytes follow from what is written, and from nothing else."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.export.compressed import ROWS_AT_A_TIME, open_compressed
from pipeline.export.csv_files import write_csv


def write(path: Path, parts: list[bytes]) -> bytes:
    with open_compressed(path) as file:
        for part in parts:
            file.write(part)
    return path.read_bytes()


def test_a_file_has_what_was_written(tmp_path: Path) -> None:
    assert gzip.decompress(write(tmp_path / "a.gz", [b"one\n", b"two\n"])) == b"one\ntwo\n"


def test_neither_the_name_nor_the_time_is_in_it(tmp_path: Path) -> None:
    one, other = write(tmp_path / "a.gz", [b"rows"]), write(tmp_path / "b.gz", [b"rows"])
    assert one == other
    flags, time = one[3], one[4:8]
    assert (flags, time) == (0, bytes(4))


@pytest.mark.parametrize("rows", [0, 1, ROWS_AT_A_TIME, 2 * ROWS_AT_A_TIME + 1])
def test_a_table_written_part_by_part_has_one_header_and_each_row_once(tmp_path: Path, rows: int) -> None:
    table = pa.table({"code": [f"{each:05}" for each in range(rows)]}, schema=pa.schema([("code", pa.string())]))
    write_csv(table, tmp_path / "codes.csv.gz")
    write_csv(table, tmp_path / "codes.csv")
    text = gzip.decompress((tmp_path / "codes.csv.gz").read_bytes())
    assert text == (tmp_path / "codes.csv").read_bytes()
    assert text.decode().splitlines() == ['"code"', *(f'"{each:05}"' for each in range(rows))]
