"""The pages that people read, as what stands in them to be typed: blocks of code, and commands inside sentences."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import duckdb
import pandas
from typer.testing import CliRunner

from pipeline import PROJECT
from pipeline.cli import app
from pipeline.warehouse.dialects import choose_dialect
from pipeline.warehouse.script import write_script

PAGES = sorted(
    path.relative_to(PROJECT).as_posix()
    for path in (
        PROJECT / "README.md",
        PROJECT / "schemas" / "DICTIONARY.md",
        *PROJECT.glob("docs/*.md"),
        *PROJECT.glob("lists/*.md"),
    )
)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"^()((?:    .*\n(?:\n(?=    ))?)+)", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^(?:\.venv/bin/)?crosswalk ")
# Commands that only look at a build: what stands in a sentence is run as it stands.
WITHOUT_BUILD = ("codelist apply", "sql ")
ANY_DIALECT = "-- any dialect"
# What a release serves, as it lies beside the reader; tests/test_web_copy.py reads it over http.
SERVED = {
    "https://HOST/crosswalk.duckdb": "output/latest/crosswalk.duckdb",
    "https://HOST/validity.parquet": "output/latest/parquet/validity.parquet",
}
WAREHOUSE = "warehouse.duckdb"
OPENED = re.compile(r"^-- duckdb -readonly (\S+)", re.MULTILINE)
QUESTIONS = ("lookup", "translate", "diff", "compare", "systems", "supports", "search", "status", "codelist")


@dataclass(frozen=True)
class Block:
    """A block of code of a page, and what it is in: sql, python, sh, ini, or nothing."""

    page: str
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Its lines that call the program, each without what it is called by."""
        return [COMMAND.sub("", line) for line in self.text.splitlines() if COMMAND.match(line)]


def blocks_of(page: str) -> list[Block]:
    """The blocks of a page in their order: fenced ones, or, where there are none, those that are indented."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    found = FENCED.findall(text) or INDENTED.findall(text)
    return [Block(page, language or _language_of(dedent(block)), dedent(block)) for language, block in found]


def _language_of(text: str) -> str:
    """What an indented block is in, which nothing says."""
    return "python" if text.startswith(("from ", "import ")) else ""


def questions_in_sentences(page: str) -> list[str]:
    """The commands that a page names inside its sentences and that only ask, without the name of the program."""
    text = FENCED.sub("", (PROJECT / page).read_text(encoding="utf-8")).replace("\n", " ")
    named = (COMMAND.sub("", each) for each in INLINE.findall(text))
    asked = [each for each in dict.fromkeys(named) if each.startswith(tuple(f"{name} " for name in QUESTIONS))]
    return [each for each in asked if not re.fullmatch(r"codelist \w+", each)]  # the name of a command, without a list


class Reader:
    """Somebody who works through a page from its top to its end in one folder, beside a build in `output/latest`."""

    def __init__(self, claims: pandas.DataFrame, **libraries: Any) -> None:
        self.claims = claims
        self.names: dict[str, Any] = {**libraries, "pandas": pandas, "duckdb": duckdb, "claims": claims}

    def run_sql(self, text: str) -> list[pandas.DataFrame]:
        """What each statement of a block answers, in a session of its own that has the claims as a view: in memory, or
        in the file that the block says it is typed in, or in a warehouse."""
        for address, file in SERVED.items():
            text = text.replace(address, file)
        opened = OPENED.search(text)
        file = self.fill_warehouse() if text.startswith(ANY_DIALECT) else opened[1] if opened else None
        with duckdb.connect(file, read_only=True) if file else duckdb.connect() as session:
            if file != WAREHOUSE:
                session.register("claims", self.claims)
            return [session.execute(each).fetch_df() for each in session.extract_statements(text)]

    def fill_warehouse(self) -> str:
        """A file that the script of `crosswalk sql` filled from this build; DuckDB stands for every dialect."""
        if not Path(WAREHOUSE).exists():
            with duckdb.connect(WAREHOUSE) as session:
                session.register("own", self.claims)
                session.execute("create table claims as from own")
                session.execute(write_script(choose_dialect("duckdb"), "output/latest"))
        return WAREHOUSE

    def run_python(self, text: str) -> None:
        """Runs a block with the names that earlier ones gave."""
        exec(text, self.names)

    def run_command(self, command: str) -> tuple[int, str]:
        """The exit code of a command on the build of this folder, and what it printed, into a file where it says so."""
        typed, _, file = command.replace("$PWD", str(Path.cwd())).partition(" > ")
        build = [] if typed.startswith(WITHOUT_BUILD) else ["--output", "output"]
        result = CliRunner().invoke(app, [*shlex.split(typed, comments=True), *build])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        if file:
            Path(file).write_text(result.stdout, encoding="utf-8")
        return result.exit_code, result.output


def place_build(folder: Path, build: Path) -> None:
    """Makes of a folder what the pages are read in: a build below `output`, and the lists that ship."""
    (folder / "output").mkdir()
    (folder / "output" / "latest").symlink_to(build)
    (folder / "lists").symlink_to(PROJECT / "lists")
