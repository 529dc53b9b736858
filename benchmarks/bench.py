"""Times the full build by stage, look-ups and the order-file reader beside what they have to beat, as Markdown.

Run by `make bench`. Absolute times differ between machines, so each figure stands beside one of the same run.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from code_lists import print_times

from pipeline import PROJECT
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.ingest.order_file import read_order_file

OFFICIAL = PROJECT.parent / "shared" / "raw" / "official"


class BuildTimes(NamedTuple):
    """Of one build: wall seconds by stage, wall and processor seconds of the whole process, and its peak in bytes."""

    stages: dict[str, float]
    wall: float
    processors: float
    peak: int


def time_build(raw: Path, folder: Path) -> BuildTimes:
    """Times one build in a new folder."""
    folder.mkdir()
    timings = folder / "timings.json"
    command = [sys.executable, "-m", "pipeline", "build", "--raw", str(raw), "--output", str(folder / "output")]
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--timings", str(timings)], cwd=PROJECT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)  # a build has no processes beside its own
    wall = time.perf_counter() - start
    if status:
        raise SystemExit("the build failed: run `make build` to see why")
    return BuildTimes(json.loads(timings.read_text()), wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def time_reader(archive: Path) -> tuple[float, float]:
    """Best seconds of five: unzipping an order file and splitting its lines, and reading it into columns."""
    with zipfile.ZipFile(archive) as opened:
        name = next(n for n in opened.namelist() if "order" in n and "addend" not in n and n.endswith(".txt"))

        def split() -> None:
            opened.read(name).split(b"\n")

        def read() -> None:
            read_order_file(name, opened.read(name))

        return _best(split), _best(read)


def time_lookup(output: Path) -> tuple[float, float]:
    """Best seconds of five: a look-up from a cold start, and a Python that imports the same packages and stops."""

    def look_up() -> None:
        command = [sys.executable, "-m", "pipeline", "lookup", "E11.9", "--output", str(output)]
        subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)

    def import_only() -> None:
        subprocess.run([sys.executable, "-c", "import typer, duckdb"], check=True)

    return _best(look_up), _best(import_only)


def raw_files(raw: Path) -> list[Path]:
    """The raw files, and hashes beside them; not what is kept in `.frames` of those that were read."""
    return [path for pattern in ("[!.]*", "[!.]*/*/*") for path in raw.glob(pattern) if path.is_file()]


def link_files(raw: Path, place: Path, without: Collection[str] = ()) -> Path:
    """A folder with links to the raw files of all sources but some; nothing is kept there of files that were read."""
    for path in raw_files(raw):
        if path.parent.parent.name not in without:
            link = place / path.relative_to(raw)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path.resolve())
    return place


def time_floor(raw: Path) -> float:
    """Wall seconds to read every raw file and unzip what is zipped, on one core: no build can do with less."""
    start = time.perf_counter()
    for path in raw_files(raw):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as opened:
                for name in opened.namelist():
                    opened.read(name)
        else:
            path.read_bytes()
    return time.perf_counter() - start


def sizes_of(build: Path) -> dict[str, float]:
    """Megabytes of each file and folder of a build, and of all of it."""
    files = {
        each.name: sum(path.stat().st_size for path in [each, *each.rglob("*")] if path.is_file()) / 1e6
        for each in sorted(build.iterdir())
    }
    return files | {"all": sum(files.values())}


def time_translation(output: Path) -> float:
    """Best seconds of five: a million ICD-9-CM codes joined to all their targets, the table read from its file."""
    tables = output / "latest" / "parquet"
    valid = "system = 'ICD9CM' and billable and valid_to = date '2015-09-30'"
    with duckdb.connect() as database:
        codes = database.sql(f"select code from '{tables}/codes.parquet' where {valid} order by code").to_arrow_table()
        chosen = np.random.default_rng(1).integers(0, len(codes), 1_000_000)
        database.register("claims", codes.take(pa.array(chosen)))
        question = (
            "select code, target_code, scenario, choice_list from claims join (select * from "
            f"'{tables}/mappings.parquet' where crosswalk = 'icd9cm_icd10cm_current') on source_code = code"
        )
        return _best(lambda: database.sql(question).to_arrow_table())


def time_search(output: Path) -> str:
    """The figures of searching in words, a line for each."""
    command = [sys.executable, str(PROJECT / "benchmarks" / "search.py"), str(output)]
    return subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def _best(work: Callable[[], None]) -> float:
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--raw", type=Path, default=OFFICIAL)
    raw = parser.parse_args().raw
    maps = {entry.source for entry in read_crosswalks().values()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, floor = link_files(raw, folder / "raw"), time_floor(raw)
        first, again = time_build(whole, folder / "first"), time_build(whole, folder / "again")
        output = folder / "again" / "output"
        rows = sum(pq.read_metadata(path).num_rows for path in output.glob("latest/parquet/*.parquet"))
        sizes = sizes_of((output / "latest").resolve())
        lookup, imports = time_lookup(output)
        translation = time_translation(output)
        searching = time_search(output)
        print_times(output)
        without = time_build(link_files(raw, folder / "listings", maps), folder / "without").wall
    print(f"Machine: {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| stage of the full build | first, s | again, with what is kept of raw files, s |\n|---|---:|---:|")
    for stage, seconds in again.stages.items():
        print(f"| {stage} | {first.stages[stage]:.2f} | {seconds:.2f} |")
    print(f"| **wall, from the start of the process** | **{first.wall:.2f}** | **{again.wall:.2f}** |")
    floors = f"{first.wall / floor:.1f} | {again.wall / floor:.1f}"
    print(f"| times the floor: every raw file read, and unzipped, in {floor:.2f} s | {floors} |")
    print(f"| processor seconds | {first.processors:.1f} | {again.processors:.1f} |")
    print(f"| peak memory, GB | {first.peak / 1e9:.2f} | {again.peak / 1e9:.2f} |")
    print("\nMegabytes: " + ", ".join(f"{name} {size:.1f}" for name, size in sizes.items()))
    print(f"Rows written a second of wall: {rows / again.wall:,.0f}")
    print(f"A look-up from a cold start: {lookup:.2f} s, of which importing typer and duckdb {imports:.2f} s")
    print(f"All crosswalks: {first.wall - without:.2f} s of the first build ({without:.2f} s without their files)")
    print(f"Translating a million ICD-9-CM codes with all targets (table join): {translation:.2f} s")
    print(searching)
    newest = max((raw / "icd10cm").glob("*/*.zip"))
    split, read = time_reader(newest)
    print(f"\nOne order file ({newest.name}):")
    print(f"unzip and split lines {split:.3f} s, read into columns {read:.3f} s, ratio {read / split:.2f}")


if __name__ == "__main__":
    main()
