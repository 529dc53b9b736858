"""Times the conversion of code lists on a full build: 3,000 lists of 100 codes at once, and one from a cold start.

Run by `make bench`, or as `python benchmarks/code_lists.py output`. Lists are 100 codes in a row from a random place.
"""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline import PROJECT
from pipeline.ask.build import Build, open_build
from pipeline.ask.codelist.converted_codes import ConversionWay, convert_codes, find_way

LISTS, CODES = 3_000, 100
WAYS = (("ICD9CM", "ICD10CM", "all"), ("ICD10CM", "ICD9CM", "mapped"), ("ICD10PCS", "ICD9Proc", "mapped"))
QUESTION = "select code from validity where system = $system and billable and $day between valid_from and valid_through"


def draw_lists(build: Build, way: ConversionWay) -> pa.Table:
    """Concepts and codes of so many lists."""
    rows = build.rows(f"{QUESTION} order by code", system=way.listed, day=way.list_day)
    codes = np.array([row["code"] for row in rows])
    starts = np.random.default_rng(1).integers(0, len(codes) - CODES, LISTS)
    chosen = codes[(starts[:, None] + np.arange(CODES)).ravel()]
    concepts = np.repeat([f"list {number}" for number in range(LISTS)], CODES)
    return pa.table({"concept": pa.array(concepts, pa.string()), "code": pa.array(chosen, pa.string())})


def time_lists(build: Build, way: ConversionWay) -> tuple[float, float, int]:
    """Wall seconds, seconds of processors, and rows of converting all lists at once."""
    lists = draw_lists(build, way)
    wall, processors = time.perf_counter(), time.process_time()
    found = convert_codes(build, lists, way)
    return time.perf_counter() - wall, time.process_time() - processors, found.num_rows


def time_one(output: Path) -> float:
    """Best wall seconds of five: a list of 100 codes from a cold start of the command, as csv."""
    codes = [f"{number}.00" for number in range(250, 300)] + [f"{number}.10" for number in range(700, 750)]
    command = [sys.executable, "-m", "pipeline", "codelist", "convert", *codes, "--system", "ICD9CM", "--to", "ICD10CM"]
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([*command, "--format", "csv", "--output", str(output)], cwd=PROJECT, capture_output=True)  # noqa: PLW1510 -- 1 where a code leads nowhere
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def print_times(output: Path) -> None:
    """Prints the figures as Markdown."""
    print("\n| code lists | wall, s | processors, s | rows |\n|---|---|---|---|")
    with open_build(output / "latest") as build:
        for listed, target, encounters in WAYS:
            wall, processors, rows = time_lists(build, find_way(build, listed, target, encounters=encounters))
            told = f"{LISTS:,} lists of {CODES} codes, {listed} to {target}, encounters {encounters}"
            print(f"| {told} | {wall:.1f} | {processors:.1f} | {rows:,} |")
    print(f"| one list of {CODES} codes, ICD9CM to ICD10CM, from a cold start | {time_one(output):.2f} | | |")


if __name__ == "__main__":
    print_times(Path(sys.argv[1] if len(sys.argv) > 1 else "output"))
