"""What the machine allows a build, asked before it starts and told when it was not enough."""

import os
import re
import resource

from pipeline.errors import UsageError

# Measured in 1,000,000 bytes, with a build of the excerpt (0.6) and one of files of 88: address space of 2,800 and of
# 5,300 on one core, most of it reserved for threads and never touched. A libc takes 128 for a thread and its heap.
MEGABYTE = 1_000_000
BASE, PER_CORE, PER_BYTE = 2_700 * MEGABYTE, 128 * MEGABYTE, 29
# What the standard library says where there is no room for a thread, or the system ended a process to get its memory.
NO_ROOM = re.compile("can't start new thread|terminated abruptly")


class OutOfMemory(UsageError):
    """The build needs more memory, address space or threads than the machine or a limit allows."""


def require_address_space(bytes_to_read: int) -> None:
    """Raises OutOfMemory where a limit (`ulimit -v`) is below what a build of so many bytes of raw files needs.

    Below it libraries do not fail, they end the process: DuckDB and Arrow with an abort, lxml with another error.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    needed = BASE + PER_CORE * (os.cpu_count() or 1) + PER_BYTE * bytes_to_read
    if allowed not in (resource.RLIM_INFINITY, -1) and allowed < needed:
        raise OutOfMemory(
            f"a build of these raw files needs {needed // MEGABYTE:,} MB of address space, {allowed // MEGABYTE:,} MB "
            "are allowed\n  next:     raise the limit (ulimit -v), or read fewer raw files at once"
        )


def is_out_of_memory(problem: Exception) -> bool:
    """Whether an error says that memory, or room for threads and processes, ran out."""
    return isinstance(problem, MemoryError) or bool(NO_ROOM.search(str(problem)))


def as_out_of_memory(problem: Exception) -> OutOfMemory:
    """What is said when memory, or room for threads, ran out during the work."""
    reason = " ".join(str(problem).split("\n")[0].split()) or type(problem).__name__
    return OutOfMemory(
        f"the memory is not enough: {reason}\n"
        "  next:     free some, raise the limit (ulimit -v, or a container's), or read fewer raw files at once"
    )
