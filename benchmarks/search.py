"""Times searching in words: from a cold start, questions a second in one process, and the index in a build.

Run by `make bench`, or as `python benchmarks/search.py output` on builds of the full files.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from pipeline import PROJECT
from pipeline.ask.build import open_build
from pipeline.ask.search import search_codes
from pipeline.export.search_index import NEEDED, find_further_texts, write_search_index

# A name, an abbreviation, a title, a part of a word, a slip, a procedure, a drug, and words that no text has together.
ASKED = (
    "heart attack", "COPD", "type 2 diabetes mellitus", "appendic", "diabetis", "total knee replacement", "infliximab",
    "blue wheelchair for rent",
)  # fmt: skip
TIMES = 5


def time_search_command(output: Path) -> float:
    """Best seconds of a search from a cold start."""
    command = [sys.executable, "-m", "pipeline", "search", "heart attack", "--output", str(output)]
    seconds = []
    for _ in range(TIMES):
        start = time.perf_counter()
        subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def time_questions(output: Path) -> float:
    """Questions a second in one process, each asked TIMES times."""
    with open_build(output / "latest") as build:
        search_codes(build, ASKED[0])
        start = time.perf_counter()
        for _ in range(TIMES):
            for words in ASKED:
                search_codes(build, words)
        return TIMES * len(ASKED) / (time.perf_counter() - start)


def time_index(output: Path) -> tuple[float, int]:
    """Seconds to write the index, and its bytes."""
    tables = {name: pq.read_table(output / "latest" / "parquet" / f"{name}.parquet") for name in NEEDED}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "search.sqlite"
        start = time.perf_counter()
        write_search_index(tables, find_further_texts(tables), path)
        return time.perf_counter() - start, path.stat().st_size


def report_search(output: Path) -> str:
    """The figures, a line for each."""
    seconds, size = time_index(output)
    return "\n".join(
        [
            f"A search from a cold start: {time_search_command(output):.2f} s",
            f"Searches a second in one process: {time_questions(output):.0f}",
            f"The index of texts: written in {seconds:.1f} s, {size / 1e6:.1f} MB",
        ]
    )


if __name__ == "__main__":
    print(report_search(Path(sys.argv[1])))
