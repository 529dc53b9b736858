"""Ending in time: SIGTERM and Ctrl-C unwind what is under way, and cut off what does not unwind."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

GRACE = 1.0  # seconds to unwind in; a service manager's patience is longer, a person's is not
SIGNALS = (signal.SIGTERM, signal.SIGINT)
FINISHED = b"\0"


@contextmanager
def stopping_in_time(finish: Callable[[], None]) -> Iterator[None]:
    """Within the block a signal to end raises SystemExit with the shell's code (143, 130), so that locks are given
    back and half-done files removed.

    A call into a library can keep that from happening. So a thread hears of the signal too, and after GRACE seconds
    ends the process as a kill would, which leaves nothing behind but what the next run clears away.
    At the end of the block a process that was told to end does so at once, after `finish`: where the interpreter takes
    itself apart while threads of libraries are at work, one of them may abort it, and the code would be another.
    """
    told: list[int] = []
    before = {each: signal.signal(each, partial(_unwind, told)) for each in SIGNALS}
    hears, tells = os.pipe()
    os.set_blocking(tells, False)
    signal.set_wakeup_fd(tells)
    watch = threading.Thread(target=_cut_off, args=(hears,), daemon=True)
    watch.start()
    try:
        yield
    except BaseException:  # DuckDB, for one, tells what ended its reading of a table as an error of its own
        if not told:
            raise
        finish()
        _end_at_once(told[0])
    finally:
        signal.set_wakeup_fd(-1)
        with contextlib.suppress(BlockingIOError):
            os.write(tells, FINISHED)  # after a signal nobody reads it: threads can keep a process from ending, too
        for each, handler in before.items():
            signal.signal(each, handler)


def _code_of(number: int) -> int:
    return 128 + number


def _unwind(told: list[int], number: int, _: FrameType | None) -> None:
    told.append(number)
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # once is enough: a second one would break the clearing up
    sys.unraisablehook = _pass_over_exit
    raise SystemExit(_code_of(number))


def _pass_over_exit(told: "sys.UnraisableHookArgs") -> None:
    """An exit that is raised in a callback of the interpreter is lost there; then the watch ends the process."""
    if not isinstance(told.exc_value, SystemExit):
        sys.__unraisablehook__(told)


def _cut_off(hears: int) -> None:
    said = os.read(hears, 1)
    if said != FINISHED:
        time.sleep(GRACE)
        _end_at_once(said[0])


def _end_at_once(number: int) -> None:
    os._exit(_code_of(number))
