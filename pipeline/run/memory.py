"""Memory that is no longer needed goes back to the system, not only to the allocators that keep it for later."""

import ctypes
from contextlib import suppress

import pyarrow as pa


def give_back_memory() -> None:
    """Returns what Arrow and the C library hold and nobody uses: after a stage, several hundred megabytes.

    Where the C library cannot (only that of GNU has `malloc_trim`), it keeps its own.
    """
    pa.default_memory_pool().release_unused()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
