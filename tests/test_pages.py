"""Every block of code in README, docs/ and the dictionary runs as it stands: on the excerpt, and on the full build."""

import importlib
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pipeline import PROJECT
from pipeline.ask.claims import claims_function
from tests.ask.claims.claim_files import write_rows
from tests.pages import PAGES, Block, Reader, blocks_of, place_build, questions_in_sentences
from tests.test_omop import write_athena

CLAIMS = pd.DataFrame(
    {
        "claim": ["1", "2", "3", "4", "5"],
        "person": "somebody",
        "system": ["ICD10CM", "HCPCS", "ICD9CM", "ICD10CM", "ICD10CM"],
        "code": ["E119", "J1440", "25000", "ZZZ9", "E119"],
        "day": pd.to_datetime(["2021-05-01", "2013-12-31", "2014-05-01", "2021-05-01", "2099-01-01"]),
        "procedure": ["84153", "85004", "84153", "85004", "84153"],
        "diagnosis": ["C61", "I10", "R972", "Z23", "C61"],
    }
)
NO_COMMANDS = {  # blocks without a language: what they are, by how they begin
    "make          # makes .venv": "the workflow of the checks types it",
    "raw/sources/*.toml   catalogue": "a picture of the stages",
    "# m h dom mon dow": "tests/test_scheduling.py",
    "sha256sum --check": "tests/test_web_copy.py; what gh asks of its host is tried by nobody",
}
ANSWERS = {0, 1, 8}  # done; an answer is no; not known
NOT_INSTALLED = {
    "polars": "Polars", "soffice": "LibreOffice", "Rscript": "R", "airflow": "Airflow", "dagster": "Dagster",
}  # fmt: skip
TYPED_BY_ROOT = ("useradd ", "su -s /bin/sh - crosswalk", "systemd-analyze ")  # tests/test_scheduling.py types these


def read_page(page: str, build: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Works through a page; returns what of it was not run since its program is not installed."""
    place_build(folder, build)
    write_what_pages_name(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(claims_function, "PROJECT", folder)
    reader = Reader(CLAIMS, openpyxl=openpyxl, Path=Path, frame=pd.read_parquet("claims.parquet"))
    return [left for block in blocks_of(page) if (left := run_block(reader, block))]


def run_block(reader: Reader, block: Block) -> str | None:
    """Runs a block in its language; returns the name of a program that is not installed and that it needs."""
    if block.language == "sql":
        answers = reader.run_sql(block.text)
        assert len(answers[-1].columns) > 0, block.text
    elif block.language == "python":
        return run_python(reader, block.text)
    elif block.language == "r":
        return run_program(["Rscript", "-e", block.text])
    elif block.commands:
        for command in block.commands:
            code, output = reader.run_command(command)
            assert code in ANSWERS, f"{block.page}: {command}: {code}\n{output}"
    elif block.language == "sh" and not block.text.startswith(TYPED_BY_ROOT):
        return run_shell(block.text)
    else:
        assert is_no_command(block), f"{block.page}: nobody runs\n{block.text}"
    return None


def run_python(reader: Reader, text: str) -> str | None:
    for name in NOT_INSTALLED:
        if f"{name}." in text or f"from {name}" in text:
            try:
                reader.names[name] = importlib.import_module(name)
            except ImportError:
                return name
    reader.run_python(text)
    return None


def run_shell(text: str) -> str | None:
    if "soffice" in text and not shutil.which("soffice"):
        return "soffice"
    return run_program(["bash", "-euc", text])


def run_program(typed: list[str]) -> str | None:
    """Runs a program with a text; returns its name where it is not installed."""
    if not shutil.which(typed[0]):
        return typed[0]
    subprocess.run(typed, check=True, capture_output=True, text=True)
    return None


def is_no_command(block: Block) -> bool:
    """Whether a block is none to run, or one that other tests run: a layout, a unit, a picture."""
    if block.text.startswith(TYPED_BY_ROOT):
        return block.page == "docs/scheduling.md"
    return block.language in {"ini", "toml", "yaml"} or block.text.startswith(("[[layout]]", *NO_COMMANDS))


def write_what_pages_name(folder: Path) -> None:
    """The files that the pages call mine.csv, claims.parquet and so on."""
    rif = ("CLM_ID", "CLM_THRU_DT", "ICD_DGNS_CD1", "ICD_DGNS_VRSN_CD1")
    for name in ("inpatient.csv", "carrier.csv"):
        write_rows(folder / name, rif, [("1", "04-Mar-2016", "E11.9", "0")])
    wide = {"claim": ["1"], "discharge": [date(2010, 3, 4)], "dxver": ["9"], "dx1": ["250.00"], "px1": [""]}
    pd.DataFrame(wide).to_parquet(folder / "claims.parquet")
    long = pd.DataFrame({"code": ["250.00", "E11.9"], "kind": ["dx", "dx"], "day": ["2010-03-04", "2016-03-04"]})
    long.to_csv(folder / "long.csv.gz", index=False)
    write_athena(folder / "athena")
    write_rows(folder / "mine.csv", ("concept", "system", "code"), [("diabetes", "ICD10CM", "E11%")])


WITH_CODE = [page for page in PAGES if blocks_of(page)]


@pytest.mark.parametrize("page", WITH_CODE)
def test_every_block_of_a_page_runs_on_the_excerpt(
    page: str, excerpt_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_what_was_left(read_page(page, excerpt_build, tmp_path, monkeypatch))


@pytest.mark.parametrize("page", WITH_CODE)
def test_every_block_of_a_page_runs_on_the_full_build(
    page: str, official_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_what_was_left(read_page(page, official_build, tmp_path, monkeypatch))


def say_what_was_left(left: list[str]) -> None:
    """Skips a test whose page was run but for the blocks of programs that are not installed."""
    if left:
        pytest.skip(f"run, but for what needs {', '.join(NOT_INSTALLED[each] for each in left)}")


ASKED_IN_SENTENCES = [(page, each) for page in PAGES for each in questions_in_sentences(page)]


@pytest.mark.parametrize(("page", "command"), ASKED_IN_SENTENCES)
def test_a_question_inside_a_sentence_is_answered_by_the_excerpt(
    page: str, command: str, excerpt_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_question(command, excerpt_build, tmp_path, monkeypatch)


def test_every_question_inside_a_sentence_is_answered_by_the_full_build(
    official_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (_, command) in enumerate(ASKED_IN_SENTENCES):
        (tmp_path / f"{number}").mkdir()
        answer_question(command, official_build, tmp_path / f"{number}", monkeypatch)


def answer_question(command: str, build: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place_build(folder, build)
    write_what_pages_name(folder)
    monkeypatch.chdir(folder)
    code, output = Reader(CLAIMS).run_command(command)
    assert code in ANSWERS, f"{command}: {code}\n{output}"


LINES_OF_THE_DICTIONARY = re.findall(
    r"^- `(.*?)`", (PROJECT / "schemas/DICTIONARY.md").read_text("utf-8"), re.MULTILINE
)


def test_the_lines_of_the_dictionary_run(excerpt_build: Path) -> None:
    run_lines_of_the_dictionary(excerpt_build)


def test_the_lines_of_the_dictionary_run_on_the_full_build(official_build: Path) -> None:
    run_lines_of_the_dictionary(official_build)


def run_lines_of_the_dictionary(build: Path) -> None:
    in_pandas, in_sql = (each.replace("csv/codes", f"{build}/csv/codes") for each in LINES_OF_THE_DICTIONARY)
    names: dict[str, Any] = {"pandas": pd}
    (answer,) = Reader(CLAIMS).run_sql(in_sql)
    assert eval(in_pandas, names)["code"].tolist() == answer["code"].tolist()


def test_a_block_that_nobody_runs_is_found() -> None:
    assert not is_no_command(Block("a page", "", "rm -rf /\n"))
    with pytest.raises(AssertionError, match="nobody runs"):
        run_block(Reader(CLAIMS), Block("a page", "", "something else\n"))


def test_pages_with_code_are_those_that_one_expects() -> None:
    assert {"README.md", "docs/bi.md", "docs/claims.md", "docs/recipes.md", "docs/scheduling.md"} <= {*WITH_CODE}
    assert len(ASKED_IN_SENTENCES) >= 8
