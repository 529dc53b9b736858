"""The command line's manners: what a newcomer types, and what is said when it is not quite right."""

import json
import shlex
from pathlib import Path

import pytest
import typer.main

from pipeline import __version__
from pipeline.ask.explained_words import explained_words
from pipeline.cli import app
from pipeline.cli.command_sections import COMMAND_SECTIONS
from tests.samples import run

GROUP = typer.main.get_command(app)
COMMANDS = dict(GROUP.commands)  # type: ignore[attr-defined]
OF_LISTS = {f"codelist {name}": each for name, each in COMMANDS["codelist"].commands.items()}
RUNNABLE = {name: each for name, each in {**COMMANDS, **OF_LISTS}.items() if name != "codelist"}
EXCERPT = "excerpt: 745 codes"


def examples_of(name: str) -> list[list[str]]:
    lines = str(RUNNABLE[name].epilog).splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("  crosswalk ")]


def asked(build: Path, *words: str):
    return run(*words, "--output", str(build.parent))


def test_the_version_is_told_as_everywhere() -> None:
    assert run("--version").stdout.strip() == __version__


def test_every_command_stands_in_one_section_of_the_help() -> None:
    named = [name for words in COMMAND_SECTIONS.values() for name in words]
    assert sorted(named) == sorted(COMMANDS)
    assert [told for words in COMMAND_SECTIONS.values() for told in words.values() if told.endswith(".")] == []
    _, *lines = run("--help").output.splitlines()
    assert [line for line in lines if len(line) > 80 or line.endswith("...")] == []


@pytest.mark.parametrize("name", RUNNABLE)
def test_every_command_shows_two_examples_of_its_own_options(name: str) -> None:
    found = examples_of(name)
    assert len(found) == 2
    options = {option for each in RUNNABLE[name].params for option in each.opts} | {"--help"}
    for words in found:
        assert " ".join(words).startswith(name) or words == ["--version"]
        assert {word for word in words if word.startswith("--")} - {"--version"} <= options
    assert "crosswalk " in run(*name.split(), "--help").output


@pytest.mark.parametrize(
    "name", ["lookup", "search", "translate", "supports", "compare", "systems", "diff", "status", "codelist expand"]
)
def test_the_first_example_of_a_question_is_answered(excerpt_build: Path, name: str) -> None:
    result = asked(excerpt_build, *examples_of(name)[0])
    assert result.exit_code in {0, 1}, result.output
    assert result.stdout.strip()


def test_a_day_is_shown_as_a_day_and_what_is_none_is_told_how_to_be_written() -> None:
    for name in ("lookup", "search", "translate", "supports", "status", "codelist expand"):
        assert "--on DAY" in run(*name.split(), "--help").output
    assert "%Y" not in "".join(run(*name.split(), "--help").output for name in RUNNABLE)
    result = run("lookup", "E11.9", "--on", "2020-13-01")
    assert result.exit_code == 2
    assert "2020-13-01 is no day; write it as 2025-10-01" in result.stderr
    assert run("diff", "ICD10CM", "2025", "2026-01-01").exit_code == 2


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("bulid",), "build"),
        (("lookup", "E11.9", "--sytem", "CPT"), "--system"),
        (("codelist", "exapnd"), "expand"),
        (("compare", "ICD10MC", "CPT4"), "did you mean ICD10CM"),
        (("lookup", "E11.9", "--system", "ICD-10-CN"), "did you mean ICD10CM"),
        (("export-xlsx", "--crosswalk", "gem_icd9cm_icd10"), "gem_icd9cm_icd10cm"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else each,
)
def test_a_slip_is_told_with_what_was_meant(excerpt_build: Path, words: tuple[str, ...], meant: str) -> None:
    result = run(*words, *(("--output", str(excerpt_build.parent)) if len(words) > 2 else ()))
    assert result.exit_code == 2
    assert meant in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("lookup", "E11.9", "--system", ""),
        ("translate", "250.00", "--to", "ICD10CM", "--crosswalk", " "),
        ("codelist", "expand", "E11%", "--system="),
    ],
    ids=lambda words: words[0],
)
def test_an_option_with_nothing_behind_it_is_not_left_out_silently(excerpt_build: Path, words: tuple[str, ...]) -> None:
    result = asked(excerpt_build, *words)
    assert result.exit_code == 2
    assert f"{words[-2] if '=' not in words[-1] else '--system'} has nothing behind it" in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("codelist", "expand", ""), "no code was given"),
        (("ingest", "hcpcs", "--rows", "-1"), "-1 is out of bounds; write a whole number from 0 on"),
        (("sql", "--dialect", "duckdb", "--files", "it's"), "--files it's: a quote or a line break"),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_what_nothing_can_be_made_of_is_wrong_usage(words: tuple[str, ...], told: str, excerpt_build: Path) -> None:
    result = run(*words) if words[0] != "codelist" else asked(excerpt_build, *words)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_rollback_makes_no_folder(tmp_path: Path) -> None:
    result = run("rollback", "--output", str(tmp_path / "none"))
    assert result.exit_code == 2
    assert "there is no such folder" in result.stderr
    assert [*tmp_path.iterdir()] == []


def test_systems_go_by_their_usual_names(excerpt_build: Path, tmp_path: Path) -> None:
    assert asked(excerpt_build, "compare", "CPT", "ICD-10-PCS", "--format", "md").stdout.startswith("|  | CPT4 |")
    assert asked(excerpt_build, "compare").exit_code == 2
    assert "crosswalk compare CPT ICD9Proc" in asked(excerpt_build, "compare").stderr
    workbook = ("export-xlsx", "--system", "icd-10-cm", "--to", str(tmp_path / "codes.xlsx"))
    assert asked(excerpt_build, *workbook).exit_code == 0


def test_who_names_the_causes_of_death_is_told_what_others_mean_by_that_name(excerpt_build: Path) -> None:
    result = asked(excerpt_build, "lookup", "E11.9", "--system", "ICD10")
    told = "note: ICD10 says what the person died of; ICD10CM why the patient was treated, ICD10PCS what was done"
    assert told in result.stderr
    assert "note: " not in asked(excerpt_build, "lookup", "E11.9", "--system", "ICD10CM").output
    assert told in asked(excerpt_build, "search", "diabetes", "--system", "ICD10").stderr


@pytest.mark.parametrize(
    "words",
    [("compare", "CPT"), ("lookup", "E11.9"), ("search", "diabetes"), ("translate", "250.00", "--to", "ICD10CM")],
    ids=lambda words: words[0],
)
def test_the_excerpt_says_so_and_spoils_nothing_for_programs(excerpt_build: Path, words: tuple[str, ...]) -> None:
    told = asked(excerpt_build, *words)
    assert EXCERPT in told.stderr
    assert EXCERPT not in told.stdout
    assert EXCERPT not in asked(excerpt_build, *words, "--format", "json").output
    assert json.loads(asked(excerpt_build, *words, "--format", "json").stdout)


def test_a_build_of_samples_is_marked_and_one_without_the_mark_is_none(excerpt_build: Path, tmp_path: Path) -> None:
    package = json.loads((excerpt_build / "datapackage.json").read_text("utf-8"))
    assert package.pop("excerpt") is True
    whole = tmp_path / "latest"
    whole.mkdir()
    (whole / "parquet").symlink_to(excerpt_build / "parquet")
    (whole / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    result = run("lookup", "E11.9", "--output", str(tmp_path))
    assert "Type 2 diabetes" in result.stdout
    assert EXCERPT not in result.stderr


def test_nothing_is_found_by_words_where_titles_are_licensed_and_that_is_said(excerpt_build: Path) -> None:
    result = asked(excerpt_build, "search", "office", "visit", "--system", "CPT")
    assert result.exit_code == 1
    assert "no title of CPT4 is in this build, only its codes: AMA copyright" in result.stderr
    assert "no title of" not in asked(excerpt_build, "search", "zzzzz", "--system", "ICD10CM").stderr


def test_a_diff_is_the_same_as_csv_and_as_json(excerpt_build: Path) -> None:
    words = ("diff", "ICD10CM", "2024-10-01", "2025-10-01")
    told = json.loads(asked(excerpt_build, *words, "--format", "json").stdout)
    header, *rows = asked(excerpt_build, *words, "--format", "csv").stdout.splitlines()
    assert told
    assert [f'"{each}"' for each in told[0]] == header.split(",")
    assert [each["code"] for each in told] == [row.split(",")[1].strip('"') for row in rows]
    nothing = asked(excerpt_build, "diff", "ICD10CM", "2025-10-01", "2025-10-01", "--format", "json")
    assert json.loads(nothing.stdout) == []


def test_the_short_words_are_explained_where_it_is_asked(excerpt_build: Path) -> None:
    words = ("translate", "250.00", "--to", "ICD10CM")
    assert "What the words mean" not in asked(excerpt_build, *words).output
    told = asked(excerpt_build, *words, "--explain").stdout
    assert "closeMatch: the publisher maps the one to the other as nearest" in told
    assert "older than the lists here: " in asked(excerpt_build, "lookup", "250.00", "--explain").stdout
    assert "valid: can be reported" in asked(excerpt_build, "search", "diabetes", "--explain").stdout
    assert "What the words mean" not in asked(excerpt_build, *words, "--explain", "--format", "csv").output
    assert {name for each in explained_words() for name in each.of} == {"lookup", "translate", "search"}


def test_what_is_valid_is_said_of_the_newest_releases_where_no_day_is_asked(excerpt_build: Path) -> None:
    told = "As of the newest releases here: ICD10CM through 2026-03-31"
    assert told in asked(excerpt_build, "search", "diabetes", "--system", "ICD10CM").stdout
    assert told not in asked(excerpt_build, "search", "diabetes", "--on", "2020-01-01").stdout


def test_with_one_build_there_is_no_way_back_and_the_next_step_is_another_build(excerpt_build: Path) -> None:
    result = asked(excerpt_build, "rollback")
    assert result.exit_code == 2
    assert f"build {excerpt_build.resolve().name} is the only one here: there is none before it" in result.stderr
    assert "makes another" in result.stderr


@pytest.mark.parametrize("started", ["/somewhere/.venv/bin/crosswalk", "/somewhere/pipeline/__main__.py"])
def test_the_line_behind_a_build_can_be_typed_as_it_stands(monkeypatch, tmp_path: Path, started: str) -> None:
    from pipeline.cli.base import OUTPUT, as_typed

    monkeypatch.setattr("sys.argv", [started])
    words = shlex.split(as_typed("lookup E11.9", tmp_path / "my builds"))
    assert words[-4:] == ["lookup", "E11.9", "--output", str(tmp_path / "my builds")]
    assert (words[0] == started) == started.endswith("crosswalk")
    assert as_typed("lookup E11.9", OUTPUT).endswith(" lookup E11.9")
