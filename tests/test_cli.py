"""The command: what it answers, what it prints, how it ends."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import PROJECT, __version__
from pipeline.catalogue.sources import read_catalogue
from schemas import TABLES
from tests.samples import EXCERPT, Project, copy_excerpt, make_project, run, write_sums

STAGES = ("build", "sources", "ingest", "normalise", "validate", "export")
COMMANDS = ("fetch", "discover", "refresh", "rollback", "supports", *STAGES, "version")
RAW = ("--raw", str(EXCERPT))


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["refresh", "--help"]])
def test_help_does_not_load_the_heavy_packages(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from pipeline.cli import app\n"
        "try:\n"
        "    app(sys.argv[1:])\n"
        "finally:\n"
        "    heavy = {'pandas', 'pyarrow', 'pandera', 'numpy', 'lxml', 'duckdb', 'requests'} & set(sys.modules)\n"
        "    sys.stderr.write('heavy: ' + ' '.join(sorted(heavy)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "Usage: " in done.stdout
    assert done.stderr == "heavy: "


def test_every_command_has_help() -> None:
    whole = run("--help").output
    for name in COMMANDS:
        result = run(name, "--help")
        assert result.exit_code == 0
        usage, _, rest = result.output.partition("\n")
        assert name in usage
        assert rest.strip().splitlines()[0].strip().endswith((".", "..."))
        assert f"  {name} " in whole


def test_every_option_has_help() -> None:
    import typer.main

    from pipeline.cli import app

    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


@pytest.mark.parametrize("path", ["README.md", "docs/scheduling.md", ".github/workflows/refresh.yml"])
def test_documents_name_commands_and_options_that_there_are(path: str) -> None:
    import typer.main

    from pipeline.cli import app

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    text = (PROJECT / path).read_text("utf-8")
    named = re.findall(r"(?:bin/|`)crosswalk ([a-z-]+)([^`\n]*)", text)
    assert named
    for name, rest in named:
        options = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, f"{name} {rest}"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["build", "--no-such-flag"],
        ["build", "a-stray-argument"],
        ["build", "--raw"],
        ["export"],
        ["ingest", "--rows", "many"],
        ["ingest", "no_such_source", *RAW],
        ["normalise", "no_such_source", *RAW],
        ["validate", "no_such_source", *RAW],
        ["sources", "--raw", "no/such/folder"],
        ["build", "--raw", "no/such/folder"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(arguments: list[str], tmp_path: Path) -> None:
    extra = ["--output", str(tmp_path)] if arguments[:1] == ["build"] else []
    result = run(*arguments, *extra)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert result.output.strip()


@pytest.mark.parametrize("command", ["build --output", "export"])
def test_file_in_the_place_of_a_folder_is_wrong_usage(tmp_path: Path, command: str) -> None:
    path = tmp_path / "file"
    path.write_text("x", encoding="utf-8")
    assert run(*command.split(), str(path), *RAW).exit_code == 2


def test_unknown_source_is_named_with_those_there_are() -> None:
    result = run("ingest", "hcpc", *RAW)
    assert "error: no such source: hcpc" in result.stderr
    assert "next:     one of" in result.stderr
    assert "hcpcs" in result.stderr


def test_first_line_says_which_raw_folder_and_why(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    assert project.build().output.splitlines()[0] == f"raw        {project.raw}: asked for"


@pytest.mark.parametrize("has_release", [True, False])
def test_official_files_are_read_where_they_are_and_the_excerpt_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_release: bool
) -> None:
    from pipeline.cli import base

    official, excerpt = tmp_path / "raw" / "official", tmp_path / "raw" / "excerpt"
    project = make_project(tmp_path / "made")
    project.raw.rename(tmp_path / "files")
    (official / "icd10cm" / "2025-10-01").mkdir(parents=True)
    (tmp_path / "files").rename(excerpt)
    if has_release:
        (excerpt / "icd10cm" / "2025-10-01" / "order.zip").rename(official / "icd10cm" / "2025-10-01" / "order.zip")
    monkeypatch.setattr(base, "PROJECT", tmp_path)
    result = run("sources", "--catalogue", str(project.catalogue))
    expected = (
        f"raw        {official}: it holds releases"
        if has_release
        else f"raw        {excerpt}: the committed excerpt, since raw/official holds no release"
    )
    assert result.output.splitlines()[0] == expected


def test_sources_lists_all_and_says_what_is_here() -> None:
    result = run("sources", *RAW)
    assert result.exit_code == 0
    lines = {line.split()[0]: line.split() for line in result.stdout.splitlines()[2:]}
    assert len(lines) == 43
    assert lines["hcpcs"][1] == "2"
    assert lines["icd10cm"][1] == "5"
    assert lines["icd10cm"][3] == "yes"


def test_sources_names_files_that_no_entry_claims(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    (project.raw / "stray.txt").write_text("x", encoding="utf-8")
    result = run("sources", "--raw", str(project.raw), "--catalogue", str(project.catalogue))
    assert result.exit_code == 0
    assert f"warning: {project.raw / 'stray.txt'} is in no catalogue entry" in result.stderr


def test_ingest_prints_the_first_rows_of_each_frame() -> None:
    result = run("ingest", "hcpcs", *RAW, "--rows", "2")
    assert result.exit_code == 0
    assert "HCPC17_CONTR_ANWEB.txt (records): " in result.output
    assert "HCPC2025_JAN_ANWEB_12172024.txt (records): " in result.output
    assert "Dressing for one wound" in result.output
    assert "icd10cm" not in result.stdout.partition("(records)")[2]


@pytest.mark.parametrize(
    ("is_here", "says"),
    [
        (False, "not here   elixhauser_icd9cm: `crosswalk fetch elixhauser_icd9cm` brings"),
        (True, "not read   elixhauser_icd9cm: not yet, this version"),
    ],
    ids=["not here", "no reader"],
)
def test_ingest_says_why_no_row_of_a_source_follows(tmp_path: Path, is_here: bool, says: str) -> None:
    raw = copy_excerpt(tmp_path, "icd9cm").raw
    if is_here:
        release = read_catalogue()["elixhauser_icd9cm"].releases[-1]
        path = raw / "elixhauser_icd9cm" / release.release / "comindex2012-2015.txt"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
        write_sums(raw)
    alone = run("ingest", "elixhauser_icd9cm", "--raw", str(raw))
    assert (alone.exit_code, says in alone.stdout) == (2, True)
    assert "nothing to read\n  next:     `crosswalk sources`" in alone.stderr
    beside = run("ingest", "elixhauser_icd9cm", "icd9cm", "--raw", str(raw))
    assert (beside.exit_code, says in beside.stdout, "rows" in beside.stdout) == (0, True, True)


def test_normalise_prints_listings_in_our_columns() -> None:
    result = run("normalise", "icd9cm", *RAW, "--rows", "1")
    assert result.exit_code == 0
    for release in ("2005-10-01", "2009-10-01", "2011-10-01", "2014-10-01"):
        assert f"ICD9CM {release}: " in result.output
        assert f"ICD9Proc {release}: " in result.output
    assert "short_description" in result.output


def test_normalise_leaves_licensed_text_out_unless_asked_for() -> None:
    assert "own wording" not in run("normalise", "cpt", *RAW).output
    assert "own wording" in run("normalise", "cpt", *RAW, "--with-licensed-text").output


def test_validate_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path.name for path in (PROJECT / "output").iterdir()}
    result = run("validate", "hcpcs", "icd10cm", *RAW)
    assert result.exit_code == 0
    assert "passed every check" in result.output
    assert list(tmp_path.iterdir()) == []
    assert {path.name for path in (PROJECT / "output").iterdir()} == before


def test_export_writes_into_a_folder_of_ones_own(tmp_path: Path) -> None:
    project = copy_excerpt(tmp_path, "hcpcs")
    folder = tmp_path / "new" / "tables"
    result = run("export", str(folder), "--raw", str(project.raw))
    assert result.exit_code == 0
    assert {path.name for path in (folder / "parquet").iterdir()} == {f"{name}.parquet" for name in TABLES}
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert package["id"] == "not published"
    assert not (folder / "latest").exists()


def test_timings_that_would_be_a_folder_are_refused_before_anything_is_built(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    result = project.build("--timings", str(tmp_path))
    assert (result.exit_code, project.output.exists()) == (2, False)
    assert f"{tmp_path}: this is a folder" in result.stderr


def test_timings_for_a_folder_that_is_not_there_are_refused_before_anything_is_built(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    result = project.build("--timings", str(tmp_path / "nowhere" / "seconds.json"))
    assert (result.exit_code, project.output.exists()) == (2, False)
    assert "there is no such folder" in result.output


def test_timings_are_written_by_stage(tmp_path: Path) -> None:
    result = make_project(tmp_path).build("--timings", str(tmp_path / "seconds.json"))
    assert result.exit_code == 0
    seconds = json.loads((tmp_path / "seconds.json").read_text("utf-8"))
    stages = ["catalogue", "ingest", "normalise", "history", "validate", "export"]
    assert [stage for stage in seconds if stage in stages] == stages
    assert all(value >= 0 for value in seconds.values())


def test_version() -> None:
    assert run("version").output == f"{__version__}\n"


def test_build_as_a_module_in_a_process_of_its_own(tmp_path: Path) -> None:
    project = copy_excerpt(tmp_path, "hcpcs", "icd10cm")
    project = Project(project.raw, project.catalogue, tmp_path / "output")
    command = [sys.executable, "-m", "pipeline", "build", *project.options]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"raw        {project.raw}: asked for"
    assert done.stderr == ""
    assert (project.output / "latest" / "parquet" / "codes.parquet").is_file()
