"""A process that is told to end: with which code it does, and after which clearing up."""

import signal
import subprocess
import sys
from textwrap import dedent

import pytest

DEADLINE = 60
PROGRAM = """
    import atexit, os, signal, time
    from pipeline.cli.base import write_out
    from pipeline.run.stop import stopping_in_time
    atexit.register(os.abort)  # as a library's thread does, which is at work while the interpreter takes itself apart
    with stopping_in_time(write_out):
        try:
            print("ready", flush=True)
            time.sleep(60)
        finally:
            print("cleared up")
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_what_comes_after_the_clearing_up_does_not_change_the_code(number: signal.Signals, code: int) -> None:
    program = [sys.executable, "-c", dedent(PROGRAM)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.communicate(timeout=DEADLINE)[0] == "cleared up\n"
    assert process.returncode == code


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_library_that_tells_of_the_signal_as_an_error_of_its_own_changes_neither(
    number: signal.Signals, code: int
) -> None:
    told = """try:
        time.sleep(60)
    except BaseException as problem:
        raise ValueError(f"reading failed: {type(problem).__name__}: {problem}") from None"""
    program = dedent(PROGRAM).replace("time.sleep(60)", told.replace("\n    ", "\n        "))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.communicate(timeout=DEADLINE)[0] == "cleared up\n"
    assert process.returncode == code
