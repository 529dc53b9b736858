"""The examples of docs/claims.md run as they stand."""

import re
import shlex
from datetime import date
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline import PROJECT
from pipeline.ask.claims import claims_function
from pipeline.ask.claims.claim_layouts import read_claim_layouts
from pipeline.cli import app
from tests.ask.claims.claim_files import write_rows, write_text

PAGE = (PROJECT / "docs" / "claims.md").read_text(encoding="utf-8")
BLOCKS = [dedent(each) for each in re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", PAGE, re.MULTILINE)]
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("crosswalk claims")]


def block_with(text: str) -> str:
    """The one block of code that has a text."""
    (block,) = [each for each in BLOCKS if text in each]
    return block


@pytest.fixture
def claim_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the examples name."""
    rif = ("CLM_ID", "CLM_THRU_DT", "ICD_DGNS_CD1", "ICD_DGNS_VRSN_CD1")
    for name in ("inpatient.csv", "carrier.csv"):
        write_rows(tmp_path / name, rif, [("1", "04-Mar-2016", "E11.9", "0")])
    wide = pd.DataFrame(
        {"claim": ["1"], "discharge": [date(2010, 3, 4)], "dxver": ["9"], "dx1": ["250.00"], "px1": [""]}
    )
    wide.to_parquet(tmp_path / "claims.parquet")
    long = pd.DataFrame({"code": ["250.00", "E11.9"], "kind": ["dx", "dx"], "day": ["2010-03-04", "2016-03-04"]})
    long.to_csv(tmp_path / "long.csv.gz", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_runs(command: str, excerpt_build: Path, claim_files: Path) -> None:
    result = CliRunner().invoke(app, [*shlex.split(command)[1:], "--output", str(excerpt_build.parent)])
    assert result.exit_code == 0, result.output
    assert (claim_files / "results" / "codes.parquet").is_file()


def test_the_layout_of_the_page_is_one(tmp_path: Path) -> None:
    (layout,) = read_claim_layouts(write_text(tmp_path / "ours.toml", block_with("[[layout]]")))
    assert [each.field for each in layout.codes] == ["dx"]


def test_the_python_of_the_page_runs(
    excerpt_build: Path, tmp_path: Path, claim_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "latest").symlink_to(excerpt_build)
    monkeypatch.setattr(claims_function, "PROJECT", tmp_path)
    known = {"frame": pd.read_parquet(claim_files / "claims.parquet")}
    exec(block_with("import Roles"), known)
    assert known["result"].codes.df()["code"].tolist() == ["25000"]
