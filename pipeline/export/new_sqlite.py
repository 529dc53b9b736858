"""A new SQLite file, written in one go."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

# What SQLite says where the system refuses to write; why a write failed otherwise (a limit, the device) it keeps back.
NOT_WRITTEN: Final = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}
BYTES_OF_PAGE: Final = 4096
PRIMARY_CODE: Final = 0xFF  # of an error: what is above it only says during what


@contextmanager
def new_sqlite(path: Path, *, compact: bool = False) -> Iterator[sqlite3.Connection]:
    """A new file to write tables to, in one transaction; without a journal, since half a file is thrown away. What is
    `compact` is written anew at the end, without the room that tables left in it.

    Raises OSError where the disk is full or takes nothing.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            for setting in (f"page_size = {BYTES_OF_PAGE}", "journal_mode = off", "synchronous = off"):
                database.execute(f"pragma {setting}")
            database.execute("begin")
            yield database
            database.execute("commit")
            if compact:
                database.execute("vacuum")
    except sqlite3.OperationalError as problem:
        number = NOT_WRITTEN.get(problem.sqlite_errorcode & PRIMARY_CODE)
        if number is None:
            raise
        raise OSError(number, os.strerror(number), str(path)) from problem
