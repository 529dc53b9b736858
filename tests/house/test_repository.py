"""The files of the repository: no path of one machine, everything pinned, the dull files short."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from pipeline import PROJECT


def committed_files() -> list[Path]:
    """What git knows of; where there is no git, all that is not hidden or written by a build."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z", "--cached"], cwd=PROJECT, capture_output=True, check=True)
        names = listed.stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        found = [path.relative_to(PROJECT) for path in PROJECT.rglob("*")]
        names = [
            path.as_posix() for path in found if not {".venv", "__pycache__", "output", "official"} & {*path.parts}
        ]
    return [PROJECT / name for name in names if name and (PROJECT / name).is_file()]


MACHINE_PATH = re.compile(r"(?<![\w.~)}\]])/(?:work|tmp|root|home|Users)/\w")


def test_no_committed_file_names_a_path_of_one_machine() -> None:
    found = []
    for path in committed_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(PROJECT)}: {match[0]}" for match in MACHINE_PATH.finditer(text)]
    assert len(committed_files()) > 50
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_path"),
    [
        ("open('" + "/" + "work/shared')", True),
        ("cd " + "/" + "tmp/x", True),
        ("https://www.cms.gov/home/x", False),
        ("$HOME/" + "tmp/x", False),
        ("raw/" + "work/x", False),
    ],
)
def test_machine_paths_are_recognised(text: str, is_path: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) == is_path


LOCKS = ("requirements.lock", "oracles.lock", "sssom.lock", "spark.lock", "fhir.lock", "croissant.lock")


def requirements(lock: str = "requirements.lock") -> list[str]:
    """The entries of a lock file, each on one line."""
    text = (PROJECT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_pins_every_package_with_hashes(lock: str) -> None:
    entries = requirements(lock)
    assert len(entries) > 20
    pinned = re.compile(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==\S+(?: ;.*?)?(?: +--hash=sha256:[0-9a-f]{64})+$", re.I)
    assert [entry[:80] for entry in entries if not pinned.match(entry)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_names_no_host(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    assert [word for word in ("--index-url", "--extra-index-url", "--find-links", "://") if word in text] == []


def test_the_packages_of_an_extra_are_not_in_the_lock_of_all() -> None:
    names = {re.split(r"[=\[ ;]", entry, maxsplit=1)[0].lower() for entry in requirements()}
    assert names.isdisjoint({"sssom", "sssom-schema", "linkml", "rdflib", "sphinx", "sqlalchemy"})


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_one_environment_can_hold_what_an_extra_adds(lock: str) -> None:
    pinned = re.compile(r"^([a-z0-9._-]+)==([^ ;]+)", re.MULTILINE)
    everything, extra = (set(pinned.findall("\n".join(requirements(each)))) for each in (LOCKS[0], lock))
    shared = {name for name, _ in everything} & {name for name, _ in extra}
    assert sorted(each for each in extra - everything if each[0] in shared) == []


def test_direct_dependencies_are_in_the_lock_file() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {re.split(r"[=\[ ;]", entry, maxsplit=1)[0].lower() for entry in requirements()}
    assert {re.split(r"[=<>\[ ;]", each, maxsplit=1)[0].lower() for each in wanted} <= locked


def test_readme_and_makefile_are_short() -> None:
    assert len((PROJECT / "README.md").read_text(encoding="utf-8").splitlines()) < 120
    assert len((PROJECT / "Makefile").read_text(encoding="utf-8").splitlines()) < 60


def test_actions_of_the_workflows_are_pinned_by_their_commit() -> None:
    used = [
        f"{path.name}: {action}"
        for path in sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
        for action in re.findall(r"uses: *(.+)", path.read_text(encoding="utf-8"))
    ]
    assert used
    assert [each for each in used if not re.fullmatch(r"[^@]+@[0-9a-f]{40} # v[0-9.]+", each)] == []


def steps_of(workflow: str) -> list[str]:
    """The steps of a workflow, each as its lines."""
    return re.split(r"(?m)^      - ", (PROJECT / ".github" / "workflows" / workflow).read_text(encoding="utf-8"))[1:]


@pytest.mark.parametrize("workflow", ["checks.yml", "refresh.yml", "release.yml"])
def test_no_command_of_a_workflow_is_put_together_from_what_somebody_typed(workflow: str) -> None:
    """A text goes into the environment, where no shell reads it as a command."""
    typed = re.compile(r"run:.*\$\{\{ *(inputs|github\.event)", re.DOTALL)
    assert [step for step in steps_of(workflow) if typed.search(step)] == []


@pytest.mark.parametrize("workflow", ["checks.yml", "refresh.yml", "release.yml"])
def test_no_workflow_leaves_its_token_in_the_clone(workflow: str) -> None:
    (checkout,) = [step for step in steps_of(workflow) if "actions/checkout@" in step]
    assert "persist-credentials: false" in checkout


@pytest.mark.parametrize("workflow", ["refresh.yml", "release.yml"])
def test_what_a_workflow_uploads_is_a_public_build(workflow: str) -> None:
    (step,) = [each for each in steps_of(workflow) if "crosswalk refresh" in each]
    assert "crosswalk refresh --public " in step


def test_a_release_is_built_under_the_version_that_it_is_packed_and_tagged_with() -> None:
    steps = [each for each in steps_of("release.yml") if "$VERSION" in each]
    assert all("VERSION: ${{ inputs.version }}" in each for each in steps)
    text = "".join(steps)
    for command in ("crosswalk refresh --public --version", ".ci/pack-release", "gh release create"):
        assert f'{command} "$VERSION" ' in text


def test_nothing_of_a_failed_refresh_is_carried_on() -> None:
    (save,) = [step for step in steps_of("refresh.yml") if "actions/cache/save@" in step]
    assert "if:" not in save, "without a condition a step runs only where all before it went well"


def test_checks_run_on_every_python_that_the_package_is_for() -> None:
    workflow = (PROJECT / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8")
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    oldest, *newer = re.findall(r'"(3\.\d+)"', workflow)
    assert wanted == f">={oldest}"
    assert newer
