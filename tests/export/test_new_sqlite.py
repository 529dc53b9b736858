"""A new SQLite file where the system refuses to write."""

import errno
from pathlib import Path

import pytest

from pipeline.export.new_sqlite import new_sqlite


def test_a_full_file_is_told_as_the_system_tells_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "full.sqlite"

    def fill() -> None:
        with new_sqlite(path) as database:
            database.execute("pragma max_page_count = 3")
            database.execute("create table texts (text text)")
            database.execute("insert into texts values (?)", ("x" * 100_000,))

    with pytest.raises(OSError, match=str(path)) as told:
        fill()
    assert told.value.errno == errno.ENOSPC


def test_what_is_compact_has_no_room_that_tables_left(tmp_path: Path) -> None:
    sizes = []
    for compact in (False, True):
        path = tmp_path / f"{compact}.sqlite"
        with new_sqlite(path, compact=compact) as database:
            database.execute("create table texts (text text)")
            database.execute("insert into texts values (?)", ("x" * 100_000,))
            database.execute("drop table texts")
        sizes.append(path.stat().st_size)
    assert sizes[0] > 100_000 > sizes[1]
