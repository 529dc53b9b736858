"""Times the page and the database file of a full build: writing both, the first view, and the explorer's answers.

Each word that is asked first is so on a page of its own, where nothing has been run before.

Run as `python benchmarks/page.py output/latest` on a build of the full files, on a machine with chromium.
"""

import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
from playwright.sync_api import Page, sync_playwright

from pipeline.export.database import write_database
from pipeline.export.page.render import render_page
from pipeline.export.page.written import write_files
from pipeline.export.search_index import find_further_texts
from schemas import TABLES

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
ASKED = [
    *("E11.9", "250.00", "heart attack", "appendectomy", "hip replacement", "J1440", "diabetes", "fracture", "with"),
    *("open approach artery", "broken hip", "xylophone", "E"),
]
ASKED_FIRST = [
    *("of the", "with", "left", "other", "a", "copd", "E11.9", "heart attack", "broken hip", "approach open"),
    *("unspecified fracture", "initial encounter", "high blood pressure", "xylophone"),
]
OPENED = ["E11.9", "36.10", "250.00"]
OPENING = """async () => {
    const [line] = search(document.getElementById("query").value, "").lines(0, 1), start = performance.now();
    await show(line);
    return performance.now() - start;
}"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
ANSWERED = "document.body.dataset.asked === document.getElementById('query').value"


def time_writing(build: Path, folder: Path) -> float:
    """Wall seconds to write both, side by side as a build does."""
    tables = {name: pq.read_table(build / "parquet" / f"{name}.parquet") for name in TABLES}
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        page = render_page(tables, find_further_texts(tables), "benchmark")
        jobs = [
            threads.submit(write_database, tables, folder / "crosswalk.duckdb"),
            threads.submit(write_files, folder / "report", page),
        ]
        for job in jobs:
            job.result()
    return time.perf_counter() - start


def time_page(folder: Path) -> tuple[float, float, dict[str, float], dict[str, float]]:
    """Milliseconds to the first view, to the whole index, of each answer on one page, and of each on a new one."""
    address = (folder / "report" / "index.html").as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page()
        page.goto(address)
        page.evaluate("whenReady().then(() => { window.readyAt = performance.now(); })")
        answers = {asked: time_answer(page, asked) for asked in ASKED}
        for asked in OPENED:
            time_answer(page, asked)
            answers[f"{asked} opened"] = float(page.evaluate(OPENING))
        view, index = float(page.evaluate(PAINT)), float(page.evaluate("window.readyAt"))
        first = {}
        for asked in ASKED_FIRST:
            page = browser.new_page()
            page.goto(address)
            first[asked] = time_answer(page, asked)
            page.close()
        browser.close()
    return view, index, answers, first


def time_answer(page: Page, asked: str) -> float:
    """Milliseconds from a question to what is shown of it, once the index is there."""
    page.fill("#query", asked)
    page.wait_for_function(ANSWERED)
    return float(page.evaluate("document.body.dataset.milliseconds"))


def main(build: Path) -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as place:
        seconds = time_writing(build, Path(place))
        size = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file())
        view, index, answers, first = time_page(Path(place))
    print(f"page and database written in {seconds:.1f} s, {size / 1e6:.1f} MB")
    print(f"first view {view:.0f} ms, whole index read {index:.0f} ms")
    for what, times in (("answers", answers), ("first answers of a page", first)):
        print(f"{what}: " + ", ".join(f"{asked} {took:.0f} ms" for asked, took in times.items()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
