"""Compressed files: their bytes follow from what is written, and from nothing else."""

import gzip
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from pipeline.export.compressed import BYTES_OF_A_MEMBER, ROWS_AT_A_TIME, open_compressed
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


def test_a_text_longer_than_a_member_is_read_as_one_file(tmp_path: Path) -> None:
    lines = b"".join(b"%09d\n" % each for each in range(BYTES_OF_A_MEMBER // 10 * 2 + 5))
    assert len(lines) > 2 * BYTES_OF_A_MEMBER
    write(tmp_path / "numbers.csv.gz", [b"number\n", lines])
    assert gzip.decompress((tmp_path / "numbers.csv.gz").read_bytes()) == b"number\n" + lines
    expected = (len(lines) // 10, len(lines) // 10 - 1)
    read = pd.read_csv(tmp_path / "numbers.csv.gz")["number"]
    assert (len(read), read.max()) == expected
    arrow = pa_csv.read_csv(tmp_path / "numbers.csv.gz")["number"]
    assert (len(arrow), arrow[-1].as_py()) == expected
    assert duckdb.sql(f"select count(*), max(number)::int from '{tmp_path}/numbers.csv.gz'").fetchall() == [expected]


@pytest.mark.parametrize("size", [1, 1000, BYTES_OF_A_MEMBER - 1, BYTES_OF_A_MEMBER, 3 * BYTES_OF_A_MEMBER])
def test_the_bytes_do_not_depend_on_the_pieces_that_a_text_comes_in(tmp_path: Path, size: int) -> None:
    text = b"".join(b"%d\n" % (each * each) for each in range(600_000))[: min(2 * BYTES_OF_A_MEMBER + 7, 40_000 * size)]
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert write(tmp_path / "pieces.gz", pieces) == write(tmp_path / "whole.gz", [text])


def test_an_empty_text_is_a_file_that_gunzip_takes(tmp_path: Path) -> None:
    assert gzip.decompress(write(tmp_path / "a.gz", [])) == b""
    assert (tmp_path / "a.gz").stat().st_size > 0


@pytest.mark.parametrize("rows", [0, 1, ROWS_AT_A_TIME, 2 * ROWS_AT_A_TIME + 1])
def test_a_table_written_part_by_part_has_one_header_and_each_row_once(tmp_path: Path, rows: int) -> None:
    table = pa.table({"code": [f"{each:05}" for each in range(rows)]}, schema=pa.schema([("code", pa.string())]))
    write_csv(table, tmp_path / "codes.csv.gz")
    write_csv(table, tmp_path / "codes.csv")
    text = gzip.decompress((tmp_path / "codes.csv.gz").read_bytes())
    assert text == (tmp_path / "codes.csv").read_bytes()
    assert text.decode().splitlines() == ['"code"', *(f'"{each:05}"' for each in range(rows))]
