"""Times the full build by stage, look-ups and the order-file reader beside what they have to beat, as Markdown.

Run by `make bench`. Absolute times differ between machines, so each figure stands beside one of the same run.
"""

import argparse
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from code_lists import print_times

from pipeline import PROJECT
from pipeline.build import inputs_of
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import survey_raw
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.ingest.order_file import read_order_file

OFFICIAL = PROJECT.parent / "shared" / "raw" / "official"


def time_build(raw: Path, folder: Path) -> tuple[dict[str, float], float, int]:
    """Seconds by stage, wall seconds and peak bytes (child processes included) of one build in a new folder."""
    timings = folder / "timings.json"
    command = [sys.executable, "-m", "pipeline", "build", "--raw", str(raw), "--output", str(folder / "output")]
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--timings", str(timings)], cwd=PROJECT, stdout=subprocess.DEVNULL)
    peak = _watch_memory(process)
    if process.wait():
        raise SystemExit("the build failed: run `make build` to see why")
    wall = time.perf_counter() - start
    return json.loads(timings.read_text()), wall, peak()


def _watch_memory(process: subprocess.Popen[bytes]) -> Callable[[], int]:
    peak = 0

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            try:
                family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
                peak = max(peak, sum(each.memory_info().rss for each in family))
            except psutil.Error:
                pass
            time.sleep(0.02)

    thread = threading.Thread(target=watch)
    thread.start()
    return lambda: (thread.join(), peak)[1]


def time_floor(raw: Path) -> float:
    """Best seconds of five: reading every file that the build reads, and unzipping what is in it, on one core."""
    deliveries, telling = inputs_of(survey_raw(raw, read_catalogue()))
    paths = sorted({path for each in [*deliveries, *telling] for path in each.paths})

    def unzip() -> None:
        for path in paths:
            content = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(io.BytesIO(content)) as opened:
                    for name in opened.namelist():
                        opened.read(name)

    return _best(unzip)


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


def time_without_maps(raw: Path, folder: Path) -> float:
    """Wall seconds of the same build without the files that only crosswalks are made of."""
    listings = folder / "listings"
    maps = {entry.source for entry in read_crosswalks().values()}
    for path in raw.glob("*/*/*"):
        if path.parent.parent.name not in maps:
            link = listings / path.relative_to(raw)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path.resolve())
    _, wall, _ = time_build(listings, folder / "without")
    return wall


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
    with tempfile.TemporaryDirectory() as folder:
        stages, wall, peak = time_build(raw, Path(folder))
        floor = time_floor(raw)
        size = sum(path.stat().st_size for path in Path(folder).glob("output/latest/**/*") if path.is_file())
        rows = sum(pq.read_metadata(path).num_rows for path in Path(folder).glob("output/latest/parquet/*.parquet"))
        lookup, imports = time_lookup(Path(folder) / "output")
        translation = time_translation(Path(folder) / "output")
        searching = time_search(Path(folder) / "output")
        print_times(Path(folder) / "output")
        (Path(folder) / "without").mkdir()
        without = time_without_maps(raw, Path(folder))
    print(f"Machine: {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| stage of the full build | seconds |\n|---|---|")
    for name, seconds in stages.items():
        print(f"| {name} | {seconds:.2f} |")
    print(f"| **wall, from the start of the process** | **{wall:.2f}** |")
    print(
        f"\nReading and unzipping every file that is read: {floor:.2f} s; the build takes {wall / floor:.1f} times that"
    )
    print(f"All formats: {size / 1e6:.1f} MB")
    print(f"Peak memory, child processes included: {peak / 1e9:.2f} GB")
    print(f"Rows written a second of wall: {rows / wall:,.0f}")
    print(f"A look-up from a cold start: {lookup:.2f} s, of which importing typer and duckdb {imports:.2f} s")
    print(f"All crosswalks: {wall - without:.2f} s of the full build ({without:.2f} s without their files)")
    print(f"Translating a million ICD-9-CM codes with all targets (table join): {translation:.2f} s")
    print(searching)
    newest = max((raw / "icd10cm").glob("*/*.zip"))
    split, read = time_reader(newest)
    print(f"\nOne order file ({newest.name}):")
    print(f"unzip and split lines {split:.3f} s, read into columns {read:.3f} s, ratio {read / split:.2f}")


if __name__ == "__main__":
    main()
