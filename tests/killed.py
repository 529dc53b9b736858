"""Runs that are killed: where they are killed is told by what they have printed, not by a clock.

A moment drawn from how long a run took before lies behind its end, or all in its beginning, as soon as the machine is
less busy, or more, than it was then.
"""

import random
import subprocess
import time

DEADLINE = 600  # seconds, so that a test that fails does not wait for ever
BETWEEN_LINES = 0.2  # seconds: what is killed is anywhere after the line


def lines_of(process: "subprocess.Popen[str]") -> list[str]:
    """All that a run prints until its end, line by line."""
    out, _ = process.communicate(timeout=DEADLINE)
    return out.splitlines()


def kill_within(process: "subprocess.Popen[str]", lines: int, chance: random.Random) -> bool:
    """Kills a run at a moment after one of its first lines, or before it; whether it had come to its end by then."""
    assert process.stdout is not None
    for _ in range(chance.randrange(lines)):
        process.stdout.readline()
    time.sleep(chance.uniform(0, BETWEEN_LINES))
    has_ended = process.poll() is not None
    process.kill()
    process.communicate(timeout=DEADLINE)
    return has_ended
